//go:build unix

package main

import (
	"errors"
	"syscall"
)

// brokenPipe says that whoever read stdout has gone (head, less).
func brokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }
