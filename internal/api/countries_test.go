package api

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/tenantry/tenantry/internal/market"
)

// TestRecordedCountryRules compares what is served of the two recorded markets with the recordings, byte for byte. No
// golden file can be updated out of it.
func TestRecordedCountryRules(t *testing.T) {
	for _, iso2 := range []string{"US", "PT"} {
		t.Run(iso2, func(t *testing.T) {
			recorded, err := os.ReadFile(filepath.Join("..", "market", "testdata", "countryvalidationrules."+iso2+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want bytes.Buffer
			if err := json.Compact(&want, recorded); err != nil {
				t.Fatal(err)
			}
			country, ok := market.Lookup(iso2)
			if !ok {
				t.Fatal("no such country")
			}
			if got := rulesOf(country).AppendJSON(nil); !bytes.Equal(got, want.Bytes()) {
				t.Errorf("got  %s\nwant %s", got, want.Bytes())
			}
		})
	}
}

// TestCountryRules holds what is served of every other market to what a client does with it before it creates a customer:
// it applies the patterns to what it is about to send.
func TestCountryRules(t *testing.T) {
	for country := range market.Countries() {
		rules := rulesOf(country)
		for _, form := range []struct{ name, pattern, sample string }{
			{"postal code", rules.PostalCodeRegex, country.PostalCodeSample},
			{"phone number", rules.PhoneNumberRegex, country.PhoneSample},
			{"registration number", rules.CustomerOrganizationRegistrationNumberRegex, rules.CustomerOrganizationRegistrationNumberSample},
			{"VAT id", rules.VATIDRegex, rules.TaxIDSample},
		} {
			if !regexp.MustCompile(form.pattern).MatchString(form.sample) {
				t.Errorf("%s: %s: %q does not match %s", country.ISO2, form.name, form.sample, form.pattern)
			}
		}
		if rules.PhoneNumberRegex == "" && country.ISO2 != "PT" {
			t.Errorf("%s: no pattern for phone numbers", country.ISO2)
		}
	}
}
