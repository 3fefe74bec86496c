package recent_test

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenantry/tenantry/internal/recent"
)

// TestBound puts in much more than fits: what is in use stays, what is not goes.
func TestBound(t *testing.T) {
	m := &recent.Map[int, int]{Limit: 10}
	for i := range 1000 {
		m.Put(i, -i)
		if i >= 1 {
			if got, ok := m.Get(0); !ok || got != 0 {
				t.Fatalf("after %d: got %d, %v for a key in use", i, got, ok)
			}
		}
	}
	kept := 0
	for i := range 1000 {
		if got, ok := m.Get(i); ok {
			kept++
			if got != -i {
				t.Errorf("key %d: got %d", i, got)
			}
		}
	}
	if kept < 2 || kept > 10 {
		t.Errorf("kept %d of 1000, want some and at most 10", kept)
	}
}

// TestModel compares it with a map: what it answers is what was put last.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &recent.Map[int, int]{Limit: rapid.IntRange(1, 20).Draw(t, "limit")}
		last := map[int]int{}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				key, value := rapid.IntRange(0, 30).Draw(t, "key"), rapid.Int().Draw(t, "value")
				m.Put(key, value)
				last[key] = value
				if got, ok := m.Get(key); !ok || got != value {
					t.Fatalf("got %d, %v at once, want %d", got, ok, value)
				}
			},
			"get": func(t *rapid.T) {
				key := rapid.IntRange(0, 30).Draw(t, "key")
				want, known := last[key]
				if got, ok := m.Get(key); ok && (!known || got != want) {
					t.Fatalf("got %d, want %d, %v", got, want, known)
				}
			},
		})
	})
}

func TestTogether(t *testing.T) {
	m := &recent.Map[int, int]{Limit: 50}
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 1000 {
				m.Put(i%100, i%100)
				if got, ok := m.Get((i + worker) % 100); ok && got != (i+worker)%100 {
					t.Errorf("got %d", got)
				}
			}
		})
	}
	group.Wait()
}
