package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// findings are what is wrong in the end.
type findings struct{ lost, changed, twice, never atomic.Int64 }

// verify asks the server that runs for everything that was ever answered.
func (l *load) verify(t *testing.T) {
	t.Helper()
	found := &findings{}
	customers := l.verifyList(t, found)
	var group sync.WaitGroup
	for _, c := range l.clients {
		group.Go(func() { c.verify(t, found) })
	}
	group.Wait()
	t.Logf("torture: of %d customers lost %d, changed %d, twice %d, and %d that nobody was told of",
		customers, found.lost.Load(), found.changed.Load(), found.twice.Load(), found.never.Load())
}

// verifyList reads all pages: each customer that is to be there is, once by its id, name and domain, and no other is.
func (l *load) verifyList(t *testing.T, found *findings) (customers int) {
	t.Helper()
	expected := map[string]*customer{}
	for _, c := range l.clients {
		for _, of := range c.customers {
			expected[of.id] = of
		}
	}
	customers = len(expected)
	seen := map[string]bool{}
	for next := (call{method: http.MethodGet, path: "/v1/customers?size=500"}); ; {
		answer, ok := l.ask(&l.reads, next, http.StatusOK)
		var page struct {
			Items             []shown
			ContinuationToken string
		}
		if !ok || !l.decode(answer, &page) {
			return customers
		}
		for _, item := range page.Items {
			for _, key := range []string{item.ID, "name " + item.CompanyProfile.CompanyName, "domain " + item.CompanyProfile.Domain} {
				if seen[key] {
					found.twice.Add(1)
					t.Errorf("twice in the list: %s, of customer %s", key, item.ID)
				}
				seen[key] = true
			}
			if expected[item.ID] == nil {
				found.never.Add(1)
				t.Errorf("customer %s, %s, is in the list, and no client was told of it", item.ID, item.CompanyProfile.Domain)
			}
			delete(expected, item.ID)
		}
		if page.ContinuationToken == "" {
			break
		}
		next.path, next.token = "/v1/customers?size=500&seekOperation=Next", page.ContinuationToken
	}
	for id, of := range expected {
		found.lost.Add(1)
		t.Errorf("customer %s, %s, was answered and is not in the list", id, of.domain)
	}
	return customers
}

// verify asks for the client's own customers.
func (c *client) verify(t *testing.T, found *findings) {
	for n, of := range c.customers {
		if !c.read(of) {
			found.lost.Add(1)
		}
		if !c.repeat(of) {
			found.changed.Add(1)
		}
		if n%8 == 0 || len(of.users) > 0 {
			c.verifyUsers(t, found, of)
		}
		if n%8 == 0 {
			c.verifyName(t, found, of)
		}
	}
	for _, of := range c.deleted {
		if _, ok := c.ask(&c.reads, call{method: http.MethodGet, path: "/v1/customers/" + of.id}, http.StatusNotFound); !ok {
			found.changed.Add(1)
		}
		if !c.repeat(of) {
			found.changed.Add(1)
		}
	}
}

// repeat sends the create once more: it is answered by the same bytes, and makes nothing.
func (c *client) repeat(of *customer) bool {
	var again atomic.Int64
	answer, ok := c.ask(&again, call{method: http.MethodPost, path: "/v1/customers", body: of.body, id: of.requestID}, http.StatusCreated)
	if ok && !bytes.Equal(answer, of.answer) {
		c.t.Errorf("customer %s: the create was answered\n%s\nand once more\n%s", of.id, of.answer, answer)
	}
	return ok && bytes.Equal(answer, of.answer)
}

// verifyUsers compares all users of a customer: its administrator, and those that were made and not deleted.
func (c *client) verifyUsers(t *testing.T, found *findings, of *customer) {
	answer, ok := c.ask(&c.reads, call{method: http.MethodGet, path: "/v1/customers/" + of.id + "/users?size=500", asUser: true}, http.StatusOK)
	var page struct {
		Items []struct{ ID, UserPrincipalName string }
	}
	if !ok || !c.decode(answer, &page) {
		found.lost.Add(1)
		return
	}
	names := map[string]bool{"admin@" + of.domain: true}
	for _, name := range of.users {
		names[name] = true
	}
	for _, user := range page.Items {
		if !names[user.UserPrincipalName] {
			found.never.Add(1)
			t.Errorf("customer %s has a user %s: deleted, twice there, or never answered", of.id, user.UserPrincipalName)
		}
		delete(names, user.UserPrincipalName)
	}
	for name := range names {
		found.lost.Add(1)
		t.Errorf("customer %s had a user %s", of.id, name)
	}
}

// verifyName looks for the customer by its name.
func (c *client) verifyName(t *testing.T, found *findings, of *customer) {
	filter := url.QueryEscape(fmt.Sprintf(`{"Field":"CompanyName","Value":"%s","Operator":"starts_with"}`, of.name))
	answer, ok := c.ask(&c.reads, call{method: http.MethodGet, path: "/v1/customers?size=10&filter=" + filter}, http.StatusOK)
	var page struct{ Items []shown }
	if !ok || !c.decode(answer, &page) {
		found.lost.Add(1)
		return
	}
	n := 0
	for _, item := range page.Items {
		if strings.EqualFold(item.CompanyProfile.CompanyName, of.name) {
			n++
		}
	}
	if n != 1 {
		found.twice.Add(1)
		t.Errorf("customer %s is found %d times by its name %s", of.id, n, of.name)
	}
}
