package cli

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/store"
)

// TestCopyProgress tells a copy whose second table takes long, where somebody looks and where nobody does.
func TestCopyProgress(t *testing.T) {
	steps := []struct {
		after time.Duration
		step  store.CopyProgress
	}{
		{time.Second / 2, store.CopyProgress{Table: "tenants", Rows: 500, Of: 500, Done: true}},
		{time.Second / 4, store.CopyProgress{Table: "domains", Rows: 0, Of: 0, Done: true}},
		{time.Second / 4, store.CopyProgress{Table: "ledger", Rows: 2100, Earlier: 2000, Of: 9000}},
		{time.Second / 2, store.CopyProgress{Table: "ledger", Rows: 2200, Earlier: 2000, Of: 9000}},
		{time.Second, store.CopyProgress{Table: "ledger", Rows: 4000, Earlier: 2000, Of: 9000}},
		{9 * time.Second, store.CopyProgress{Table: "ledger", Rows: 8000, Earlier: 2000, Of: 9000}},
		{time.Second / 4, store.CopyProgress{Table: "ledger", Rows: 9000, Earlier: 2000, Of: 9000, Done: true}},
		{time.Second, store.CopyProgress{Table: "tenants", Comparing: true, Rows: 500, Of: 500, Done: true}},
	}
	for terminal, want := range map[bool]string{
		true: `copied ledger: 2100 of 9000 rows, 400 a second
copied ledger: 4000 of 9000 rows, 1143 a second
copied ledger: 8000 of 9000 rows, 558 a second
compared tenants: 500 of 500 rows, 500 a second
`,
		false: `copied tenants: 500 of 500 rows, 1000 a second
copied ledger: 8000 of 9000 rows, 558 a second
copied ledger: 9000 of 9000 rows, 636 a second
compared tenants: 500 of 500 rows, 500 a second
`,
	} {
		var out bytes.Buffer
		clock := time.Unix(0, 0)
		c := newCopyProgress(&out)
		c.now, c.last, c.told, c.terminal = func() time.Time { return clock }, clock, clock, terminal
		for _, s := range steps {
			clock = clock.Add(s.after)
			c.tell(s.step)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("on a terminal: %t (-want +got):\n%s", terminal, diff)
		}
	}
}
