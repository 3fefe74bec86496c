package csp_test

import (
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

func TestNewCall(t *testing.T) {
	partner := csp.MustParseID("11111111-1111-4111-8111-111111111111")
	other := csp.MustParseID("22222222-2222-4222-8222-222222222222")
	const id = "94e4e214-6b06-4fb7-96d1-94d559f9b47f"
	call := csp.NewCall(partner, "POST", "/v1/customers", id, []byte("{}"))
	for _, test := range []struct {
		name string
		call csp.Call
		same bool
	}{
		{"again", csp.NewCall(partner, "POST", "/v1/customers", id, []byte("{}")), true},
		{"other partner", csp.NewCall(other, "POST", "/v1/customers", id, []byte("{}")), false},
		{"other method", csp.NewCall(partner, "PUT", "/v1/customers", id, []byte("{}")), false},
		{"other target", csp.NewCall(partner, "POST", "/v1/orders", id, []byte("{}")), false},
		{"other id", csp.NewCall(partner, "POST", "/v1/customers", id[:35]+"0", []byte("{}")), false},
		{"other body", csp.NewCall(partner, "POST", "/v1/customers", id, []byte("{ }")), false},
		{"no body", csp.NewCall(partner, "POST", "/v1/customers", id, nil), false},
		{"parts cut elsewhere", csp.NewCall(partner, "POST", "/v1/customers"+id[:1], id[1:], []byte("{}")), false},
		{"body taken for a part", csp.NewCall(partner, "POST", "/v1/customers", id+"{}", nil), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.call == call; got != test.same {
				t.Errorf("same call: got %t, want %t", got, test.same)
			}
			if !test.call.Repeatable() {
				t.Error("the call is not repeatable, want that it is")
			}
		})
	}
	if (csp.Call{}).Repeatable() {
		t.Error("the zero call is repeatable, want that it is not")
	}
}
