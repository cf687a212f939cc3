//go:build !unix

package store

// A fileLock does nothing where the system has no flock: SQLite's own locks still
// keep two writers apart.
type fileLock struct{}

func lockFile(string) (*fileLock, error) { return &fileLock{}, nil }

func (l *fileLock) release() error { return nil }
