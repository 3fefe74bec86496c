package api

import (
	"errors"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func TestGranularFilter(t *testing.T) {
	const kestrel = "7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61"
	for text, want := range map[string]struct {
		status   partnercenter.DelegatedAdminStatus
		customer csp.ID
		refused  bool
	}{
		"":                   {},
		" ":                  {},
		"status eq 'active'": {status: "active"},
		"Status EQ 'active' and customer/tenantId eq '" + kestrel + "'": {status: "active", customer: csp.MustParseID(kestrel)},
		"customer/tenantId eq '" + kestrel + "'":                        {customer: csp.MustParseID(kestrel)},
		"customer/tenantId eq 'kestrel'":                                {refused: true},
		"status ne 'active'":                                            {refused: true},
		"status eq active":                                              {refused: true},
		"status eq 'active' or status eq 'created'":                     {refused: true},
		"displayName eq 'A'":                                            {refused: true},
	} {
		status, customer, err := granularFilter(text)
		if refused := errors.Is(err, partnercenter.ErrMalformedQuery); refused != want.refused || status != want.status && !refused || customer != want.customer && !refused {
			t.Errorf("%q: got %q, %v, %v, want %+v", text, status, customer, err, want)
		}
	}
}

func FuzzGranularFilter(f *testing.F) {
	for _, text := range []string{"", "status eq 'active'", "status eq 'a' and status eq 'b'", "customer/tenantId eq ''", "' and '"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, _, err := granularFilter(text); err != nil && !errors.Is(err, partnercenter.ErrMalformedQuery) {
			t.Errorf("%q: got %v", text, err)
		}
	})
}
