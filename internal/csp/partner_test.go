package csp_test

import (
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

func TestAgents(t *testing.T) {
	user := csp.MustParseID("22222222-2222-4222-8222-222222222222")
	for _, test := range []struct {
		name   string
		caller csp.Caller
		groups []string
		want   bool
	}{
		{"in the group", csp.Caller{User: user, Agents: []string{csp.HelpdeskAgents, csp.SalesAgents}}, []string{csp.AdminAgents, csp.SalesAgents}, true},
		{"in another", csp.Caller{User: user, Agents: []string{csp.HelpdeskAgents}}, []string{csp.AdminAgents, csp.SalesAgents}, false},
		{"in none", csp.Caller{User: user}, []string{csp.AdminAgents}, false},
		{"no group will do", csp.Caller{User: user, Agents: []string{csp.AdminAgents}}, nil, false},
		{"an application", csp.Caller{}, []string{csp.AdminAgents}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.caller.IsAgent(test.groups...); got != test.want {
				t.Errorf("IsAgent: got %t, want %t", got, test.want)
			}
		})
	}
}

func TestServicePrincipal(t *testing.T) {
	app := &csp.App{ID: csp.MustParseID("33333333-3333-4333-8333-333333333333")}
	a, b := csp.MustParseID("11111111-1111-4111-8111-111111111111"), csp.MustParseID("22222222-2222-4222-8222-222222222222")
	if got, want := app.ServicePrincipal(a), app.ServicePrincipal(a); got != want {
		t.Errorf("again: got %s, want %s", got, want)
	}
	if app.ServicePrincipal(a) == app.ServicePrincipal(b) {
		t.Errorf("got %s in two tenants", app.ServicePrincipal(a))
	}
}
