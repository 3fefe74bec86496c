//go:build unix

package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/store/disktest"
	"github.com/tenantry/tenantry/internal/store/storetest"
)

// shop is a store that customers are created in, on a disk that can fail.
type shop struct {
	dir     string
	disk    *disktest.Disk
	db      *store.DB
	ids     *csp.IDs
	partner csp.ID

	mu       sync.Mutex
	answered []*csp.Creation // that the store said it has made
	troubles []error         // that it was told of
}

func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{dir: t.TempDir(), ids: &csp.IDs{}}
	var err error
	if s.disk, err = disktest.New(s.dir); err != nil {
		t.Fatal(err)
	}
	s.db, err = store.Open(t.Context(), s.url(), store.Options{Owner: "the test " + t.Name(), Troubled: func(err error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.troubles = append(s.troubles, err)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.disk.Repair()
		if err := s.db.Close(); err != nil {
			t.Error(err)
		}
	})
	partner := &csp.Partner{ID: s.ids.New(), Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}
	if err := s.db.CreatePartner(t.Context(), partner); err != nil {
		t.Fatal(err)
	}
	s.partner = partner.ID
	return s
}

func (s *shop) url() string { return urlIn(s.dir) }

func urlIn(dir string) string { return "sqlite:" + filepath.Join(dir, "tenantry.db") }

// create asks for a new customer under a call of its own.
func (s *shop) create(t *testing.T) (*csp.Creation, error) {
	id := s.ids.New().String()
	creation := storetest.Calling(storetest.NewCreation(s.ids, s.partner, "c"+id+".onmicrosoft.com"), id)
	recorded, err := s.db.CreateCustomer(t.Context(), creation)
	if err == nil && recorded != nil {
		t.Errorf("a new call: the store remembers %s", recorded)
	}
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.answered = append(s.answered, creation)
	}
	return creation, err
}

// mustCreate creates so many, from as many goroutines.
func (s *shop) mustCreate(t *testing.T, customers, callers int) {
	t.Helper()
	var group sync.WaitGroup
	for n := range callers {
		group.Go(func() {
			for range (customers + n) / callers {
				if _, err := s.create(t); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

// created are the customers that the store said so far it has made.
func (s *shop) created() []*csp.Creation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.answered)
}

// mustHold opens what is in the directory: all of the creations have to be there, and whatever else is there has to be whole.
// It returns the number of customers.
func (s *shop) mustHold(t *testing.T, dir string, creations []*csp.Creation) int {
	t.Helper()
	db, err := store.Open(t.Context(), urlIn(dir), store.Options{Owner: "the test " + t.Name()})
	if err != nil {
		t.Fatalf("open what is left: %v", err)
	}
	for i, creation := range creations {
		recorded, err := db.Recorded(t.Context(), creation.Call)
		if err != nil || !bytes.Equal(recorded, creation.Answer) {
			t.Errorf("creation %d of %d was answered: the ledger holds %q, %v, want %q", i+1, len(creations), recorded, err, creation.Answer)
		}
	}
	found := s.mustBeWhole(t, db)
	for i, creation := range creations {
		if found[creation.Customer.ID] != 1 {
			t.Errorf("creation %d of %d was answered: customer %s is there %d times", i+1, len(creations), creation.Customer.ID, found[creation.Customer.ID])
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	mustBeSound(t, dir)
	return len(found)
}

// mustBeWhole reads all customers with what belongs to them, and returns how often each is listed.
func (s *shop) mustBeWhole(t *testing.T, db *store.DB) map[csp.ID]int {
	t.Helper()
	found := map[csp.ID]int{}
	query := csp.CustomerQuery{Field: csp.ByCompanyName, Size: 500}
	for {
		page, err := db.Customers(t.Context(), s.partner, &query)
		if err != nil {
			t.Fatal(err)
		}
		for _, summary := range page {
			found[summary.ID]++
			customer, err := db.Customer(t.Context(), s.partner, summary.ID)
			if err != nil {
				t.Errorf("customer %s is listed: %v", summary.ID, err)
				continue
			}
			domain := customer.CompanyProfile.Domain
			if admin, err := db.User(t.Context(), summary.ID, "admin@"+domain); err != nil || admin.Tenant != summary.ID {
				t.Errorf("customer %s has no administrator: %v", summary.ID, err)
			}
			if tenant, err := db.TenantByDomain(t.Context(), domain); err != nil || tenant.ID != summary.ID {
				t.Errorf("customer %s has no domain: %v", summary.ID, err)
			}
		}
		if len(page) < query.Size {
			return found
		}
		last := page[len(page)-1]
		query.From = &csp.CustomerPosition{Text: csp.FoldedName(last.Name), Order: last.ID.Order()}
	}
}

// mustBeSound has SQLite look through the file.
func mustBeSound(t *testing.T, dir string) {
	t.Helper()
	file, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "tenantry.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var verdict string
	if err := file.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity check: %v, %s", err, verdict)
	}
}

// chance is seeded anew in each run, and tells its seed.
func chance(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// TestPowerFails takes the power away from a store under load, again and again: what it has answered is on the disk.
func TestPowerFails(t *testing.T) {
	s := openShop(t)
	random := chance(t)
	turns := make(chan struct{})
	var group sync.WaitGroup
	defer group.Wait()
	defer close(turns)
	for range 32 {
		group.Go(func() {
			for range turns {
				if _, err := s.create(t); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 8 {
		for range 100 + random.IntN(250) {
			turns <- struct{}{} // the last of them are under way when the power goes
		}
		answered := s.created() // before the power goes
		left := t.TempDir()
		if err := s.disk.CutPower(left, random); err != nil {
			t.Fatal(err)
		}
		s.mustHold(t, left, answered)
	}
}

// TestSyncFails has the disk fail to make the log durable: no write that waits for it is answered as done, none is taken
// afterwards, and a new start finds all that was answered before.
func TestSyncFails(t *testing.T) {
	s := openShop(t)
	s.mustCreate(t, 100, 8)
	s.disk.FailSyncs("-wal")
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if _, err := s.create(t); !errors.Is(err, store.ErrSyncFailed) || !errors.Is(err, csp.ErrUnavailable) {
				t.Errorf("a create that was not made durable: got %v, want %v", err, store.ErrSyncFailed)
			}
		})
	}
	group.Wait()
	s.disk.Repair()
	asked := s.disk.Syncs()
	if _, err := s.create(t); !errors.Is(err, store.ErrSyncFailed) {
		t.Errorf("a create after that, the disk being well: got %v, want %v", err, store.ErrSyncFailed)
	}
	select {
	case <-s.db.Failed():
	default:
		t.Error("the store does not tell that it has failed")
	}
	if err := s.db.Ready(t.Context()); !errors.Is(err, store.ErrSyncFailed) {
		t.Errorf("ready: got %v, want %v", err, store.ErrSyncFailed)
	}
	answered := s.created()
	if found := s.mustBeWhole(t, s.db); len(found) != len(answered) {
		t.Errorf("the store that failed reads %d customers, want the %d that were answered", len(found), len(answered))
	}
	if err := s.db.Close(); err != nil {
		t.Error(err)
	}
	if again := s.disk.Syncs(); again != asked {
		t.Errorf("after the failure the store asked for %d syncs more, want none", again-asked)
	}
	left := t.TempDir()
	if err := s.disk.CutPower(left, chance(t)); err != nil {
		t.Fatal(err)
	}
	s.mustHold(t, left, answered)
}

// TestSyncOfFileFails has the disk fail to make durable what is copied from the log into the file.
func TestSyncOfFileFails(t *testing.T) {
	s := openShop(t)
	s.mustCreate(t, 200, 8)
	s.disk.FailSyncs(".db")
	<-s.db.Failed() // the writer copies when nobody has written for a while
	if _, err := s.create(t); !errors.Is(err, store.ErrSyncFailed) {
		t.Errorf("create: got %v, want %v", err, store.ErrSyncFailed)
	}
	left := t.TempDir()
	if err := s.disk.CutPower(left, chance(t)); err != nil {
		t.Fatal(err)
	}
	s.mustHold(t, left, s.created())
}

// TestSyncsOfFileFailUnderLoad has them fail while callers do not stop, so that the log is copied in parts: whichever copy it is that
// was not made durable, nothing is written after it, and what it copied is in the log.
func TestSyncsOfFileFailUnderLoad(t *testing.T) {
	s := openShop(t)
	s.mustCreate(t, 100, 8)
	s.disk.FailSyncs(".db")
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			for range 40 {
				_, err := s.create(t)
				if errors.Is(err, store.ErrSyncFailed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	<-s.db.Failed() // when nobody has written for a while at the latest
	left := t.TempDir()
	if err := s.disk.CutPower(left, chance(t)); err != nil {
		t.Fatal(err)
	}
	s.mustHold(t, left, s.created())
}

// TestDiskFills has no space for writes: they are refused, reads go on, and so do writes when there is space again.
func TestDiskFills(t *testing.T) {
	for name, fill := range map[string]func(*disktest.Disk){
		"full":    func(d *disktest.Disk) { d.Fill(true) },
		"a quota": func(d *disktest.Disk) { d.FailWrites("-wal") }, // to SQLite an error like any other
	} {
		t.Run(name, func(t *testing.T) {
			s := openShop(t)
			s.mustCreate(t, 20, 4)
			fill(s.disk)
			var group sync.WaitGroup
			refused := make(chan *csp.Creation, 100)
			for range cap(refused) {
				group.Go(func() {
					creation, err := s.create(t)
					if !errors.Is(err, csp.ErrUnavailable) || errors.Is(err, store.ErrSyncFailed) {
						t.Errorf("without space: got %v, want %v", err, csp.ErrUnavailable)
					}
					refused <- creation
				})
			}
			group.Wait()
			close(refused)
			if err := s.db.Ready(t.Context()); err != nil {
				t.Errorf("ready for reads: %v", err)
			}
			if found := s.mustBeWhole(t, s.db); len(found) != 20 {
				t.Errorf("got %d customers, want 20", len(found))
			}
			s.disk.Repair()
			for creation := range refused { // the callers try again, with the same request ids
				if recorded, err := s.db.CreateCustomer(t.Context(), creation); err != nil || recorded != nil {
					t.Errorf("with space again: got %s, %v", recorded, err)
				}
				s.answered = append(s.answered, creation)
			}
			if len(s.troubles) != 2 || !errors.Is(s.troubles[0], csp.ErrUnavailable) || s.troubles[1] != nil {
				t.Errorf("told of %v, want one refusal, and its end", s.troubles)
			}
			if err := s.db.Close(); err != nil {
				t.Fatal(err)
			}
			if found := s.mustHold(t, s.dir, s.answered); found != 120 {
				t.Errorf("got %d customers, want 120", found)
			}
		})
	}
}

// TestLogIsTorn damages the end of the log that a crash has left: the store opens, with all commits before the damage.
func TestLogIsTorn(t *testing.T) {
	s := openShop(t)
	const customers = 30
	var ends []int64 // of the log after each commit
	for range customers {
		s.mustCreate(t, 1, 1)
		info, err := os.Stat(filepath.Join(s.dir, "tenantry.db-wal"))
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, info.Size())
	}
	if err := s.db.Failure(); err != nil {
		t.Fatal(err)
	}
	last := ends[customers-1]
	random := chance(t)
	for name, damage := range map[string]struct {
		at  int64 // from where the log is not what was written
		log func(log []byte) []byte
	}{
		"a flipped byte in the last page":      {last - 1000, func(log []byte) []byte { log[last-1000] ^= 1; return log }},
		"the last page is zero":                {last - 4096, func(log []byte) []byte { clear(log[last-4096:]); return log }},
		"the last page is chance":              {last - 4096, func(log []byte) []byte { fillWith(random, log[last-4096:]); return log }},
		"the last page is half there":          {last - 2048, func(log []byte) []byte { return log[:last-2048] }},
		"the last commit's header is gone":     {ends[customers-2], func(log []byte) []byte { clear(log[ends[customers-2] : ends[customers-2]+24]); return log }},
		"chance behind the end":                {last, func(log []byte) []byte { return append(log, bytes.Repeat([]byte{0xa5}, 10_000)...) }},
		"the first frames of it again":         {last, func(log []byte) []byte { return append(log, log[32:32+4*4120]...) }},
		"the last ten commits are cut off":     {ends[customers-11], func(log []byte) []byte { return log[:ends[customers-11]] }},
		"a flipped byte in the last but tenth": {ends[customers-11] - 1, func(log []byte) []byte { log[ends[customers-11]-1] ^= 0x80; return log }},
	} {
		t.Run(name, func(t *testing.T) {
			left := t.TempDir()
			for suffix, change := range map[string]func([]byte) []byte{"": func(b []byte) []byte { return b }, "-wal": damage.log} {
				content, err := os.ReadFile(filepath.Join(s.dir, "tenantry.db"+suffix))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(left, "tenantry.db"+suffix), change(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want := 0
			for want < customers && ends[want] <= damage.at {
				want++
			}
			if found := s.mustHold(t, left, s.created()[:want]); found != want {
				t.Errorf("got %d customers, want the first %d", found, want)
			}
		})
	}
}

func fillWith(random *rand.Rand, bytes []byte) {
	for i := range bytes {
		bytes[i] = byte(random.Uint32())
	}
}

// TestLogIsWrittenAnew looks at what a start does to the log of a crash before it believes any of it.
func TestLogIsWrittenAnew(t *testing.T) {
	content := make([]byte, 3<<20+777)
	fillWith(chance(t), content)
	log := &wornLog{content: content, rewritten: make([]byte, len(content))}
	if err := store.Rewrite(log); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(log.rewritten, content) || !log.synced {
		t.Errorf("written anew: %v, synced after that: %v", bytes.Equal(log.rewritten, content), log.synced)
	}
	log.broken = errors.New("input/output error")
	if err := store.Rewrite(log); !errors.Is(err, log.broken) {
		t.Errorf("a sync that fails: got %v, want %v", err, log.broken)
	}
}

// wornLog is a log of which nothing is on the disk.
type wornLog struct {
	content, rewritten []byte
	synced             bool // nothing was written since
	broken             error
}

func (l *wornLog) ReadAt(p []byte, at int64) (int, error) {
	n := copy(p, l.content[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (l *wornLog) WriteAt(p []byte, at int64) (int, error) {
	l.synced = false
	return copy(l.rewritten[at:], p), nil
}

func (l *wornLog) Sync() error {
	l.synced = true
	return l.broken
}
