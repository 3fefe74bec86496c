package csp

import "time"

// Guesses is what is held against somebody who tries passwords of a user, where servers count together.
type Guesses struct {
	Credential []byte    `json:"credential"` // the mark of the password that was meant; another one begins anew
	Passwords  [][]byte  `json:"passwords"`  // the last of them, as keyed hashes
	Count      int       `json:"count"`
	Last       time.Time `json:"last"`
	Until      time.Time `json:"until"` // no password counts before
}
