package csp

import (
	"crypto/rand"
	"crypto/sha1" // UUID version 5 is defined on SHA-1; nothing rests on its strength
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"sync"
	"time"
)

// ID is a GUID.
type ID [16]byte

var errNotAGUID = errors.New("not a GUID")

// ParseID reads the 36 characters of a GUID, in any case.
func ParseID(text string) (ID, error) {
	var id ID
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return ID{}, errNotAGUID
	}
	digits := make([]byte, 0, 32)
	for _, group := range [...]string{text[:8], text[9:13], text[14:18], text[19:23], text[24:]} {
		digits = append(digits, group...)
	}
	if _, err := hex.Decode(id[:], digits); err != nil {
		return ID{}, errNotAGUID
	}
	return id, nil
}

// MustParseID is ParseID for GUIDs that stand in the source.
func MustParseID(text string) ID {
	id, err := ParseID(text)
	if err != nil {
		panic(text + ": " + err.Error())
	}
	return id
}

// String writes the id as GUIDs are written on the wire, in lower case.
func (id ID) String() string {
	var text [36]byte
	hex.Encode(text[0:8], id[0:4])
	hex.Encode(text[9:13], id[4:6])
	hex.Encode(text[14:18], id[6:8])
	hex.Encode(text[19:23], id[8:10])
	hex.Encode(text[24:36], id[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text[:])
}

// IsZero reports whether the id is none.
func (id ID) IsZero() bool { return id == ID{} }

// Order is the time-ordered part of an id that [IDs] made: 60 bits that rise from one id to the next.
func (id ID) Order() int64 {
	return int64(binary.BigEndian.Uint64(id[:8])>>16)<<12 | int64(id[6]&0x0f)<<8 | int64(id[7])
}

// OrderAt is the order of an id made at that time.
func OrderAt(at time.Time) int64 {
	// 48 bits of milliseconds and 12 bits of their fraction: RFC 9562, 6.2 method 3.
	return at.UnixMilli()<<12 | int64(at.Nanosecond()%1e6)<<12/1e6
}

// TimeOf is the time of an order, to its millisecond's fraction.
func TimeOf(order int64) time.Time {
	return time.UnixMilli(order >> 12).Add(time.Duration((order&0x0fff)*1e6) >> 12).UTC()
}

// Derived is the id of something that a tenant or application has exactly one of: UUID version 5 in the name space of id.
func (id ID) Derived(name string) ID {
	var named [64]byte // has room for the usual name
	hash := sha1.Sum(append(append(named[:0], id[:]...), name...))
	derived := ID(hash[:len(ID{})])
	derived[6] = derived[6]&0x0f | 0x50
	derived[8] = derived[8]&0x3f | 0x80
	return derived
}

// IDs makes ids: UUID version 7, random to look at and time-ordered inside, so that indexes grow at one end.
// Its zero value uses the real clock and real chance.
type IDs struct {
	Now  func() time.Time
	Rand io.Reader

	// Lane is one of the Lanes between which the instants are shared out, so that makers who do not know of each other make different
	// orders if they have different lanes. Zero lanes: there is one.
	Lane, Lanes int64

	mu   sync.Mutex
	last int64
}

// StartAfter lets all ids made from now on sort behind the order, also where the clock has run back since it was made.
func (ids *IDs) StartAfter(order int64) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.last = max(ids.last, order)
}

// New is an id that sorts behind all that were made before it.
func (ids *IDs) New() ID {
	now, chance := ids.Now, ids.Rand
	if now == nil {
		now = time.Now
	}
	if chance == nil {
		chance = rand.Reader
	}
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.last = max(OrderAt(now()), ids.last+1) // a clock that stands still or runs back is outrun by counting on
	if ids.Lanes > 1 {
		ids.last += ((ids.Lane-ids.last)%ids.Lanes + ids.Lanes) % ids.Lanes
	}
	var id ID
	binary.BigEndian.PutUint64(id[:8], uint64(ids.last>>12)<<16|0x7000|uint64(ids.last&0x0fff))
	if _, err := io.ReadFull(chance, id[8:]); err != nil {
		panic("csp: no randomness: " + err.Error()) // crypto/rand never fails; a test's source may
	}
	id[8] = id[8]&0x3f | 0x80
	return id
}
