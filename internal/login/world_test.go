package login_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// The identities of the test world.
var (
	contoso    = csp.MustParseID("11111111-1111-4111-8111-111111111111")
	fabrikam   = csp.MustParseID("22222222-2222-4222-8222-222222222222")
	contosoApp = csp.MustParseID("aaaaaaaa-0000-4000-8000-000000000001")
	publicApp  = csp.MustParseID("aaaaaaaa-0000-4000-8000-000000000002")
	bareApp    = csp.MustParseID("aaaaaaaa-0000-4000-8000-000000000003")
	otherApp   = csp.MustParseID("bbbbbbbb-0000-4000-8000-000000000001")
)

const (
	appSecret      = "the.current~secret"
	olderSecret    = "the.other~current;secret"
	expiredSecret  = "the.expired~secret"
	chosenPassword = "correct horse; battery=staple&more"
	powerShell     = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
	rootKey        = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// start is where the clock of the test world stands.
var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// world is a handler over a real store, with the same ids, keys and tokens on every run.
type world struct {
	*login.Handler
	root     token.Root
	customer *partnercenter.Customer // as its creation was answered, with the administrator's password
	db       *store.DB
	storeURL string
}

// signIn is the administrator's name and password.
func (w *world) signIn() (name, password string) {
	return "admin@" + w.customer.CompanyProfile.Domain, w.customer.UserCredentials.Password
}

// seeded is a source of the same bytes on every run.
func seeded(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

// signingKeys are the same in all worlds, and made once: that takes longer than all the rest.
var signingKeys = sync.OnceValues(func() ([]token.StoredKey, error) {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite::memory:", store.Options{})
	if err != nil {
		return nil, err
	}
	keys := &token.Keys{Store: db, Root: root(), Now: func() time.Time { return start }, Rand: seeded(1)}
	if err := errors.Join(keys.Start(ctx), keys.Wait(ctx), keys.Close()); err != nil {
		return nil, err
	}
	stored, err := db.SigningKeys(ctx)
	return stored, errors.Join(err, db.Close())
})

// chosenCredential proves chosenPassword in all worlds.
var chosenCredential = sync.OnceValues(func() ([]byte, error) {
	passwords := &token.Passwords{Root: root()}
	return passwords.ChosenCredential(context.Background(), chosenPassword)
})

func root() token.Root {
	root, err := token.ParseRoot(rootKey)
	if err != nil {
		panic(err)
	}
	return root
}

// newWorld has a partner with applications and a user who chose a password, another partner, and a customer.
func newWorld(t testing.TB) *world {
	t.Helper()
	ctx := t.Context()
	now := func() time.Time { return start }
	storeURL := "sqlite:" + filepath.Join(t.TempDir(), "world.db")
	db, err := store.Open(ctx, storeURL, store.Options{Now: now})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	w := &world{root: root(), db: db, storeURL: storeURL}
	w.Handler = &login.Handler{
		Store:     db,
		Keys:      startKeys(t, db, now),
		Passwords: &token.Passwords{Root: w.root},
		Grants:    &csp.Grants{Store: db, Now: now, Rand: seeded(6)},
		IDs:       &csp.IDs{Now: now, Rand: seeded(3)},
		Rand:      seeded(6),
		Now:       now,
	}
	w.fill(t)
	w.createCustomer(t)
	w.IDs = &csp.IDs{Now: now, Rand: seeded(4)}
	return w
}

// reopen closes the store and opens it again, as a restart does.
func (w *world) reopen(t testing.TB) {
	t.Helper()
	must(t, errors.Join(w.Keys.Close(), w.db.Close()))
	db, err := store.Open(t.Context(), w.storeURL, store.Options{Now: w.Now})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	w.db, w.Store, w.Grants.Store = db, db, db
	w.Keys = startKeys(t, db, w.Now)
}

// startKeys puts the signing keys into the store and starts them.
func startKeys(t testing.TB, db *store.DB, now func() time.Time) *token.Keys {
	t.Helper()
	stored, err := signingKeys()
	must(t, err)
	for _, key := range stored {
		must(t, db.AddSigningKey(t.Context(), key))
	}
	keys := &token.Keys{Store: db, Root: root(), Now: now}
	must(t, keys.Start(t.Context()))
	t.Cleanup(func() { must(t, keys.Close()) })
	return keys
}

func (w *world) fill(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	must(t, w.db.CreatePartner(ctx, &csp.Partner{ID: contoso, Name: "Contoso", Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller, Country: "US"}))
	must(t, w.db.CreatePartner(ctx, &csp.Partner{ID: fabrikam, Name: "Fabrikam", Domain: "fabrikam.onmicrosoft.com", Kind: csp.DirectReseller, Country: "US"}))
	secret := func(app csp.ID, text string, life time.Duration) csp.AppSecret {
		return csp.AppSecret{ID: w.IDs.New(), Hash: w.root.HashSecret(app, text), Hint: text[:3], Expires: start.Add(life)}
	}
	const long = 100 * 365 * 24 * time.Hour // some tests have the real clock
	for _, app := range []*csp.App{
		{ID: contosoApp, Tenant: contoso, Name: "Web", RedirectURIs: []string{"https://localhost:44395/", "http://localhost"}, Secrets: []csp.AppSecret{
			secret(contosoApp, appSecret, long), secret(contosoApp, expiredSecret, -time.Hour), secret(contosoApp, olderSecret, long),
		}},
		{ID: publicApp, Tenant: contoso, Name: "Desktop", Public: true, RedirectURIs: []string{"http://localhost"}},
		{ID: bareApp, Tenant: contoso, Name: "New"},
		{ID: certApp, Tenant: contoso, Name: "Service", Certificates: []csp.AppCertificate{{DER: mustAppKey(t).over}, {DER: mustAppKey(t).good}}},
		{ID: otherApp, Tenant: fabrikam, Name: "Web", RedirectURIs: []string{"https://other.example/"}, Secrets: []csp.AppSecret{secret(otherApp, appSecret, long)}},
	} {
		must(t, w.db.CreateApp(ctx, app))
	}
	credential, err := chosenCredential()
	must(t, err)
	must(t, w.db.CreateUser(ctx, &csp.User{
		ID: w.IDs.New(), Tenant: contoso, PrincipalName: "Megan@contoso.onmicrosoft.com", DisplayName: "Megan Bowen",
		GivenName: "Megan", FamilyName: "Bowen", Agents: []string{csp.AdminAgents, csp.SalesAgents}, Credential: credential, Created: start,
	}))
	must(t, w.db.CreateUser(ctx, &csp.User{
		ID: contoso.Derived("bo"), Tenant: contoso, PrincipalName: bo, DisplayName: "Bo Lindt", Roles: []string{csp.CompanyAdministrator}, Credential: credential, Created: start,
	}))
}

const bo = "bo@contoso.onmicrosoft.com"

// createCustomer creates a customer as the API does.
func (w *world) createCustomer(t testing.TB) {
	t.Helper()
	salt := []byte("0123456789abcdef")
	customers := &csp.Customers{
		Store:         w.db,
		IDs:           w.IDs,
		Now:           w.Now,
		Rand:          seeded(5),
		FirstPassword: func(tenant csp.ID) string { return w.root.FirstPassword(tenant, salt) },
		Credential:    func(csp.ID) []byte { return token.DerivedCredential(salt) },
	}
	partner, err := w.db.Partner(t.Context(), contoso)
	must(t, err)
	phone := "4255550101"
	w.customer, err = customers.Create(t.Context(), &csp.Caller{Partner: partner}, &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{Domain: "WingtipToys.onmicrosoft.com"},
		BillingProfile: &partnercenter.CustomerBillingProfile{
			Email: "gena@wingtiptoys.com", Culture: "en-US", Language: "en", CompanyName: "Wingtip Toys",
			DefaultAddress: &partnercenter.Address{
				Country: "US", City: "Redmond", State: "WA", AddressLine1: "One Microsoft Way", PostalCode: "98052",
				FirstName: "Gena", LastName: "Soto", PhoneNumber: &phone,
			},
		},
	}, csp.Call{})
	must(t, err)
}

// serve is the surface as the server mounts it: with canonical paths.
func (w *world) serve() http.Handler {
	mux := http.NewServeMux()
	web.Mount(mux, w.Routes(), w.WriteError)
	paths := web.NewPaths(login.Patterns())
	return http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		paths.Canonical(r)
		mux.ServeHTTP(answer, r)
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
