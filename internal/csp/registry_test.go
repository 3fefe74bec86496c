package csp_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// registry is the registry of the world, whose secrets and passwords count.
func (w *world) registry() *csp.Registry {
	n := 0
	return &csp.Registry{
		Store: w.db, IDs: &csp.IDs{}, Now: w.Now,
		FirstPassword: func(csp.ID) (string, []byte, error) { n++; return "password", []byte{1, byte(n)}, nil },
		NewSecret:     func(csp.ID) (string, []byte, error) { n++; return "secret of an app", []byte{byte(n)}, nil },
		ReadCertificate: func(text string) ([]byte, error) {
			if text == "" {
				return nil, errors.New("there is none")
			}
			return []byte(text), nil
		},
		DescribeCertificate: func(der []byte) (string, time.Time) { return "T-" + string(der), w.Now().Add(time.Hour) },
		Reserved:            func(id csp.ID) bool { return id == csp.MustParseID("04b07795-8ddb-461a-bbee-02f9e1bf7b46") },
	}
}

// TestRegistryRefuses has all that is wrong with a request told at once, and nothing made.
func TestRegistryRefuses(t *testing.T) {
	w := MustWorld(t, inMemory)
	r := w.registry()
	partners, err := r.Partners(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		call func() error
		want []string // properties
	}{
		{"a partner", func() error {
			_, err := r.Enrol(t.Context(), &csp.PartnerRequest{ID: "5", Domain: "x", Kind: "advisor", Country: "UK", Admin: "a@b", Providers: []string{"x"}})
			return err
		}, []string{"name", "domain", "kind", "country", "admin", "providers", "tenantId"}},
		{"a reseller of nobody", func() error {
			_, err := r.Enrol(t.Context(), &csp.PartnerRequest{Name: "X", Domain: "x.example", Kind: csp.IndirectReseller, Country: "US"})
			return err
		}, []string{"providers"}},
		{"an application", func() error {
			_, err := r.Register(t.Context(), w.direct.Domain, &csp.AppRequest{ID: "5", RedirectURIs: []string{"http://example.com", "x"}, SecretExpires: w.Now()})
			return err
		}, []string{"appId", "redirectUris", "redirectUris", "secretExpires"}},
		{"an application of every tenant", func() error {
			_, err := r.Register(t.Context(), w.direct.Domain, &csp.AppRequest{ID: "04b07795-8ddb-461a-bbee-02f9e1bf7b46"})
			return err
		}, []string{"appId"}},
		{"a user", func() error {
			_, err := r.CreateUser(t.Context(), w.direct.Domain, &csp.PartnerUserRequest{Name: "a b", Agents: []string{"Everybody"}})
			return err
		}, []string{"agents", "name"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			fault := (*partnercenter.Fault)(nil)
			if err := test.call(); !errors.As(err, &fault) || !errors.Is(err, partnercenter.ErrInvalidProperty) {
				t.Fatalf("got %v, want %v", err, partnercenter.ErrInvalidProperty)
			}
			var got []string
			for _, entry := range fault.Data {
				if name, ok := strings.CutPrefix(entry, "property_name:  "); ok {
					got = append(got, name)
				}
			}
			if strings.Join(got, " ") != strings.Join(test.want, " ") {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if after, err := r.Partners(t.Context()); err != nil || len(after) != len(partners) {
		t.Errorf("%d partners, %v, want %d", len(after), err, len(partners))
	}
	if apps, err := r.Apps(t.Context(), w.direct.ID.String()); err != nil || len(apps) != 0 {
		t.Errorf("applications: got %v, %v", apps, err)
	}
}

// TestProofsAreBounded gives an application as many secrets as it may have, of which some end.
func TestProofsAreBounded(t *testing.T) {
	w := MustWorld(t, inMemory)
	r := w.registry()
	made, err := r.Register(t.Context(), w.direct.Domain, &csp.AppRequest{Name: "billing"})
	if err != nil {
		t.Fatal(err)
	}
	app := csp.MustParseID(made.AppID)
	var last *csp.NewSecret
	for range 19 {
		if last, err = r.AddSecret(t.Context(), app, &csp.SecretRequest{Expires: w.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.AddSecret(t.Context(), app, &csp.SecretRequest{}); !errors.Is(err, partnercenter.ErrInvalidProperty) {
		t.Errorf("one secret more: got %v, want %v", err, partnercenter.ErrInvalidProperty)
	}
	record, err := r.RemoveSecret(t.Context(), app, csp.MustParseID(last.ID))
	if err != nil || len(record.Secrets) != 19 {
		t.Errorf("removed: got %d secrets, %v", len(record.Secrets), err)
	}
	if _, err := r.AddSecret(t.Context(), app, &csp.SecretRequest{}); err != nil {
		t.Errorf("one in its place: %v", err)
	}
	later := w.Now().Add(2 * time.Hour)
	r.Now = func() time.Time { return later }
	expired := 0
	if record, err = r.App(t.Context(), app); err != nil {
		t.Fatal(err)
	}
	for _, secret := range record.Secrets {
		if secret.Expired {
			expired++
		}
	}
	if expired != 18 {
		t.Errorf("%d secrets are over, want those 18 that had an hour", expired)
	}
	for range 2 { // the second time it is there
		certificate, err := r.AddCertificate(t.Context(), app, "pem")
		if err != nil || certificate.Thumbprint != "T-pem" || !certificate.Expired {
			t.Errorf("certificate: got %+v, %v", certificate, err)
		}
	}
	if _, err := r.AddCertificate(t.Context(), app, ""); !errors.Is(err, partnercenter.ErrInvalidProperty) {
		t.Errorf("no certificate: got %v, want %v", err, partnercenter.ErrInvalidProperty)
	}
	if record, err = r.RemoveCertificate(t.Context(), app, "t-PEM"); err != nil || len(record.Certificates) != 0 {
		t.Errorf("certificate removed: got %+v, %v", record, err)
	}
}
