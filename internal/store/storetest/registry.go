package storetest

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
)

// testEnrol enrols a partner with all that belongs to it, and fails to.
func testEnrol(t *testing.T, s *suite) {
	enrolment := func(name string, providers ...csp.ID) *csp.Enrolment {
		id := s.ids.New()
		return &csp.Enrolment{
			Partner:   &csp.Partner{ID: id, Name: name, Domain: name + ".onmicrosoft.com", Kind: csp.IndirectReseller, Country: "US"},
			Providers: providers,
			Admin:     &csp.User{ID: s.ids.New(), Tenant: id, PrincipalName: "admin@" + name + ".onmicrosoft.com", Credential: []byte{1}, Created: s.clock},
		}
	}
	wingtip := enrolment("wingtip", s.fabrikam.ID)
	if err := s.Enrol(t.Context(), wingtip); err != nil {
		t.Fatal(err)
	}
	if got, err := s.User(t.Context(), wingtip.Partner.ID, "admin@wingtip.onmicrosoft.com"); err != nil || !cmp.Equal(wingtip.Admin, got) {
		t.Errorf("the first user: got %+v, %v", got, err)
	}
	if got, err := s.Providers(t.Context(), wingtip.Partner.ID); err != nil || len(got) != 1 || got[0].ID != s.fabrikam.ID {
		t.Errorf("its providers: got %v, %v", got, err)
	}
	taken := enrolment("other", s.fabrikam.ID)
	taken.Partner.Domain = "WINGTIP.onmicrosoft.com"
	if err := s.Enrol(t.Context(), taken); !errors.Is(err, csp.ErrExists) {
		t.Errorf("a taken domain: got %v, want %v", err, csp.ErrExists)
	}
	if err := s.Enrol(t.Context(), enrolment("orphan", s.fabrikam.ID, s.ids.New())); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("an unknown provider: got %v, want %v", err, csp.ErrNotFound)
	}
	partners, err := s.Partners(t.Context())
	want := []string{"contoso", "fabrikam", "wingtip"}
	if got := names(partners); err != nil || !slices.Equal(got, want) {
		t.Errorf("partners: got %v, %v, want %v", got, err, want)
	}
	if got, err := s.Resellers(t.Context(), s.fabrikam.ID); err != nil || len(got) != 1 {
		t.Errorf("resellers: got %v, %v, want what was enrolled alone", names(got), err)
	}
}

func names(partners []*csp.Partner) (all []string) {
	for _, partner := range partners {
		all = append(all, partner.Name)
	}
	return all
}

// testAgreement changes what is remembered of a partner, while it is read.
func testAgreement(t *testing.T, s *suite) {
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if err := s.SetAgreement(t.Context(), s.contoso.ID, i%2 == 0); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			if _, err := s.Partner(t.Context(), s.contoso.ID); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, accepted := range []bool{false, true, false} {
		if err := s.SetAgreement(t.Context(), s.contoso.ID, accepted); err != nil {
			t.Fatal(err)
		}
		want := *s.contoso
		want.AgreementAccepted = accepted
		if got, err := s.Partner(t.Context(), s.contoso.ID); err != nil || !cmp.Equal(&want, got) {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	if got, err := s.Partner(t.Context(), s.fabrikam.ID); err != nil || !got.AgreementAccepted {
		t.Errorf("another partner: got %+v, %v", got, err)
	}
	if err := s.SetAgreement(t.Context(), s.ids.New(), true); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("unknown partner: got %v, want %v", err, csp.ErrNotFound)
	}
}

// testPartnerUsers lists, changes and deletes users of partners. Each partner has its own.
func testPartnerUsers(t *testing.T, s *suite) {
	user := func(partner *csp.Partner, name string) *csp.User {
		made := &csp.User{ID: s.ids.New(), Tenant: partner.ID, PrincipalName: name + "@" + partner.Domain, Credential: []byte{1}, Created: s.clock}
		if err := s.CreateUser(t.Context(), made); err != nil {
			t.Fatal(err)
		}
		return made
	}
	zoe, ana, other := user(s.contoso, "Zoe"), user(s.contoso, "ana"), user(s.fabrikam, "ana")
	got, err := s.PartnerUsers(t.Context(), s.contoso.ID)
	if diff := cmp.Diff([]*csp.User{ana, zoe}, got); err != nil || diff != "" {
		t.Errorf("users: %v (-want +got):\n%s", err, diff)
	}
	err = s.ChangePartnerUser(t.Context(), s.contoso.ID, "zoe@CONTOSO.onmicrosoft.com", func(user *csp.User) error {
		user.Agents, user.Credential = []string{csp.SalesAgents}, []byte{2}
		return nil
	})
	zoe.Agents, zoe.Credential = []string{csp.SalesAgents}, []byte{2}
	if got, readErr := s.User(t.Context(), s.contoso.ID, zoe.PrincipalName); err != nil || readErr != nil || !cmp.Equal(zoe, got) {
		t.Errorf("changed: got %+v, %v, %v", got, err, readErr)
	}
	failed := errors.New("failed")
	err = s.ChangePartnerUser(t.Context(), s.contoso.ID, ana.PrincipalName, func(user *csp.User) error {
		user.DisplayName = "other"
		return failed
	})
	if got, readErr := s.User(t.Context(), s.contoso.ID, ana.PrincipalName); !errors.Is(err, failed) || readErr != nil || !cmp.Equal(ana, got) {
		t.Errorf("a change that fails: got %+v, %v, %v", got, err, readErr)
	}
	app := s.ids.New()
	for _, user := range []*csp.User{zoe, ana, other} {
		err := errors.Join(
			s.AddSecondFactor(t.Context(), user, &csp.SecondFactor{ID: s.ids.New(), Sealed: []byte{1}, Enrolled: s.clock}),
			s.AddConsent(t.Context(), csp.Consent{Tenant: user.Tenant, User: user.ID, App: app}, []string{"openid"}))
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		err = s.DeletePartnerUser(t.Context(), s.contoso.ID, "ANA@contoso.onmicrosoft.com")
		if _, readErr := s.User(t.Context(), s.contoso.ID, ana.PrincipalName); !errors.Is(readErr, csp.ErrNotFound) {
			t.Errorf("deleted: got %v, want %v", readErr, csp.ErrNotFound)
		}
	}
	if !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("deleted again: got %v, want %v", err, csp.ErrNotFound)
	}
	for _, user := range []*csp.User{zoe, ana, other} {
		s.wantLeft(t, user, app, user != ana)
	}
	if got, err := s.PartnerUsers(t.Context(), s.fabrikam.ID); err != nil || !cmp.Equal([]*csp.User{other}, got) {
		t.Errorf("users of another partner: got %v, %v", got, err)
	}
	change := func(*csp.User) error { t.Error("a user of nobody is changed"); return nil }
	for _, partner := range []csp.ID{s.ids.New(), s.fabrikam.ID} {
		if err := s.ChangePartnerUser(t.Context(), partner, zoe.PrincipalName, change); !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("change of another's user: got %v, want %v", err, csp.ErrNotFound)
		}
		if err := s.DeletePartnerUser(t.Context(), partner, zoe.PrincipalName); !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("deletion of another's user: got %v, want %v", err, csp.ErrNotFound)
		}
	}
}

// wantLeft fails the test unless the user's second factor and what it allowed the application are there, or both are not.
func (s *suite) wantLeft(t *testing.T, user *csp.User, app csp.ID, want bool) {
	t.Helper()
	if _, err := s.SecondFactor(t.Context(), user); (err == nil) != want || err != nil && !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("second factor of %s: got %v, want it there: %t", user.PrincipalName, err, want)
	}
	if allowed, err := s.Consents(t.Context(), csp.Consent{Tenant: user.Tenant, User: user.ID, App: app}); err != nil || (len(allowed) > 0) != want {
		t.Errorf("consents of %s: got %v, %v, want them there: %t", user.PrincipalName, allowed, err, want)
	}
}

// testDeleteApp deletes one of two applications, and looks at what users granted both.
func testDeleteApp(t *testing.T, s *suite) {
	zeta := &csp.App{ID: s.ids.New(), Tenant: s.contoso.ID, Name: "Zeta"}
	alpha := &csp.App{ID: s.ids.New(), Tenant: s.contoso.ID, Name: "alpha"}
	other := &csp.App{ID: s.ids.New(), Tenant: s.fabrikam.ID, Name: "other"}
	families := map[*csp.App]*csp.Family{}
	consent := func(app *csp.App) csp.Consent { return csp.Consent{Tenant: s.contoso.ID, App: app.ID} }
	for i, app := range []*csp.App{zeta, alpha, other} {
		granted := s.authorization()
		granted.Client = app.ID
		families[app] = &csp.Family{Authorization: *granted, ID: s.ids.New(), Used: s.clock}
		for _, err := range []error{
			s.CreateApp(t.Context(), app),
			s.AddFamily(t.Context(), families[app]),
			s.AddConsent(t.Context(), consent(app), []string{"a"}),
			s.AddCode(t.Context(), csp.Hash{byte(i)}, &csp.IssuedCode{Authorization: *granted, Expires: s.clock}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, err := s.Apps(t.Context(), s.contoso.ID); err != nil || !cmp.Equal([]*csp.App{alpha, zeta}, got) {
		t.Errorf("applications: got %v, %v, want alpha and Zeta", got, err)
	}
	if err := s.DeleteApp(t.Context(), zeta.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteApp(t.Context(), zeta.ID); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("deleted again: got %v, want %v", err, csp.ErrNotFound)
	}
	for i, app := range []*csp.App{zeta, alpha, other} {
		deleted := app == zeta
		if _, err := s.App(t.Context(), app.ID); errors.Is(err, csp.ErrNotFound) != deleted {
			t.Errorf("%s: got %v", app.Name, err)
		}
		if got, err := s.Family(t.Context(), families[app].ID); err != nil || got.Revoked != deleted {
			t.Errorf("%s: got %+v, %v", app.Name, got, err)
		}
		if got, err := s.Consents(t.Context(), consent(app)); err != nil || (len(got) == 0) != deleted {
			t.Errorf("%s: got %v, %v", app.Name, got, err)
		}
		if _, err := s.Code(t.Context(), csp.Hash{byte(i)}); errors.Is(err, csp.ErrNotFound) != deleted {
			t.Errorf("%s: got %v", app.Name, err)
		}
	}
	if _, err := s.Apps(t.Context(), s.ids.New()); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("applications of nobody: got %v, want %v", err, csp.ErrNotFound)
	}
}
