package market

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var codes []string
	for c := range Countries() {
		codes = append(codes, c.ISO2)
		if len(c.ISO2) != 2 || len(c.ISO3) != 3 || c.Name == "" || c.ISO2+c.ISO3 != strings.ToUpper(c.ISO2+c.ISO3) {
			t.Errorf("got %q %q %q, want codes and a name", c.ISO2, c.ISO3, c.Name)
		}
		if !slices.Contains(c.Cultures, c.DefaultCulture) {
			t.Errorf("%s: default culture %q is not one of %v", c.ISO2, c.DefaultCulture, c.Cultures)
		}
		if len(c.Languages) == 0 || !slices.IsSorted(c.Languages) {
			t.Errorf("%s: languages: got %v, want some, sorted", c.ISO2, c.Languages)
		}
		for _, language := range c.Languages {
			if !Language(language) {
				t.Errorf("%s: language %q is not accepted as one", c.ISO2, language)
			}
		}
		if len(c.CallingCodes) == 0 {
			t.Errorf("%s: no calling code", c.ISO2)
		}
		if fewest, most := c.PhoneDigits[0], c.PhoneDigits[1]; fewest < 4 || most < fewest || most+len(c.CallingCodes[0]) > 15 {
			t.Errorf("%s: phone numbers of %d to %d digits, want 4 at least, and 15 at most with the calling code (E.164)", c.ISO2, fewest, most)
		}
		if c.States == nil {
			t.Errorf("%s: states are nil, which is null in JSON", c.ISO2)
		}
		if c.StateListed && !c.StateRequired {
			t.Errorf("%s: states are checked but not required", c.ISO2)
		}
		if c.PostalCodeRequired && c.PostalCodePattern == "" {
			t.Errorf("%s: a postal code is required, but nobody knows its form", c.ISO2)
		}
	}
	if len(codes) != 248 || !slices.IsSorted(codes) {
		t.Errorf("got %d countries, want 248, sorted: %v", len(codes), codes)
	}
	if got := len(slices.Compact(codes)); got != 248 {
		t.Errorf("got %d different codes, want 248", got)
	}
	if got := len(load().cultures); got != 135 {
		t.Errorf("got %d cultures, want 135", got)
	}
}

func TestTableHasNoUnknownMember(t *testing.T) {
	d := json.NewDecoder(bytes.NewReader(countriesJSON))
	d.DisallowUnknownFields()
	var countries []Country
	if err := d.Decode(&countries); err != nil {
		t.Error(err)
	}
}

func TestPatterns(t *testing.T) {
	for c := range Countries() {
		for _, p := range []struct {
			name, pattern, sample string
			check                 func(string) bool
		}{
			{"postal code", c.PostalCodePattern, c.PostalCodeSample, c.ValidPostalCode},
			{"phone", c.PhonePattern(), c.PhoneSample, c.ValidPhone},
			{"recorded phone", c.RecordedPhonePattern, recordedSample(c), nil},
			{"registration number", c.RegistrationNumberPattern, c.RegistrationNumberSample, c.ValidRegistrationNumber},
			{"VAT", c.VATPattern, c.TaxIDSample, nil},
		} {
			if (p.pattern == "") != (p.sample == "") {
				t.Errorf("%s %s: pattern %q, sample %q: one without the other", c.ISO2, p.name, p.pattern, p.sample)
			}
			if p.pattern == "" {
				continue
			}
			if !strings.HasPrefix(p.pattern, "^") || !strings.HasSuffix(p.pattern, "$") {
				t.Errorf("%s %s: %s is not anchored", c.ISO2, p.name, p.pattern)
			}
			re, err := regexp.Compile(p.pattern)
			if err != nil {
				t.Errorf("%s %s: %v", c.ISO2, p.name, err)
				continue
			}
			if !re.MatchString(p.sample) {
				t.Errorf("%s %s: sample %q does not match %s", c.ISO2, p.name, p.sample, p.pattern)
			}
			if p.check == nil {
				continue
			}
			if !p.check(p.sample) {
				t.Errorf("%s %s: sample %q is not valid", c.ISO2, p.name, p.sample)
			}
			if p.check("?") {
				t.Errorf("%s %s: ? is valid", c.ISO2, p.name)
			}
		}
	}
}

// recordedSample is the sample of a country that has a pattern recorded.
func recordedSample(c *Country) string {
	if c.RecordedPhonePattern == "" {
		return ""
	}
	return c.PhoneSample
}

func TestPatternsReadAlike(t *testing.T) {
	for c := range Countries() {
		for _, pattern := range []string{c.PostalCodePattern, c.PhonePattern(), c.RecordedPhonePattern, c.RegistrationNumberPattern, c.VATPattern} {
			if why := unalike(pattern); why != "" {
				t.Errorf("%s: %s: %s is not read alike everywhere", c.ISO2, pattern, why)
			}
		}
	}
}

// TestUnalike holds that the check of the patterns finds what it is for.
func TestUnalike(t *testing.T) {
	for _, test := range []struct{ pattern, want string }{
		{`^[A-Za-z\d]{1,2} ?\d+$`, ""},
		{`^\(?\+\-\/\.[ \-\/\(\)]*(a|b)?$`, ""},
		{`^\w$`, `\w`},
		{`\Aa\z`, `\A`},
		{`^(?i)a$`, "(?"},
		{`^(?=a)a$`, "(?"},
		{`^a++$`, "++"},
		{`^a{2}?$`, "}?"},
		{`^a{,2}$`, "{,2}"},
		{`^[[:alpha:]]$`, "["},
		{`^[a--b]$`, "--"},
		{`^[a&&b]$`, "&&"},
		{`^a\`, `\`},
	} {
		if got := unalike(test.pattern); got != test.want {
			t.Errorf("%s: got %q, want %q", test.pattern, got, test.want)
		}
	}
}

// counted is a repetition that all read as one.
var counted = regexp.MustCompile(`^\{\d+(,\d*)?\}`)

// unalike is the first part of the pattern that only some of Go, .NET and
// JavaScript understand, or that they read differently: escapes beyond \d and
// those of punctuation, groups with a question mark, repetitions that are lazy
// or possessive, and arithmetic of classes. What it cannot help, since the
// recordings do it too: in .NET \d matches the digits of every script, and $
// also before a line end.
func unalike(pattern string) string {
	class := false
	for at := 0; at < len(pattern); at++ {
		two := pattern[at:min(at+2, len(pattern))]
		switch b := pattern[at]; {
		case b == '\\':
			if len(two) < 2 || !strings.Contains(`d()-/.+`, two[1:]) {
				return two
			}
			at++
		case class && (b == '[' || two == "--" || two == "&&"):
			return strings.TrimRight(two, ":")
		case class:
			class = b != ']'
		case b == '[':
			class = true
		case two == "(?":
			return two
		case b == '{':
			repetition := counted.FindString(pattern[at:])
			if repetition == "" {
				return pattern[at : at+strings.IndexByte(pattern[at:], '}')+1]
			}
			at += len(repetition) - 2 // what stands behind the brace is looked at next
		case strings.ContainsRune("*+?}", rune(b)) && len(two) == 2 && strings.ContainsRune("*+?{", rune(two[1])):
			return two
		}
	}
	return ""
}

func TestStates(t *testing.T) {
	tests := []struct {
		iso2         string
		two, three   int
		first, final string
	}{
		{"US", 51, 0, "AK", "WY"},
		{"CA", 13, 0, "AB", "YT"},
		{"CN", 34, 0, "AH", "ZJ"},
		{"MX", 32, 32, "AGU", "ZS"},
	}
	var listed []string
	for c := range Countries() {
		if c.StateListed {
			listed = append(listed, c.ISO2)
		}
		if c.StateListed != (len(c.States) > 0) {
			t.Errorf("%s: checked %t, but %d states", c.ISO2, c.StateListed, len(c.States))
		}
	}
	if want := []string{"CA", "CN", "MX", "US"}; !slices.Equal(listed, want) {
		t.Errorf("states are checked in %v, want %v", listed, want)
	}
	for _, test := range tests {
		t.Run(test.iso2, func(t *testing.T) {
			states := mustLookup(t, test.iso2).States
			byLength := map[int]int{}
			for _, s := range states {
				byLength[len(s)]++
			}
			if byLength[2] != test.two || byLength[3] != test.three {
				t.Errorf("got %v by length, want %d of two and %d of three", byLength, test.two, test.three)
			}
			if sorted := slices.Sorted(slices.Values(states)); len(slices.Compact(sorted)) != len(states) {
				t.Errorf("some state is listed twice: %v", states)
			}
			if states[0] != test.first || states[len(states)-1] != test.final {
				t.Errorf("got %s to %s, want %s to %s", states[0], states[len(states)-1], test.first, test.final)
			}
		})
	}
}

func TestRegistrationCountries(t *testing.T) {
	want := strings.Fields("AE AM AZ BR BY HU IN IQ KG KZ MD MM PL RU SA SS TH TJ TR UA UZ VE VN ZA")
	var number, phone []string
	for c := range Countries() {
		if c.RegistrationNumberRequired {
			number = append(number, c.ISO2)
			if c.RegistrationNumberPattern == "" {
				t.Errorf("%s: no pattern for the registration number", c.ISO2)
			}
		}
		if c.PhoneRequired {
			phone = append(phone, c.ISO2)
		}
	}
	if !slices.Equal(number, want) {
		t.Errorf("registration number: got %v, want %v", number, want)
	}
	if !slices.Equal(phone, want) {
		t.Errorf("phone: got %v, want %v", phone, want)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		newTable()
	}
}

func TestNewTableCompilesNothing(t *testing.T) {
	countries := newTable().countries
	for i := range countries {
		c := &countries[i]
		if c.postalCode.re != nil || c.phone.re != nil || c.registrationNumber.re != nil {
			t.Errorf("%s: a pattern is compiled before anyone has used it", c.ISO2)
		}
	}
}
