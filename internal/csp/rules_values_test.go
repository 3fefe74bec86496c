package csp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/market"
)

func TestDomain(t *testing.T) {
	bad := func(shown, example string) *refusal {
		return invalid(domain, shown+" must be 1 to 27 letters or digits followed by one of .onmicrosoft.com, .ccsctp.net, .partner.onmschina.cn, .onmicrosoft.us, for example "+example)
	}
	for _, test := range []rule{
		{"global cloud", csp.Rules{}, set{domain: "contoso.onmicrosoft.com"}, nil},
		{"old sandbox", csp.Rules{}, set{domain: "contoso.ccsctp.net"}, nil},
		{"China", csp.Rules{}, set{domain: "contoso.partner.onmschina.cn"}, nil},
		{"US Government", csp.Rules{}, set{domain: "contoso.onmicrosoft.us"}, nil},
		{"any case", csp.Rules{}, set{domain: "ConToso365.OnMicrosoft.COM"}, nil},
		{"1 character", csp.Rules{}, set{domain: "x.onmicrosoft.com"}, nil},
		{"digits", csp.Rules{}, set{domain: "365.onmicrosoft.com"}, nil},
		{"27 characters", csp.Rules{}, set{domain: "abcdefghijklmnopqrstuvwxyz0.onmicrosoft.com"}, nil},
		{"28 characters", csp.Rules{}, set{domain: "abcdefghijklmnopqrstuvwxyz01.onmicrosoft.com"}, bad("'abcdefghijklmnopqrstuvwxyz01.onmicrosoft.com'", "abcdefghijklmnopqrstuvwxyz0.onmicrosoft.com")},
		{"no prefix", csp.Rules{}, set{domain: ".onmicrosoft.com"}, bad("'.onmicrosoft.com'", "contoso.onmicrosoft.com")},
		{"suffix only", csp.Rules{}, set{domain: "onmicrosoft.com"}, bad("'onmicrosoft.com'", "onmicrosoft.onmicrosoft.com")},
		{"prefix only", csp.Rules{}, set{domain: "contoso"}, bad("'contoso'", "contoso.onmicrosoft.com")},
		{"dot at the end of the prefix", csp.Rules{}, set{domain: "contoso."}, bad("'contoso.'", "contoso.onmicrosoft.com")},
		{"dot at the end", csp.Rules{}, set{domain: "contoso.onmicrosoft.com."}, bad("'contoso.onmicrosoft.com.'", "contoso.onmicrosoft.com")},
		{"a suffix of its own", csp.Rules{}, set{domain: "contoso.com"}, bad("'contoso.com'", "contoso.onmicrosoft.com")},
		{"two labels before the suffix", csp.Rules{}, set{domain: "a.contoso.onmicrosoft.com"}, bad("'a.contoso.onmicrosoft.com'", "a.onmicrosoft.com")},
		{"a suffix that ends like one", csp.Rules{}, set{domain: "contoso.evilonmicrosoft.com"}, bad("'contoso.evilonmicrosoft.com'", "contoso.onmicrosoft.com")},
		{"hyphen", csp.Rules{}, set{domain: "con-toso.ccsctp.net"}, bad("'con-toso.ccsctp.net'", "contoso.ccsctp.net")},
		{"underscore, suffix in upper case", csp.Rules{}, set{domain: "con_toso.CCSCTP.NET"}, bad("'con_toso.CCSCTP.NET'", "contoso.ccsctp.net")},
		{"blanks around", csp.Rules{}, set{domain: " contoso.onmicrosoft.com "}, bad("' contoso.onmicrosoft.com '", "contoso.onmicrosoft.com")},
		{"letter beyond ASCII", csp.Rules{}, set{domain: "caf\u00e9.onmicrosoft.com"}, bad("'caf\u00e9.onmicrosoft.com'", "caf.onmicrosoft.com")},
		{"Cyrillic only", csp.Rules{}, set{domain: "\u043a\u043e\u0442.onmicrosoft.com"}, bad("'\u043a\u043e\u0442.onmicrosoft.com'", "contoso.onmicrosoft.com")},
		{"full-width digits", csp.Rules{}, set{domain: "x\uff13.onmicrosoft.com"}, bad("'x\uff13.onmicrosoft.com'", "x.onmicrosoft.com")},
		{"Kelvin sign in the prefix", csp.Rules{}, set{domain: "\u212aontoso.onmicrosoft.com"}, bad("'\u212aontoso.onmicrosoft.com'", "ontoso.onmicrosoft.com")},
		{"long s in the suffix", csp.Rules{}, set{domain: "contoso.onmicro\u017foft.com"}, bad("'contoso.onmicro\u017foft.com'", "contoso.onmicrosoft.com")},
		{"NUL", csp.Rules{}, set{domain: "con\x00toso.onmicrosoft.com"}, bad("'con\ufffdtoso.onmicrosoft.com'", "contoso.onmicrosoft.com")},
		{"newline at the end", csp.Rules{}, set{domain: "contoso.onmicrosoft.com\n"}, bad("'contoso.onmicrosoft.com\ufffd'", "contoso.onmicrosoft.com")},
		{"very long", csp.Rules{}, set{domain: strings.Repeat("x", 100_000)}, bad("'"+strings.Repeat("x", 60)+"…'", strings.Repeat("x", 27)+".onmicrosoft.com")},
		{"configured suffix", csp.Rules{DomainSuffixes: []string{"tenants.test"}}, set{domain: "contoso.Tenants.Test"}, nil},
		{"not the configured suffix", csp.Rules{DomainSuffixes: []string{"tenants.test", "other.test"}}, set{domain: "contoso.onmicrosoft.com"},
			invalid(domain, "'contoso.onmicrosoft.com' must be 1 to 27 letters or digits followed by one of .tenants.test, .other.test, for example contoso.tenants.test")},
		{"no suffix configured", csp.Rules{DomainSuffixes: []string{}}, set{domain: "contoso.onmicrosoft.com"}, nil},
	} {
		t.Run(test.name, test.run)
	}
}

func TestEmail(t *testing.T) {
	const (
		form    = "it must have the form name@domain"
		unclear = "it holds a character that is not printed"
		host    = "its domain is not one"
		top     = "its domain has no top level"
	)
	long := strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("b", 62)+".", 2) + strings.Repeat("b", 60) + "."
	for _, test := range []struct {
		name, in string
		want     string // why it is none
	}{
		{"usual", "ana@contoso.com", ""},
		{"plus, dots, digits", "ana.roche+billing1@mail.contoso.co.uk", ""},
		{"apostrophe and underscore", "o'neill_x@contoso.com", ""},
		{"upper case", "ANA@CONTOSO.COM", ""},
		{"hyphen in the domain", "ana@con-toso.com", ""},
		{"letters beyond ASCII", "jürgen@münchen.de", ""},
		{"top level beyond ASCII", "ana@例え.テスト", ""},
		{"top level of two letters", "ana@x.io", ""},
		{"top level of punycode", "ana@x.xn--p1ai", ""},
		{"254 characters", long + "cc", ""},
		{"255 characters", long + "ccc", "it is longer than 254 characters"},
		{"no at sign", "ana", form},
		{"nothing before the at sign", "@contoso.com", form},
		{"nothing behind the at sign", "ana@", form},
		{"two at signs", "ana@b@contoso.com", form},
		{"blank inside", "a na@contoso.com", form},
		{"blank in front", " ana@contoso.com", form},
		{"blank behind", "ana@contoso.com ", form},
		{"newline behind", "ana@contoso.com\n", form},
		{"NUL", "an\x00a@contoso.com", form},
		{"two dots", "ana..roche@contoso.com", form},
		{"dot in front", ".ana@contoso.com", form},
		{"with a name", "Ana <ana@contoso.com>", form},
		{"in angle brackets", "<ana@contoso.com>", form},
		{"with a comment", "ana@contoso.com (Ana)", form},
		{"quoted", `"ana roche"@contoso.com`, form},
		{"two addresses", "ana@contoso.com, bob@contoso.com", form},
		{"next line", "a\u0085na@contoso.com", unclear},
		{"no-break space", "a\u00a0na@contoso.com", unclear},
		{"right to left", "a\u202ena@contoso.com", unclear},
		{"line separator in the domain", "ana@con\u2028toso.com", unclear},
		{"zero-width space in the domain", "ana@contoso\u200b.com", unclear},
		{"address for a domain", "ana@[192.0.2.1]", host},
		{"underscore in the domain", "ana@con_toso.com", host},
		{"exclamation mark in the domain", "ana@con!toso.com", host},
		{"slash in the domain", "ana@contoso.com/x", host},
		{"hyphen in front of the domain", "ana@-contoso.com", host},
		{"hyphen behind a label", "ana@contoso-.com", host},
		{"label of 64", "ana@" + strings.Repeat("b", 64) + ".com", host},
		{"no top level", "ana@localhost", top},
		{"top level of one letter", "client1@example.u", top},
		{"top level of digits", "ana@192.0.2.1", top},
	} {
		var want *refusal
		if test.want != "" {
			shown := test.in
			if runes := []rune(shown); len(runes) > 60 {
				shown = string(runes[:60]) + "…"
			}
			shown = strings.NewReplacer("\n", "\ufffd", "\x00", "\ufffd", "\u0085", "\ufffd").Replace(shown)
			want = invalid(email, "'"+shown+"' is not an e-mail address: "+test.want+", for example ana@contoso.com")
		}
		t.Run(test.name, rule{test.name, csp.Rules{}, set{email: test.in}, want}.run)
	}
}

func TestCultureAndLanguage(t *testing.T) {
	culturesOf := csp.Rules{StrictCulture: true}
	for _, test := range []rule{
		{"as written", csp.Rules{}, set{culture: "en-US"}, nil},
		{"upper case", csp.Rules{}, set{culture: "EN-US"}, nil},
		{"lower case", csp.Rules{}, set{culture: "en-us"}, nil},
		{"script", csp.Rules{}, set{culture: "sr-LATN-rs"}, nil},
		{"of another country", csp.Rules{}, set{culture: "ja-JP"}, nil},
		{"none that is supported", csp.Rules{}, set{culture: "br-BR"}, invalid(culture, "'br-BR' is not a supported culture, for example pt-BR")},
		{"underscore", csp.Rules{}, set{culture: "en_US"}, invalid(culture, "'en_US' is not a supported culture, for example en-US")},
		{"UK", csp.Rules{}, set{culture: "en-UK"}, invalid(culture, "'en-UK' is not a supported culture, for example en-GB")},
		{"language", csp.Rules{}, set{culture: "fr"}, invalid(culture, "'fr' is not a supported culture, for example fr-FR")},
		{"blank behind", csp.Rules{}, set{culture: "en-US "}, invalid(culture, "'en-US ' is not a supported culture, for example en-US")},
		{"control character", csp.Rules{}, set{culture: "en-US\x00"}, invalid(culture, "'en-US\ufffd' is not a supported culture, for example en-US")},
		{"Kelvin sign", csp.Rules{}, set{culture: "sk-S\u212a"}, invalid(culture, "'sk-S\u212a' is not a supported culture, for example sk-SK")},
		{"very long", csp.Rules{}, set{culture: strings.Repeat("x", 100_000)}, invalid(culture, "'"+strings.Repeat("x", 60)+"…' is not a supported culture, for example en-US")},
		{"strictly, the country's", culturesOf, set{culture: "ES-us"}, nil},
		{"strictly, another's", culturesOf, set{culture: "FR-fr"}, invalid(culture, "fr-FR is not a culture of United States; use one of en-US, es-US")},
		{"strictly, of no country", culturesOf, set{culture: "fr-FR", country: "XX"}, invalid(country, "'XX' is not the two-letter ISO 3166-1 code of a supported country, for example US")},
		{"strictly, none that is supported", culturesOf, set{culture: "xx-XX"}, invalid(culture, "'xx-XX' is not a supported culture, for example en-US")},

		{"two letters", csp.Rules{}, set{language: "fr"}, nil},
		{"as the docs send it", csp.Rules{}, set{language: "En"}, nil},
		{"two letters of no supported culture", csp.Rules{}, set{language: "br"}, nil},
		{"supported subtag", csp.Rules{}, set{language: "PT-br"}, nil},
		{"culture for a language", csp.Rules{}, set{language: "en-US"}, invalid(language, "'en-US' is not a language; give its two letters, for example en")},
		{"name of a language", csp.Rules{}, set{language: "German"}, invalid(language, "'German' is not a language; give its two letters, for example en")},
		{"three letters", csp.Rules{}, set{language: "eng"}, invalid(language, "'eng' is not a language; give its two letters, for example en")},
		{"two digits", csp.Rules{}, set{language: "12"}, invalid(language, "'12' is not a language; give its two letters, for example en")},
		{"one letter beyond ASCII", csp.Rules{}, set{language: "\u00e9"}, invalid(language, "'\u00e9' is not a language; give its two letters, for example en")},
		{"blank around a language", csp.Rules{}, set{language: " fr"}, invalid(language, "' fr' is not a language; give its two letters, for example fr")},
	} {
		t.Run(test.name, test.run)
	}
}

func TestAddress(t *testing.T) {
	at := func(code, where, postal string) set {
		return set{country: code, state: where, postalCode: postal}
	}
	states := func(code string) string {
		c, _ := market.Lookup(code)
		return strings.Join(c.States, ", ")
	}
	noCountry := func(shown, hint string) *refusal {
		return invalid(country, "'"+shown+"' is not the two-letter ISO 3166-1 code of a supported country, for example US"+hint)
	}
	for _, test := range []rule{
		{"country in lower case", csp.Rules{}, set{country: "us"}, nil},
		{"a country that is not supported", csp.Rules{}, set{country: "KP"}, noCountry("KP", "")},
		{"UK", csp.Rules{}, set{country: "uk"}, noCountry("uk", "; the United Kingdom is GB")},
		{"three letters", csp.Rules{}, set{country: "USA"}, noCountry("USA", "")},
		{"name", csp.Rules{}, set{country: "United States"}, noCountry("United States", "")},
		{"blank behind", csp.Rules{}, set{country: "US "}, noCountry("US ", "")},
		{"full-width", csp.Rules{}, set{country: "\uff35\uff33"}, noCountry("\uff35\uff33", "")},

		{"US", csp.Rules{}, at("US", "wa", "98052"), nil},
		{"US, no state of it", csp.Rules{}, at("US", "NA", "98052"), invalid(state, "'NA' is not a state of United States; use one of "+states("US"))},
		{"US, name", csp.Rules{}, at("US", "Washington", "98052"), invalid(state, "'Washington' is not a state of United States; use one of "+states("US"))},
		{"US, blank behind", csp.Rules{}, at("US", "WA ", "98052"), invalid(state, "'WA ' is not a state of United States; use one of "+states("US"))},
		{"Canada", csp.Rules{}, at("CA", "ON", "K1A 0B1"), nil},
		{"Canada, no state of it", csp.Rules{}, at("CA", "WA", "K1A 0B1"), invalid(state, "'WA' is not a state of Canada; use one of "+states("CA"))},
		{"China", csp.Rules{}, at("CN", "BJ", "100000"), nil},
		{"China, no state of it", csp.Rules{}, at("CN", "Beijing", "100000"), invalid(state, "'Beijing' is not a state of China; use one of "+states("CN"))},
		{"Mexico, three letters", csp.Rules{}, at("MX", "JAL", "06000"), nil},
		{"Mexico, two letters", csp.Rules{}, at("MX", "jc", "06000"), nil},
		{"Mexico, no state of it", csp.Rules{}, at("MX", "XX", "06000"), invalid(state, "'XX' is not a state of Mexico; use one of "+states("MX"))},
		{"France, any text", csp.Rules{}, at("FR", "Auvergne-Rh\u00f4ne-Alpes", "69002"), nil},
		{"Germany, a state of the US", csp.Rules{}, at("DE", "WA", "10115"), nil},

		{"five and four digits", csp.Rules{}, at("US", "WA", "98052-8300"), nil},
		{"four digits", csp.Rules{}, at("US", "WA", "9805"), invalid(postalCode, `'9805' does not match ^\d{5}(-\d{4})?$, the postal codes of United States, for example 98052`)},
		{"newline behind the digits", csp.Rules{}, at("US", "WA", "98052\n"),
			invalid(postalCode, `'98052`+"\ufffd"+`' does not match ^\d{5}(-\d{4})?$, the postal codes of United States, for example 98052`,
				postalCode, "holds a control character; use printable text in one line")},
		{"digits beyond ASCII", csp.Rules{}, at("US", "WA", "\u0669\u0668\u0660\u0665\u0662"), invalid(postalCode, "'\u0669\u0668\u0660\u0665\u0662'"+` does not match ^\d{5}(-\d{4})?$, the postal codes of United States, for example 98052`)},
		{"Canada, without the blank", csp.Rules{}, at("CA", "ON", "k1a0b1"), nil},
		{"a country without a pattern", csp.Rules{}, at("AG", "", "whatever"), nil},
		{"optional, and of bad form", csp.Rules{}, at("IE", "", "?"), invalid(postalCode, "'?' does not match "+patternOf("IE")+", the postal codes of Ireland, for example D02 AF30")},

		{"no phone number", csp.Rules{}, set{phone: ""}, nil},
		{"blank phone number", csp.Rules{}, set{phone: " "}, nil},
		{"phone number", csp.Rules{}, set{phone: "+1 (425) 555-0101 x12"}, nil},
		{"phone number of another country", csp.Rules{}, set{phone: "+351 21 234 5678"}, nil},
		{"no phone number at all", csp.Rules{}, set{phone: "call me"}, noPhone("US", "call me", `^(1[ \-\/\.]?)?(\((\d{3})\)|(\d{3}))[ \-\/\.]?(\d{3})[ \-\/\.]?(\d{4})$`)},
		{"no phone number in Portugal", csp.Rules{}, portugal(set{phone: "1"}), noPhone("PT", "1", `^\(?(((\+|00)[ .\-\/\(\)]*)?351[ .\-\/\(\)]*)?\d([ .\-\/\(\)]*\d){8,8}$`)},
		{"phone number as it is bare elsewhere", csp.Rules{}, portugal(set{phone: "5035550144"}), nil},
		{"phone number of 256 characters", csp.Rules{}, set{phone: "425" + strings.Repeat("-", 246) + "5550101"}, nil},
		{"phone number of 257 characters", csp.Rules{}, set{phone: "425" + strings.Repeat("-", 247) + "5550101"}, invalid(phone, "is 257 characters long; at most 256 are allowed")},
		{"newline behind the phone number", csp.Rules{}, portugal(set{phone: "212345678\n"}), invalid(phone, "holds a control character; use printable text in one line")},
		{"a GUID", csp.Rules{}, set{reseller: "5A0F8D27-6c3b-4e19-b2d4-90e7c1f6a835"}, nil},
		{"no reseller", csp.Rules{}, set{reseller: ""}, nil},
		{"GDAP", csp.Rules{}, set{gdap: true}, nil},
		{"no GDAP", csp.Rules{}, set{gdap: false}, nil},
		{"not a GUID", csp.Rules{}, set{reseller: "4847383"}, noTenantID("4847383")},
		{"a GUID in braces", csp.Rules{}, set{reseller: "{5a0f8d27-6c3b-4e19-b2d4-90e7c1f6a835}"}, noTenantID("{5a0f8d27-6c3b-4e19-b2d4-90e7c1f6a835}")},
		{"a blank", csp.Rules{}, set{reseller: " "}, noTenantID(" ")},
		{"the zero GUID", csp.Rules{}, set{reseller: "00000000-0000-0000-0000-000000000000"}, noTenantID("00000000-0000-0000-0000-000000000000")},
	} {
		t.Run(test.name, test.run)
	}
}

// pair is the property of a violation, and its details.
func (r *refusal) pair() []string {
	return []string{strings.TrimPrefix(r.Data[0], "property_name:  "), strings.TrimPrefix(r.Data[1], "details:  ")}
}

func noTenantID(shown string) *refusal {
	return invalid(reseller, "'"+shown+"' is no tenant id; give the GUID of the indirect reseller's tenant, for example 33333333-3333-4333-8333-333333333333")
}

// noPhone is the refusal of a phone number that cannot be one of the country, nor of any other.
func noPhone(code, shown, pattern string) *refusal {
	c, _ := market.Lookup(code)
	return invalid(phone, "'"+shown+"' does not match "+pattern+", the phone numbers of "+c.Name+", nor has it 5 to 15 digits as one of another country, for example "+c.PhoneSample)
}

func portugal(more set) set {
	change := set{country: "PT", city: "Lisboa", state: nil, postalCode: "1250-096"}
	for path, value := range more {
		change[path] = value
	}
	return change
}

func patternOf(code string) string {
	c, _ := market.Lookup(code)
	return c.PostalCodePattern
}

// TestTexts holds every free text to its length, in characters, and to one line of print. A phone number is none: TestAddress.
func TestTexts(t *testing.T) {
	somewhere := set{country: "AG"} // where neither number, state nor postal code has a form
	for _, field := range []struct {
		path string
		most string
		n    int
	}{
		{number, "256", 256},
		{ownerFirstName, "50", 50},
		{ownerLastName, "50", 50},
		{companyName, "256", 256},
		{region, "256", 256},
		{city, "256", 256},
		{state, "256", 256},
		{line1, "200", 200},
		{line2, "200", 200},
		{postalCode, "256", 256},
		{firstName, "50", 50},
		{middleName, "50", 50},
		{lastName, "50", 50},
	} {
		tooLong := invalid(field.path, "is "+map[string]string{"50": "51", "200": "201", "256": "257"}[field.most]+" characters long; at most "+field.most+" are allowed")
		notPrinted := invalid(field.path, "holds a control character; use printable text in one line")
		for _, test := range []struct {
			name, value string
			want        *refusal
		}{
			{"1 character", "x", nil},
			{"all it may have", strings.Repeat("x", field.n), nil},
			{"all it may have, beyond ASCII", strings.Repeat("\U0001f600", field.n), nil},
			{"one too many", strings.Repeat("x", field.n+1), tooLong},
			{"one too many, beyond ASCII", strings.Repeat("\u00e9", field.n+1), tooLong},
			{"markup and quotes", `<b>"O'Neill" & Søn\</b>`, nil},
			{"NUL", "a\x00b", notPrinted},
			{"newline inside", "a\nb", notPrinted},
			{"newline behind", "a\n", notPrinted},
			{"tab in front", "\ta", notPrinted},
			{"escape", "a\x1b[31m", notPrinted},
			{"next line", "a\u0085b", notPrinted},
			{"long, with newline", strings.Repeat("x", field.n) + "\n", &refusal{400, 27002, slices.Concat(tooLong.Data, notPrinted.Data)}},
		} {
			t.Run(field.path+"/"+test.name, func(t *testing.T) {
				got := refusalOf(t, csp.Rules{}.CheckNewCustomer(MustRequest(t, somewhere, set{field.path: test.value})))
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("refusal (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestAllViolations breaks every rule at once.
func TestAllViolations(t *testing.T) {
	const control = "holds a control character; use printable text in one line"
	states, _ := market.Lookup("US")
	text := func(path string) []string { return []string{path, control} }
	want := slices.Concat(
		[]string{domain, "'con-toso' must be 1 to 27 letters or digits followed by one of .onmicrosoft.com, .ccsctp.net, .partner.onmschina.cn, .onmicrosoft.us, for example contoso.onmicrosoft.com"},
		[]string{email, "'ana' is not an e-mail address: it must have the form name@domain, for example ana@contoso.com"},
		[]string{culture, "'br-BR' is not a supported culture, for example pt-BR"},
		[]string{language, "'English' is not a language; give its two letters, for example en"},
		[]string{state, "'?' is not a state of United States; use one of " + strings.Join(states.States, ", ")},
		[]string{postalCode, `'?' does not match ^\d{5}(-\d{4})?$, the postal codes of United States, for example 98052`},
		noPhone("US", "\ufffd", states.ServedPhonePattern()).pair(),
		text(number), text(ownerFirstName), text(ownerLastName), text(companyName), text(region), text(city),
		text(line1), text(line2), text(firstName), text(middleName), text(lastName), text(phone),
		noTenantID("x").pair(),
	)
	rule{"all", csp.Rules{}, set{
		domain: "con-toso", number: "\x00", email: "ana", culture: "br-BR", language: "English",
		companyName: "\x01", ownerFirstName: "\x02", ownerLastName: "\x03",
		region: "\x04", city: "\x05", state: "?", line1: "\x06", line2: "\x07", postalCode: "?",
		firstName: "\x08", middleName: "\x0e", lastName: "\x0f", phone: "\x10", reseller: "x",
	}, invalid(want...)}.run(t)
}
