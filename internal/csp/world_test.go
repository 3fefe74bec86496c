package csp_test

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/partnercenter"
)

const inMemory = "sqlite::memory:"

// world is a store with a few partners in it, and the service that creates their customers.
type world struct {
	*csp.Customers
	db *store.DB

	direct   *csp.Partner // sells itself
	sandbox  *csp.Partner // as direct, in an integration sandbox
	other    *csp.Partner // somebody else
	provider *csp.Partner
	reseller *csp.Partner // of provider
	unsigned *csp.Partner // a reseller of provider that has not accepted the agreement
	stranger *csp.Partner // a reseller of nobody
}

// rootKey is the same in every world, so that one can be opened again.
const rootKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

var firstSalt = []byte("original")

func MustWorld(t testing.TB, storeURL string) *world {
	t.Helper()
	root, err := token.ParseRoot(rootKey)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), storeURL, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() }) // a test may have closed it already
	w := &world{
		db: db,
		Customers: &csp.Customers{
			Store:         db,
			IDs:           &csp.IDs{},
			Now:           time.Now,
			Rand:          rand.Reader,
			FirstPassword: func(tenant csp.ID) string { return root.FirstPassword(tenant, firstSalt) },
			Credential:    func(csp.ID) []byte { return token.DerivedCredential(firstSalt) },
		},
		direct:   &csp.Partner{ID: csp.MustParseID("11111111-1111-4111-8111-111111111111"), Kind: csp.DirectReseller, AgreementAccepted: true},
		sandbox:  &csp.Partner{ID: csp.MustParseID("22222222-2222-4222-8222-222222222222"), Kind: csp.DirectReseller, AgreementAccepted: true, Sandbox: true},
		other:    &csp.Partner{ID: csp.MustParseID("33333333-3333-4333-8333-333333333333"), Kind: csp.IndirectProvider, AgreementAccepted: true},
		provider: &csp.Partner{ID: csp.MustParseID("44444444-4444-4444-8444-444444444444"), Kind: csp.IndirectProvider, AgreementAccepted: true},
		reseller: &csp.Partner{ID: csp.MustParseID("5a0f8d27-6c3b-4e19-b2d4-90e7c1f6a835"), Kind: csp.IndirectReseller, AgreementAccepted: true},
		unsigned: &csp.Partner{ID: csp.MustParseID("66666666-6666-4666-8666-666666666666"), Kind: csp.IndirectReseller},
		stranger: &csp.Partner{ID: csp.MustParseID("77777777-7777-4777-8777-777777777777"), Kind: csp.IndirectReseller, AgreementAccepted: true},
	}
	for _, partner := range []*csp.Partner{w.direct, w.sandbox, w.other, w.provider, w.reseller, w.unsigned, w.stranger} {
		w.enrol(t, partner)
	}
	w.partner(t, w.provider, w.reseller)
	w.partner(t, w.provider, w.unsigned)
	return w
}

// enrol adds a partner, if it is not there yet.
func (w *world) enrol(t testing.TB, partner *csp.Partner) {
	t.Helper()
	partner.Name = "partner " + partner.ID.String()[:4]
	partner.Domain = "partner" + partner.ID.String()[:4] + ".onmicrosoft.com"
	if err := w.db.CreatePartner(t.Context(), partner); err != nil && err != csp.ErrExists {
		t.Fatal(err)
	}
}

// partner makes the reseller one of the provider's.
func (w *world) partner(t testing.TB, provider, reseller *csp.Partner) {
	t.Helper()
	if err := w.db.CreatePartnership(t.Context(), provider.ID, reseller.ID); err != nil {
		t.Fatal(err)
	}
}

// user is somebody in the partner's agent groups.
func user(partner *csp.Partner, agents ...string) *csp.Caller {
	return &csp.Caller{Partner: partner, User: partner.ID.Derived("user"), Agents: agents}
}

// admin is an admin agent of the partner.
func admin(partner *csp.Partner) *csp.Caller { return user(partner, csp.AdminAgents) }

// app is an application of the partner that speaks for itself.
func app(partner *csp.Partner) *csp.Caller { return &csp.Caller{Partner: partner} }

// create sends the valid request with the changes, and the domain made a fresh one unless they name it.
func (w *world) create(t testing.TB, caller *csp.Caller, call csp.Call, changes ...set) (*partnercenter.Customer, error) {
	t.Helper()
	return w.Create(t.Context(), caller, MustRequest(t, append([]set{{domain: freshDomain()}}, changes...)...), call)
}

func (w *world) MustCreate(t testing.TB, caller *csp.Caller, call csp.Call, changes ...set) *partnercenter.Customer {
	t.Helper()
	customer, err := w.create(t, caller, call, changes...)
	if err != nil {
		t.Fatal(err)
	}
	return customer
}

func (w *world) MustGet(t testing.TB, caller *csp.Caller, id string) *partnercenter.Customer {
	t.Helper()
	customer, err := w.Get(t.Context(), caller, csp.MustParseID(id))
	if err != nil {
		t.Fatal(err)
	}
	return customer
}

// wantFree fails if a tenant has the domain.
func (w *world) wantFree(t testing.TB, name string) {
	t.Helper()
	if taken, err := w.db.DomainTaken(t.Context(), name); taken || err != nil {
		t.Errorf("domain %s taken: got %t, %v, want false", name, taken, err)
	}
}

// newCall is a call that its caller can repeat.
func newCall(caller *csp.Caller) csp.Call {
	return csp.NewCall(caller.Partner.ID, "POST", "/v1/customers", rand.Text(), nil)
}

func freshDomain() string {
	var bits [10]byte
	_, _ = rand.Read(bits[:]) // never fails
	return "x" + hex.EncodeToString(bits[:]) + ".onmicrosoft.com"
}

// MustJSON is the value as it is sent.
func MustJSON(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// MustGolden is a body of the contract, kept on one line as it is sent.
func MustGolden(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(text), "\n")
}

// MustFlatten is JSON as values by path.
func MustFlatten(t testing.TB, text string) set {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatal(err)
	}
	flat := set{}
	flat.flatten("", tree)
	return flat
}

func (s set) flatten(prefix string, object map[string]any) {
	for name, value := range object {
		if below, ok := value.(map[string]any); ok {
			s.flatten(prefix+name+".", below)
		} else {
			s[prefix+name] = value
		}
	}
}
