// Package recent remembers what was used of late, within a bound.
//
// It owns nothing else: what may be remembered, and when it is no longer true, is for who puts it in.
package recent

import "sync"

// Map is a map of at most Limit entries that keeps what is in use. There are two generations: when the young one is full it
// becomes the old one, and what was old is forgotten. So it stays bounded whatever comes, at the price of a map's look-up.
// It is safe for concurrent use; the values are shared.
//
// A string may be a key even if it is secret: a map compares only those whose secretly seeded hashes agree, so that
// nobody can learn one from the time, byte by byte.
type Map[K comparable, V any] struct {
	Limit int // zero: 4096

	mu         sync.RWMutex
	young, old map[K]V
}

// Get is what was put under the key, if it is still remembered.
func (m *Map[K, V]) Get(key K) (V, bool) {
	m.mu.RLock()
	value, isYoung := m.young[key]
	ok := isYoung
	if !isYoung {
		value, ok = m.old[key]
	}
	m.mu.RUnlock()
	if ok && !isYoung {
		m.keep(key)
	}
	return value, ok
}

// keep brings an old entry among the young ones.
func (m *Map[K, V]) keep(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if value, ok := m.old[key]; ok {
		m.put(key, value)
	}
}

// Put remembers the value under the key.
func (m *Map[K, V]) Put(key K, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(key, value)
}

func (m *Map[K, V]) put(key K, value V) {
	limit := m.Limit
	if limit == 0 {
		limit = 4096
	}
	if m.young == nil || len(m.young) >= limit/2 {
		m.young, m.old = make(map[K]V), m.young
	}
	m.young[key] = value
}
