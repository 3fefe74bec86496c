package partnercenter

import (
	"crypto/rand"
	"fmt"
)

// NewRequestID is a random GUID for [RequestOptions]. A program that remembers it before the call can repeat the call
// after a crash, and the server carries it out once.
func NewRequestID() string {
	var id [16]byte
	rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
