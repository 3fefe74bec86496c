package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

func testPartner(t *testing.T, s *suite) {
	got, err := s.Partner(t.Context(), s.contoso.ID)
	if diff := cmp.Diff(s.contoso, got); err != nil || diff != "" {
		t.Errorf("partner: %v (-want +got):\n%s", err, diff)
	}
	if _, err := s.Partner(t.Context(), s.ids.New()); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("unknown partner: got %v, want %v", err, csp.ErrNotFound)
	}
	for _, test := range []struct {
		name    string
		partner csp.Partner
	}{
		{"id", csp.Partner{ID: s.contoso.ID, Name: "other", Domain: "other.onmicrosoft.com", Kind: csp.DirectReseller}},
		{"domain", csp.Partner{ID: s.ids.New(), Name: "other", Domain: "CONTOSO.onmicrosoft.com", Kind: csp.DirectReseller}},
	} {
		if err := s.CreatePartner(t.Context(), &test.partner); !errors.Is(err, csp.ErrExists) {
			t.Errorf("partner with a taken %s: got %v, want %v", test.name, err, csp.ErrExists)
		}
		if taken, err := s.DomainTaken(t.Context(), "other.onmicrosoft.com"); err != nil || taken {
			t.Errorf("a refused partner left its domain: %v, %v", taken, err)
		}
	}
	tenant, err := s.TenantByDomain(t.Context(), "contoso.onmicrosoft.com")
	if err != nil || tenant.ID != s.contoso.ID || tenant.Name != "contoso" {
		t.Errorf("the partner's tenant: got %v, %v", tenant, err)
	}
}

func testUser(t *testing.T, s *suite) {
	user := &csp.User{
		ID: s.ids.New(), Tenant: s.contoso.ID, PrincipalName: "Ana@contoso.onmicrosoft.com", DisplayName: "Ana", GivenName: "A", FamilyName: "B",
		Agents: []string{csp.AdminAgents, csp.SalesAgents}, Credential: []byte("$argon2id$"), Created: s.clock,
	}
	if err := s.CreateUser(t.Context(), user); err != nil {
		t.Fatal(err)
	}
	got, err := s.User(t.Context(), s.contoso.ID, "ana@CONTOSO.onmicrosoft.com")
	if diff := cmp.Diff(user, got); err != nil || diff != "" {
		t.Errorf("user: %v (-want +got):\n%s", err, diff)
	}
	got, err = s.UserByID(t.Context(), s.contoso.ID, user.ID)
	if diff := cmp.Diff(user, got); err != nil || diff != "" {
		t.Errorf("user by id: %v (-want +got):\n%s", err, diff)
	}
	for name, tenant := range map[string]csp.ID{"of another tenant": s.fabrikam.ID, "of no tenant": s.ids.New()} {
		if _, err := s.UserByID(t.Context(), tenant, user.ID); !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("user by id, %s: got %v, want %v", name, err, csp.ErrNotFound)
		}
	}
	if _, err := s.UserByID(t.Context(), s.contoso.ID, s.ids.New()); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("unknown user by id: got %v, want %v", err, csp.ErrNotFound)
	}
	twin := *user
	twin.ID, twin.PrincipalName = s.ids.New(), "ANA@contoso.onmicrosoft.com"
	if err := s.CreateUser(t.Context(), &twin); !errors.Is(err, csp.ErrExists) {
		t.Errorf("a name in another case: got %v, want %v", err, csp.ErrExists)
	}
	for _, test := range []struct {
		name   string
		tenant csp.ID
		user   string
	}{
		{"of another tenant", s.fabrikam.ID, "ana@contoso.onmicrosoft.com"},
		{"of no tenant", s.ids.New(), "ana@contoso.onmicrosoft.com"},
		{"of another name", s.contoso.ID, "bob@contoso.onmicrosoft.com"},
		{"of a pattern", s.contoso.ID, "%"},
	} {
		if _, err := s.User(t.Context(), test.tenant, test.user); !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("user %s: got %v, want %v", test.name, err, csp.ErrNotFound)
		}
	}
}

func testApp(t *testing.T, s *suite) {
	app := &csp.App{ID: s.ids.New(), Tenant: s.contoso.ID, Name: "billing", NeedsConsent: true, ImplicitTokens: true, Permissions: []string{"a", "b"}, RedirectURIs: []string{"http://localhost"}, Secrets: []csp.AppSecret{
		{ID: s.ids.New(), Hash: []byte{0, 1, 2, 255}, Hint: "abc", Expires: s.clock.Add(time.Hour)},
		{ID: s.ids.New(), Hash: []byte{3}, Hint: "def", Expires: s.clock},
	}, Certificates: []csp.AppCertificate{{ID: s.ids.New(), DER: []byte{48, 0, 255}}}}
	if err := s.CreateApp(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	got, err := s.App(t.Context(), app.ID)
	if diff := cmp.Diff(app, got); err != nil || diff != "" {
		t.Errorf("app: %v (-want +got):\n%s", err, diff)
	}
	public := &csp.App{ID: s.ids.New(), Tenant: s.fabrikam.ID, Name: "desktop", Public: true}
	if err := s.CreateApp(t.Context(), public); err != nil {
		t.Fatal(err)
	}
	if got, err := s.App(t.Context(), public.ID); err != nil || !cmp.Equal(public, got) {
		t.Errorf("public app: got %+v, %v", got, err)
	}
	if err := s.CreateApp(t.Context(), app); !errors.Is(err, csp.ErrExists) {
		t.Errorf("app with a taken id: got %v, want %v", err, csp.ErrExists)
	}
	if _, err := s.App(t.Context(), s.ids.New()); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("unknown app: got %v, want %v", err, csp.ErrNotFound)
	}
}

// testChangeApp changes an application many times at once, and fails to.
func testChangeApp(t *testing.T, s *suite) {
	app := &csp.App{ID: s.ids.New(), Tenant: s.contoso.ID, Name: "billing"}
	if err := s.CreateApp(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			err := s.ChangeApp(t.Context(), app.ID, func(app *csp.App) error {
				app.Certificates = append(app.Certificates, csp.AppCertificate{ID: s.ids.New(), DER: []byte{byte(i)}})
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	failed := errors.New("failed")
	err := s.ChangeApp(t.Context(), app.ID, func(app *csp.App) error {
		app.Name = "other"
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("a change that fails: got %v, want %v", err, failed)
	}
	got, err := s.App(t.Context(), app.ID)
	if err != nil || got.Name != "billing" || len(got.Certificates) != 20 {
		t.Errorf("got %+v, %v, want 20 certificates", got, err)
	}
	if err := s.ChangeApp(t.Context(), s.ids.New(), func(*csp.App) error { return nil }); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("unknown app: got %v, want %v", err, csp.ErrNotFound)
	}
}

func testSigningKey(t *testing.T, s *suite) {
	key := token.StoredKey{ID: "k1", Created: s.clock, Certificate: []byte{1, 2}, Sealed: []byte{0, 255}}
	if err := s.AddSigningKey(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	other := key
	other.Sealed = []byte{9}
	if err := s.AddSigningKey(t.Context(), other); err != nil {
		t.Errorf("a key again: %v", err)
	}
	keys, err := s.SigningKeys(t.Context())
	if diff := cmp.Diff([]token.StoredKey{key}, keys); err != nil || diff != "" {
		t.Errorf("keys: %v (-want +got):\n%s", err, diff)
	}
	if err := errors.Join(s.DropSigningKey(t.Context(), "k2"), s.DropSigningKey(t.Context(), "k1"), s.DropSigningKey(t.Context(), "k1")); err != nil {
		t.Errorf("drop: %v", err)
	}
	if keys, err := s.SigningKeys(t.Context()); err != nil || len(keys) != 0 {
		t.Errorf("dropped: got %v, %v", keys, err)
	}
}

func testClaim(t *testing.T, s *suite) {
	if claimed, err := s.Claimed(t.Context(), "root key"); err != nil || claimed {
		t.Errorf("claimed before: got %v, %v", claimed, err)
	}
	for _, test := range []struct{ name, value, want string }{
		{"root key", "a", "a"},
		{"root key", "b", "a"},
		{"other", "b", "b"},
	} {
		if got, err := s.Claim(t.Context(), test.name, test.value); err != nil || got != test.want {
			t.Errorf("claim %s %s: got %s, %v, want %s", test.name, test.value, got, err, test.want)
		}
	}
	if claimed, err := s.Claimed(t.Context(), "root key"); err != nil || !claimed {
		t.Errorf("claimed after: got %v, %v", claimed, err)
	}
}
