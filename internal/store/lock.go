package store

import (
	"errors"
	"fmt"
)

// ErrInUse is what Open answers for a file that has an owner.
var ErrInUse = errors.New("the store is in use")

func inUse(path, holder string) error {
	if holder == "" {
		holder = "another process"
	}
	return fmt.Errorf("%w by %s, which holds %s; stop it first, or ask it over HTTP", ErrInUse, holder, path)
}
