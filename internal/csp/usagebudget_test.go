package csp_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func TestUsageBudget(t *testing.T) {
	w := MustWorld(t, inMemory)
	id := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID)
	for _, test := range []struct {
		name    string
		caller  *csp.Caller
		amount  string
		want    string // of the amount, in what is read afterwards
		wantErr error
		details string
	}{
		{"first", admin(w.direct), `250.5`, `"amount":250.5,`, nil, ""},
		{"whole", user(w.direct, csp.SalesAgents), `100`, `"amount":100,`, nil, ""},
		{"application", app(w.direct), `1e3`, `"amount":1000,`, nil, ""},
		{"nothing to spend", admin(w.direct), `0`, `"amount":0,`, nil, ""},
		{"zero below zero", admin(w.direct), `-0`, `"amount":0,`, nil, ""},
		{"null", admin(w.direct), `null`, "", nil, ""},
		{"a cent", admin(w.direct), `0.01`, `"amount":0.01,`, nil, ""},
		{"absent", admin(w.direct), ``, "", nil, ""},
		{"again", admin(w.direct), `7`, `"amount":7,`, nil, ""},
		{"negative", admin(w.direct), `-0.01`, `"amount":7,`, partnercenter.ErrInvalidProperty, "'-0.01' is negative"},
		{"text", admin(w.direct), `"250"`, `"amount":7,`, partnercenter.ErrInvalidProperty, `'"250"' is not a number`},
		{"object", admin(w.direct), `{}`, `"amount":7,`, partnercenter.ErrInvalidProperty, `'{}' is not a number`},
		{"truth", admin(w.direct), `true`, `"amount":7,`, partnercenter.ErrInvalidProperty, `'true' is not a number`},
		{"too large", admin(w.direct), `1e999`, `"amount":7,`, partnercenter.ErrInvalidProperty, "'1e999' is too large"},
		{"helpdesk", user(w.direct, csp.HelpdeskAgents), `8`, `"amount":7,`, partnercenter.ErrNotAllowed, ""},
		{"nobody in particular", user(w.direct), `8`, `"amount":7,`, partnercenter.ErrNotAllowed, ""},
		{"another partner", admin(w.other), `8`, `"amount":7,`, partnercenter.ErrNoRelationship, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, err := w.UpdateUsageBudget(t.Context(), test.caller, id, jsontext.Value(test.amount), csp.Call{})
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("got %v, want %v", err, test.wantErr)
			}
			if err != nil && !strings.Contains(err.Error(), test.details) {
				t.Errorf("got %v, want %s", err, test.details)
			}
			got, err := w.UsageBudget(t.Context(), user(w.direct), id)
			if err != nil {
				t.Fatal(err)
			}
			want := `{` + test.want + `"links":{"self":{"uri":"/customers/` + id.String() + `/usagebudget","method":"GET","headers":[]}},"attributes":{"objectType":"SpendingBudget"}}`
			if text := MustJSON(t, got); text != want {
				t.Errorf("read: got %s, want %s", text, want)
			}
			if text := MustJSON(t, answer); test.wantErr == nil && text != want {
				t.Errorf("answer: got %s, want %s", text, want)
			}
		})
	}
}

// TestUsageBudgetAgain repeats a call after another one: it is answered as it was, and nothing is changed.
func TestUsageBudgetAgain(t *testing.T) {
	w := MustWorld(t, inMemory)
	caller := admin(w.direct)
	id := csp.MustParseID(w.MustCreate(t, caller, csp.Call{}).ID)
	call := newCall(caller)
	for i, amount := range []string{"1", "2", "1"} {
		sent := call
		if i == 1 {
			sent = newCall(caller)
		}
		budget, err := w.UpdateUsageBudget(t.Context(), caller, id, jsontext.Value(amount), sent)
		if err != nil || MustJSON(t, budget.Amount) != amount {
			t.Fatalf("call %d: got %s, %v, want %s", i, MustJSON(t, budget), err, amount)
		}
	}
	if budget, err := w.UsageBudget(t.Context(), caller, id); err != nil || *budget.Amount != 2 {
		t.Errorf("got %s, %v, want 2", MustJSON(t, budget), err)
	}
}

func TestUsageBudgetOfOthers(t *testing.T) {
	w := MustWorld(t, inMemory)
	id := w.MustCreate(t, admin(w.provider), csp.Call{}, set{reseller: w.reseller.ID.String()}).ID
	for _, test := range []struct {
		name   string
		caller *csp.Partner
		id     string
		want   error
	}{
		{"its provider", w.provider, id, nil},
		{"its reseller", w.reseller, id, nil},
		{"somebody else", w.direct, id, partnercenter.ErrNoRelationship},
		{"nobody's", w.provider, "94e4e214-6b06-4fb7-96d1-94d559f9b47f", partnercenter.ErrTenantNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := w.UsageBudget(t.Context(), admin(test.caller), csp.MustParseID(test.id)); !errors.Is(err, test.want) {
				t.Errorf("read: got %v, want %v", err, test.want)
			}
			if _, err := w.UpdateUsageBudget(t.Context(), admin(test.caller), csp.MustParseID(test.id), jsontext.Value("1"), csp.Call{}); !errors.Is(err, test.want) {
				t.Errorf("change: got %v, want %v", err, test.want)
			}
			if _, err := w.ValidationStatus(t.Context(), admin(test.caller), csp.MustParseID(test.id)); !errors.Is(err, test.want) {
				t.Errorf("validation status: got %v, want %v", err, test.want)
			}
			if _, err := w.Subscriptions(t.Context(), admin(test.caller), csp.MustParseID(test.id)); !errors.Is(err, test.want) {
				t.Errorf("subscriptions: got %v, want %v", err, test.want)
			}
			if _, err := w.Orders(t.Context(), admin(test.caller), csp.MustParseID(test.id)); !errors.Is(err, test.want) {
				t.Errorf("orders: got %v, want %v", err, test.want)
			}
			if _, err := w.ManagedServices(t.Context(), admin(test.caller), csp.MustParseID(test.id)); !errors.Is(err, test.want) {
				t.Errorf("managed services: got %v, want %v", err, test.want)
			}
		})
	}
}
