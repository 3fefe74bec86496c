package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// each runs the function on so many connections at once, each with its own source of chance. The first error ends all.
func (s *server) each(ctx context.Context, connections int, run func(*conn, *rand.PCG) error) error {
	const limit = time.Hour
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for range connections {
		running.Go(func() {
			c, err := dial(ctx, s.addr, time.Now().Add(limit))
			if err != nil {
				cancel(err)
				return
			}
			defer c.Close()
			defer context.AfterFunc(ctx, func() { c.Close() })()
			if err := run(c, rand.NewPCG(rand.Uint64(), rand.Uint64())); err != nil {
				cancel(err)
			}
		})
	}
	running.Wait()
	if err := context.Cause(ctx); err != nil {
		return errors.Join(err, s.lastWords())
	}
	return nil
}

// fill creates so many customers.
func (s *server) fill(ctx context.Context, customers, connections int) error {
	var left atomic.Int64
	left.Store(int64(customers))
	var lock sync.Mutex
	return s.each(ctx, connections, func(c *conn, random *rand.PCG) error {
		request := newCreateRequest(s)
		var ids []customerID
		for left.Add(-1) >= 0 {
			body, err := c.expect(request.next(random), create.status)
			if err != nil {
				return err
			}
			id, err := firstID(body)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		lock.Lock()
		defer lock.Unlock()
		s.ids = append(s.ids, ids...)
		s.created += len(ids)
		return nil
	})
}

const (
	prefixes = 400 // are looked for, and those that enough names begin with are measured in turns

	walks     = 8   // through a list are made to find deep pages,
	deepFrom  = 200 // from this page on
	deepUntil = 600 // to this one
)

// findPages looks for first pages by name that are followed by another, so that all are alike, and walks to deep ones.
//
// Names begin with random letters, so each letter more of a prefix leaves a 26th of the customers: one letter has enough of a
// thousand customers, three of a million. Walks are through the names with one letter.
func (s *server) findPages(ctx context.Context) error {
	letters := 0
	for found := s.created / 26; found > pageSize; found /= 26 {
		letters++
	}
	var lock sync.Mutex
	known := make(map[page]bool)
	err := s.each(ctx, walks, func(c *conn, random *rand.PCG) error {
		for range prefixes / walks {
			first := page{path: pathByName(randomLetters(letters, random))}
			next, err := s.read(c, random, first)
			if err != nil {
				return err
			}
			lock.Lock()
			if next != "" && !known[first] {
				known[first] = true
				s.first = append(s.first, first)
			}
			lock.Unlock()
		}
		at := page{path: pathByName(randomLetters(1, random))}
		for n := 2; n <= deepUntil; n++ {
			token, err := s.read(c, random, at)
			if err != nil || token == "" {
				return err
			}
			at = page{path: pathOfNext, token: token}
			if n >= deepFrom {
				lock.Lock()
				s.deep = append(s.deep, at)
				lock.Unlock()
			}
		}
		return nil
	})
	if err == nil && len(s.first) == 0 {
		err = fmt.Errorf("no %d letters begin the names of more than %d of %d customers", letters, pageSize, s.created)
	}
	return err
}

// read reads a page and returns the token of the next one, if there is one.
func (s *server) read(c *conn, random *rand.PCG, p page) (token string, err error) {
	body, err := c.expect(newPageRequest(s, []page{p}).next(random), firstPage.status)
	if err != nil {
		return "", err
	}
	var answer struct {
		ContinuationToken string `json:"continuationToken"`
	}
	err = json.Unmarshal(body, &answer)
	return answer.ContinuationToken, err
}

// randomLetters is how a random name may begin.
func randomLetters(n int, random *rand.PCG) string {
	letters := make([]byte, n)
	putLetters(letters, random)
	return string(letters)
}
