package market

import (
	"strings"
	"testing"
)

// TestRegistrationNumbers holds the patterns to numbers as registers and people
// write them. The numbers are made up.
func TestRegistrationNumbers(t *testing.T) {
	for _, test := range []struct {
		iso2, right, wrong string // with semicolons between
	}{
		{"AT", "FN 123456a;fn123456A;ATU12345675", "123456;FN"},
		{"AU", "123 456 780;12 123 456 789;12123456789", "1234567"},
		{"BE", "0123.456.749;BE0123456749;123456749", "BE12"},
		{"BG", "123456786;BG123456786;1234567860001", "12345"},
		{"BR", "12.345.678/0001-95;12345678000195", "123.456.789-09"},
		{"CA", "123456782;123456782RC0001;123456-7", "12"},
		{"CH", "CHE-123.456.788;CHE123456788;CHE-123.456.788 MWST;CH-020.3.020.910-7", "123.456.788"},
		{"CL", "76.123.456-0;76123456-K", "76.123"},
		{"CN", "91310000MA1FL12345;310000123456789", "9131"},
		{"CO", "900.123.456-8;900123456", "90"},
		{"CZ", "12345679;123 45 679;CZ12345679", "1234567"},
		{"DE", "HRB 123456;München HRB 123456;Berlin HRB 123456 B;DE123456788", "123456;HRB"},
		{"DK", "12345674;12 34 56 74;DK12345674", "1234567"},
		{"EE", "12345678;EE123456789", "1234567"},
		{"EG", "123-456-789;12345", "12"},
		{"ES", "B12345674;ESB12345674;B-12345674", "B1234"},
		{"FI", "1234567-1;FI12345671", "123456-1"},
		{"FR", "123456782;123 456 782;123 456 782 00010;FR12123456782", "12345678;1234567890"},
		{"GB", "01234567;SC123456;R0000123;OC123456;GB123456789", "AB;1234"},
		{"GR", "123456701000;EL123456789", "12345"},
		{"HK", "1234567;12345678;12345678-000;12345678-000-01-24-A", "123"},
		{"HR", "12345678903;081234567", "1234"},
		{"HU", "12345678-2-42;01-09-123456", "1234"},
		{"ID", "1234567890123;01.234.567.8-901.000", "1234"},
		{"IE", "123456;IE1234567T", "12;T1"},
		{"IL", "51-123456-7;511234567", "51123"},
		{"IN", "AAACT1234A;29AAACT1234A1Z5;U72200KA2013PTC097389", "AAA"},
		{"IS", "510199-1239;5101991239", "510199"},
		{"IT", "12345678903;IT12345678903;MI-1234567;RSSMRA80A01H501U", "1234"},
		{"JP", "1234567890123;T1234567890123;0100-01-123456", "123"},
		{"KE", "PVT-ABCD123;C.123456;CPR/2010/12345;P051234567A", "123"},
		{"KR", "123-45-67891;1234567891;110111-1234567", "123-45"},
		{"LI", "FL-0002.123.456-7;CHE-123.456.788", "FL-1"},
		{"LT", "123456785;LT123456715", "1234"},
		{"LU", "B123456;B 123456;LU12345613", "123456"},
		{"LV", "40001234567;LV40001234567", "4000123"},
		{"MT", "C 12345;MT12345634", "12345"},
		{"MX", "ABC010101AB1;ABC-010101-AB1;ÑAB010101AB1;ABCD010101AB1", "AB010101AB1"},
		{"MY", "202001012345;1234567-A;202001012345 (1234567-A)", "12345678"},
		{"NG", "RC 123456;RC123456;BN-1234567;123456", "RC"},
		{"NL", "12345678;NL123456782B01", "1234567"},
		{"NO", "912 345 678;912345678;NO 912345678 MVA", "91234567"},
		{"NZ", "9429012345678;1234567", "1234"},
		{"PE", "20123456786", "2012345678"},
		{"PH", "CS201012345;123-456-789-000", "CS12"},
		{"PL", "1234563218;123-456-32-18", "1234"},
		{"PT", "980152267;PT980152267", "98015226"},
		{"RO", "J40/1234/2020;J2024000123456;RO12345678;12345678", "J40"},
		{"SE", "551234-5675;5512345675;SE551234567501", "551234"},
		{"SG", "201012345K;12345678K;T08LL1234A", "2010"},
		{"SI", "1234567000;SI12345679", "12345"},
		{"SK", "12 345 678;SK2012345678", "1234567"},
		{"TW", "12345675", "1234567"},
		{"US", "12-3456789;123456789", "12345678"},
		{"ZA", "2012/123456/07", "2012"},
	} {
		c := mustLookup(t, test.iso2)
		for right := range strings.SplitSeq(test.right, ";") {
			if !c.ValidRegistrationNumber(right) {
				t.Errorf("%s: %q does not match %s", c.ISO2, right, c.RegistrationNumberPattern)
			}
		}
		for _, wrong := range append(strings.Split(test.wrong, ";"), "?", "n/a", "-", "12345678\n") {
			if c.ValidRegistrationNumber(wrong) {
				t.Errorf("%s: %q matches %s", c.ISO2, wrong, c.RegistrationNumberPattern)
			}
		}
	}
}

// TestServedRegistrationNumbers holds what clients are told: nothing in the
// countries whose recordings say nothing, and what is known everywhere else.
func TestServedRegistrationNumbers(t *testing.T) {
	served := 0
	for c := range Countries() {
		pattern, sample := c.ServedRegistrationNumber()
		if pattern != "" {
			served++
		}
		if recorded := c.ISO2 == "PT" || c.ISO2 == "US"; recorded && pattern+sample != "" {
			t.Errorf("%s: got %s, %s, want none", c.ISO2, pattern, sample)
		} else if !recorded && (pattern != c.RegistrationNumberPattern || sample != c.RegistrationNumberSample) {
			t.Errorf("%s: got %s, %s, want %s, %s", c.ISO2, pattern, sample, c.RegistrationNumberPattern, c.RegistrationNumberSample)
		}
	}
	if served != 139 {
		t.Errorf("got %d countries with a pattern, want 139", served)
	}
}
