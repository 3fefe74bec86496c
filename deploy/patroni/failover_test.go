//go:build failover

package patroni_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestFailover is one test, because a cluster takes a quarter of a minute to start.
func TestFailover(t *testing.T) {
	c := startCluster(t)
	w := startServers(t, c.url)
	t.Run("the leader goes", func(t *testing.T) { testLeaderGoes(t, c, w) })
	t.Run("the others go", func(t *testing.T) { testOthersGo(t, c, w) })
}

// testLeaderGoes kills the leader under load, lets it come back, has the next leader hand over, and the one after that replaced while it
// goes on. What was answered 201 is there at the end, once, and callers have seen nothing but that and 503 with Retry-After.
func testLeaderGoes(t *testing.T, c *cluster, w *world) {
	l := w.startLoad(t)

	l.awaitCreates(t, "before", 100)
	old := c.leader(t)
	t.Logf("kill -9 %s, the leader", old)
	c.node(t, "kill", old)
	l.awaitCreates(t, "after the leader's death", 100)
	if leader := c.leader(t); leader == old {
		t.Errorf("leader after the death of %s: got the same", old)
	}
	l.report(t, "kill -9 of the leader")

	c.node(t, "start", old)
	eventually(t, old+" is back, and one standby synchronous", c.whole)
	c.switchOver(t)
	eventually(t, "all are there after the handing over", c.whole)
	l.awaitCreates(t, "after the handing over", 100)
	l.report(t, "handing over")

	old = c.leader(t)
	t.Logf("stun Patroni of %s, the leader", old)
	c.node(t, "stun", old)
	eventually(t, "there is a second leader", func() bool { name := c.leads(); return name != "" && name != old })
	l.awaitCreates(t, "beside a leader that does not know that it is none", 100)
	l.report(t, "two leaders")
	c.node(t, "wake", old)
	eventually(t, old+" has stepped down", c.whole)
	l.awaitCreates(t, "after it has stepped down", 100)

	l.end(t)
	l.check(t)
	w.checkStore(t)
}

// testOthersGo leaves the leader alone. What is written is on one disk only then: it must not be answered as done, to nobody,
// however often he asks, and callers must not hang. When another node is back it is done, once.
func testOthersGo(t *testing.T, c *cluster, w *world) {
	customer := newCreate("before", true)
	a, err := w.settled(w.servers[0], customer.call)
	must(t, err)
	var made struct{ ID string }
	must(t, json.Unmarshal(a.body, &made))
	calls := [2]call{newCreate("alone", true).call, {
		method: http.MethodPost, path: "/v1/customers/" + made.ID + "/users", header: map[string]string{"MS-RequestId": newRequestID()},
		body: `{"usageLocation": "US", "userPrincipalName": "alone@before.onmicrosoft.com", "firstName": "A", "lastName": "B", "displayName": "A B",
			"passwordProfile": {"password": "Passw0rd!!", "forceChangePassword": true}}`,
	}}
	leader := c.leader(t)
	others := slices.DeleteFunc([]string{"node1", "node2", "node3"}, func(node string) bool { return node == leader })
	for _, node := range others {
		c.node(t, "kill", node)
	}
	var group sync.WaitGroup
	for n := range 2 { // who asks twice at once, at both servers, is not told by one what the other must not say yet
		for _, one := range calls {
			group.Go(func() {
				a, err := w.call(w.servers[n], one)
				if err != nil || a.status != http.StatusServiceUnavailable || a.retryAfter == "" {
					t.Errorf("%s %s on one disk only, server %d: got %v, %v, want 503 with Retry-After", one.method, one.path, n+1, a, err)
				}
			})
		}
	}
	group.Wait()
	c.node(t, "start", others[0])
	for i, one := range calls {
		a, err := w.settled(w.servers[1-i], one)
		must(t, err)
		if a.status != http.StatusCreated && a.status != http.StatusOK {
			t.Errorf("%s %s on two disks: got %v, want it done", one.method, one.path, a)
		}
	}
	if n := w.domains(t)["alone.onmicrosoft.com"]; n != 1 {
		t.Errorf("the customer is in the list %d times, want once", n)
	}
	w.checkStore(t)
}

// create is a call that makes a customer, and what it has come to.
type create struct {
	call
	server int
	domain string
	busy   int     // how often it was answered 503
	last   *answer // nil: not answered otherwise yet
}

// newCreate is one of a customer by that name.
func newCreate(name string, repeatable bool) *create {
	c := &create{domain: name + ".onmicrosoft.com"}
	c.call = call{method: http.MethodPost, path: "/v1/customers", header: map[string]string{}}
	if repeatable {
		c.header["MS-RequestId"] = newRequestID()
	}
	c.body = fmt.Sprintf(`{"companyProfile": {"domain": %q}, "billingProfile": {"email": "a@b.example", "culture": "en-US", "language": "en", "companyName": "Failover",
		"defaultAddress": {"country": "US", "city": "Redmond", "state": "WA", "addressLine1": "1 Way", "postalCode": "98052", "firstName": "A", "lastName": "B"}}}`, c.domain)
	return c
}

// repeatable reports whether the server knows the call again.
func (c *create) repeatable() bool { return c.header["MS-RequestId"] != "" }

// load is callers that create customers, at a steady rate, and repeat what is answered 503.
type load struct {
	world *world
	stop  chan struct{}
	group sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond
	creates []*create
	done    [2]int // creates answered 201, for each server
	busy    [2]outage
	faults  []string
}

// outage is what callers of a server saw while there was no leader.
type outage struct {
	answers     int
	first, last time.Time
	longest     time.Duration // that a caller waited, for whatever answer
}

// rate is how many creates are begun in a second. It is far below what the cluster can: the end is checked call by call.
const rate = 100

// startLoad starts the callers.
func (w *world) startLoad(t *testing.T) *load {
	t.Helper()
	l := &load{world: w, stop: make(chan struct{})}
	l.changed = sync.NewCond(&l.mu)
	ticks := time.NewTicker(time.Second / rate)
	for caller := range 32 {
		l.group.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-l.stop:
					return
				case <-ticks.C:
				}
				l.create(caller, n)
			}
		})
	}
	t.Cleanup(func() {
		ticks.Stop()
		l.halt()
	})
	return l
}

// create makes one customer, as often as it takes. Every fourth call comes without an MS-RequestId: its caller repeats it as well,
// and cannot tell then whether a conflict is with itself.
func (l *load) create(caller, n int) {
	one := newCreate(fmt.Sprintf("failover%dx%d", caller, n), n%4 != 0)
	one.server = (caller + n) % 2
	l.mu.Lock()
	l.creates = append(l.creates, one)
	l.mu.Unlock()
	for server := one.server; ; server = 1 - server { // a load balancer may send the repetition elsewhere
		start := time.Now()
		a, err := l.world.call(l.world.servers[server], one.call)
		if l.settle(one, server, a, err, time.Since(start)) {
			return
		}
		select {
		case <-time.After(time.Second): // what Retry-After says
		case <-l.stop:
		}
	}
}

// settle records an answer, and reports whether it is the last to the call.
func (l *load) settle(one *create, server int, a *answer, err error, took time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.changed.Broadcast()
	l.busy[server].longest = max(l.busy[server].longest, took)
	switch {
	case err != nil:
		l.faults = append(l.faults, fmt.Sprintf("create of %s: %v", one.domain, err))
		return true
	case a.status == http.StatusCreated:
		l.done[server]++
	case a.status == http.StatusServiceUnavailable && a.retryAfter == "1":
		one.busy++
		o := &l.busy[server]
		if o.answers == 0 {
			o.first = time.Now()
		}
		o.answers, o.last = o.answers+1, time.Now()
		return false
	case a.status == http.StatusConflict && !one.repeatable() && one.busy > 0: // one of those that were answered 503 made it
	default:
		l.faults = append(l.faults, fmt.Sprintf("create of %s with headers %v after %d times 503: %d, Retry-After %q: %s", one.domain, one.header, one.busy, a.status, a.retryAfter, a.body))
	}
	one.last = a
	return true
}

// awaitCreates waits until so many more creates were answered by each server, begun after now or before.
func (l *load) awaitCreates(t *testing.T, when string, more int) {
	t.Helper()
	late := time.AfterFunc(patience, l.changed.Broadcast)
	defer late.Stop()
	deadline := time.Now().Add(patience)
	l.mu.Lock()
	defer l.mu.Unlock()
	from := l.done
	for l.done[0] < from[0]+more || l.done[1] < from[1]+more {
		if len(l.faults) > 0 {
			t.Fatalf("%s: %d creates were answered otherwise than 201 or 503, the first: %s", when, len(l.faults), l.faults[0])
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v creates in %v", when, l.done, patience)
		}
		l.changed.Wait()
	}
}

// report says for how long callers were answered 503, and begins anew.
func (l *load) report(t *testing.T, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, o := range l.busy {
		t.Logf("%s: server %d answered 503 %d times, during %v; the longest wait for an answer was %v",
			what, i+1, o.answers, o.last.Sub(o.first).Round(100*time.Millisecond), o.longest.Round(100*time.Millisecond))
	}
	l.busy = [2]outage{}
}

// halt ends the callers, each with an answer.
func (l *load) halt() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.group.Wait()
}

// end ends the load and reports what went wrong during it.
func (l *load) end(t *testing.T) {
	t.Helper()
	l.halt()
	for _, fault := range l.faults {
		t.Error(fault)
	}
}

// check asks for every customer: at the other server, again by the same MS-RequestId, and in the list.
func (l *load) check(t *testing.T) {
	t.Helper()
	listed := l.world.domains(t)
	known := map[string]bool{}
	unsure := 0
	for _, one := range l.creates {
		known[one.domain] = true
		switch n := listed[one.domain]; {
		case n != 1:
			t.Errorf("%s, answered %d, is in the list %d times", one.domain, one.last.status, n)
			continue
		case one.last.status != http.StatusCreated:
			unsure++
			continue
		}
		var customer struct{ ID string }
		must(t, json.Unmarshal(bytes.TrimPrefix(one.last.body, []byte("\ufeff")), &customer))
		other := l.world.servers[1-one.server]
		got, err := l.world.settled(other, call{method: http.MethodGet, path: "/v1/customers/" + customer.ID})
		must(t, err)
		if got.status != http.StatusOK {
			t.Errorf("%s was answered 201; GET by its id: %d: %s", one.domain, got.status, got.body)
		}
		if !one.repeatable() {
			continue
		}
		again, err := l.world.settled(other, one.call)
		must(t, err)
		if again.status != http.StatusCreated || !bytes.Equal(again.body, one.last.body) {
			t.Errorf("%s again by its MS-RequestId: got %d: %s\nwant 201: %s", one.domain, again.status, again.body, one.last.body)
		}
	}
	for domain := range listed {
		if !known[domain] {
			t.Errorf("%s is in the list, and nobody made it", domain)
		}
	}
	t.Logf("%d customers, each once; %d of them made by a call without MS-RequestId that was answered 503", len(listed), unsure)
}

// domains are those of all customers, with how many have each.
func (w *world) domains(t *testing.T) map[string]int {
	t.Helper()
	found := map[string]int{}
	for next := (call{method: http.MethodGet, path: "/v1/customers?size=500"}); next.path != ""; {
		a, err := w.settled(w.servers[0], next)
		must(t, err)
		if a.status != http.StatusOK {
			t.Fatalf("list: %d: %s", a.status, a.body)
		}
		var page struct {
			Items []struct {
				CompanyProfile struct{ Domain string }
			}
			Links struct {
				Next struct {
					URI     string
					Headers []struct{ Key, Value string }
				}
			}
		}
		must(t, json.Unmarshal(bytes.TrimPrefix(a.body, []byte("\ufeff")), &page))
		for _, item := range page.Items {
			found[item.CompanyProfile.Domain]++
		}
		if next.path = page.Links.Next.URI; next.path != "" {
			next.path, next.header = "/v1"+next.path, map[string]string{}
			for _, header := range page.Links.Next.Headers {
				next.header[header.Key] = header.Value
			}
		}
	}
	return found
}

// newRequestID is a GUID.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:])
}
