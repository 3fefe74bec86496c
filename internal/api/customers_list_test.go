package api

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/partnercenter"
)

func mustRoot(t testing.TB) token.Root {
	t.Helper()
	root, err := token.NewRoot(nil)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// TestContinuationIsTheCallers makes a token for one partner: it leads back to the same place, for nobody else, and not if
// a bit of it is turned.
func TestContinuationIsTheCallers(t *testing.T) {
	ids := &csp.IDs{}
	contoso, fabrikam := &csp.Caller{Partner: &csp.Partner{ID: ids.New()}}, &csp.Caller{Partner: &csp.Partner{ID: ids.New()}}
	h := &Handler{Root: mustRoot(t)}
	query := csp.CustomerQuery{Field: csp.ByCompanyName, Prefix: "Straße", Other: ids.New(), Size: 7}
	page := &csp.Page{Next: &csp.CustomerPosition{Text: "straße 9", Order: 1 << 59}, Previous: &csp.CustomerPosition{Text: "straße 2", Order: 1}}
	text := h.continuation(contoso, query, page)

	for _, test := range []struct {
		operation string
		from      *csp.CustomerPosition
		backward  bool
	}{
		{"", page.Next, false},
		{"NEXT", page.Next, false},
		{"0", page.Next, false},
		{"Previous", page.Previous, true},
		{"first", nil, false},
		{"3", nil, true},
	} {
		at, err := h.continued(contoso, text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := at.seek(test.operation)
		want := query
		want.From, want.Backward = test.from, test.backward
		if err != nil || got.Field != want.Field || got.Prefix != want.Prefix || got.Other != want.Other || got.Size != want.Size || got.Backward != want.Backward ||
			(got.From == nil) != (want.From == nil) || got.From != nil && *got.From != *want.From {
			t.Errorf("seek %q: got %+v, %v, want %+v", test.operation, got, err, want)
		}
	}
	if at, err := h.continued(contoso, text); err != nil {
		t.Error(err)
	} else if _, err := at.seek("PageIndex"); !errors.Is(err, partnercenter.ErrMalformedQuery) {
		t.Errorf("an operation that there is not: got %v", err)
	}
	if _, err := h.continued(fabrikam, text); !errors.Is(err, partnercenter.ErrContinuationToken) {
		t.Errorf("another partner's token: got %v", err)
	}
	if _, err := (&Handler{Root: mustRoot(t)}).continued(contoso, text); !errors.Is(err, partnercenter.ErrContinuationToken) {
		t.Errorf("another server's token: got %v", err)
	}
	for i := range len(text) {
		forged := []byte(text)
		forged[i] ^= 1
		if _, err := h.continued(contoso, string(forged)); err == nil {
			t.Errorf("a token with byte %d turned was taken", i)
		}
	}
}

// FuzzCustomerFilter reads filters as they come in a query.
func FuzzCustomerFilter(f *testing.F) {
	for _, seed := range []string{
		`size=2&filter=` + url.QueryEscape(filterExample), `size={size}?filter=%7B%7D`, `filter=%7b"Field":"Domain","Operator":9%7d`,
		`Filter={"LeftFilter":{},"RightFilter":{},"Operator":"and"}`, `filter=%zz`, `filter=null`, `?&=;filter`, "filter=\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		request := httptest.NewRequest("GET", "/v1/customers", nil)
		request.URL.RawQuery = query
		caller := &csp.Caller{Partner: &csp.Partner{}}
		got, err := (&Handler{}).customerQuery(request, caller)
		fault := (*partnercenter.Fault)(nil)
		if err != nil && (!errors.As(err, &fault) || fault.Status != 400 || fault.Description == "" || len(fault.Description) > 1024) {
			t.Errorf("%q: got %v, want a fault of 400 with at most 1024 characters", query, err)
		}
		if err == nil && (got.Size < 0 || got.Size > csp.MaxPage || got.From != nil) {
			t.Errorf("%q: got %+v", query, got)
		}
	})
}

// FuzzContinuation reads tokens that nobody made.
func FuzzContinuation(f *testing.F) {
	h, caller := &Handler{Root: mustRoot(f)}, &csp.Caller{Partner: &csp.Partner{}}
	f.Add("")
	f.Add("AAAA")
	f.Add("7EOOJ7XLpEkiR5SBVLXFjHsicyI6MiwibiI6eyJvIjo3MjU5NjEyNzc0NDAwMDA4fX0")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := h.continued(caller, text); !errors.Is(err, partnercenter.ErrContinuationToken) {
			t.Errorf("%q: got %v, want %v", text, err, partnercenter.ErrContinuationToken)
		}
	})
}
