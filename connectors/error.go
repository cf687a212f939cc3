package connectors

import (
	"errors"
	"time"
)

// An Error is why a pull could not go on. It is the one place where errors that
// pass (a network that is down, a limit of requests) and errors that stay until
// somebody acts (a wrong password, a missing folder) are told apart.
type Error struct {
	Err error
	// Do is what the reader of the error should do next.
	Do string
	// Transient is true where trying again later may help without anyone's doing.
	Transient bool
	// After is how long the source asked to be left alone; 0 where it did not.
	After time.Duration
}

// Transient returns an error that may pass by itself.
func Transient(err error, do string) error {
	return &Error{Err: err, Do: do, Transient: true}
}

// Permanent returns an error that stays until somebody acts.
func Permanent(err error, do string) error {
	return &Error{Err: err, Do: do}
}

// IsTransient reports whether trying again later may help, and how long to wait
// at least. An error that no connector has judged is taken as one that stays.
func IsTransient(err error) (after time.Duration, ok bool) {
	if e, found := errors.AsType[*Error](err); found && e.Transient {
		return e.After, true
	}
	return 0, false
}

func (e *Error) Error() string {
	if e.Do == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + "; " + e.Do
}

func (e *Error) Unwrap() error { return e.Err }
