package market

import "testing"

func TestBillingCurrency(t *testing.T) {
	for _, test := range []struct{ iso2, want string }{
		{"US", "USD"},
		{"de", "EUR"},
		{"LI", "CHF"},
		{"GB", "GBP"},
		{"MX", "USD"},
	} {
		country, ok := Lookup(test.iso2)
		if !ok {
			t.Fatalf("no country %s", test.iso2)
		}
		if got := country.BillingCurrency(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.iso2, got, test.want)
		}
	}
	for iso2 := range currencies {
		if _, ok := Lookup(iso2); !ok {
			t.Errorf("%s has a currency and is no country", iso2)
		}
	}
}
