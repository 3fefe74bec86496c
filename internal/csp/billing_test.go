package csp_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// TestBillingProfileWriters lets fifty change a profile at once, each under the etag that it read: of each round one wins, the
// others are told, and nobody's change is lost unseen.
func TestBillingProfileWriters(t *testing.T) {
	const writers, rounds = 50, 4
	w := MustWorld(t, inMemory)
	caller := admin(w.direct)
	created := w.MustCreate(t, caller, csp.Call{})
	id := csp.MustParseID(created.ID)
	for round := range rounds {
		read := w.MustGet(t, caller, created.ID).BillingProfile
		var group sync.WaitGroup
		var winner atomic.Pointer[partnercenter.CustomerBillingProfile]
		for i := range writers {
			group.Go(func() {
				request := *read
				request.CompanyName = fmt.Sprintf("round %d, writer %d", round, i)
				etag := csp.ETag{}
				stale := partnercenter.ErrStaleETag
				if i%2 == 0 {
					etag = csp.ETag{Value: `"` + read.Attributes.ETag + `"`, InHeader: true}
					stale = partnercenter.ErrPreconditionFailed
				}
				got, err := w.UpdateBillingProfile(t.Context(), caller, id, etag, &request, newCall(caller))
				switch {
				case err == nil && !winner.CompareAndSwap(nil, got):
					t.Errorf("round %d: a second writer won", round)
				case err != nil && !errors.Is(err, stale):
					t.Errorf("round %d: got %v, want %v", round, err, stale)
				}
			})
		}
		group.Wait()
		after := w.MustGet(t, caller, created.ID).BillingProfile
		if won := winner.Load(); won == nil || after.CompanyName != won.CompanyName || after.Attributes.ETag != won.Attributes.ETag || after.Attributes.ETag == read.Attributes.ETag {
			t.Fatalf("round %d: kept %s, won %s", round, MustJSON(t, after), MustJSON(t, won))
		}
	}
}
