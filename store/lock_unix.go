//go:build unix

package store

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// A fileLock is a lock of the operating system on a file beside the database. It
// ends with its process, however that dies. The file holds the owner's process
// number, for the message that the next one prints.
type fileLock struct{ f *os.File }

func lockFile(name string) (*fileLock, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("locking %s: %w", name, err)
		}
		buf := make([]byte, 20)
		n, _ := f.ReadAt(buf, 0)
		return nil, fmt.Errorf("%w (process %s); wait for it, or stop it", ErrBusy, strings.TrimSpace(string(buf[:n])))
	}
	f.Truncate(0)
	f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return &fileLock{f}, nil
}

func (l *fileLock) release() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}
