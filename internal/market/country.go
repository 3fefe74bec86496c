package market

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Country is one market. Countries are shared and must not be changed.
//
// The Valid methods look at the form of a value. An empty value has none: it is
// missing, not invalid, and passes. Whether it may be missing is what the
// Required fields say.
//
// Fields take their values from the member of the same name, in any case, in
// countries.json.
type Country struct {
	// ISO2, ISO3 and Name are the docs' own: AN and the service's XE, XJ, XK
	// and XS are among them; Cuba, Iran, North Korea, Sudan and Syria are not.
	ISO2, ISO3, Name string

	// Recorded says that there is a recording of the country's rules, US and PT,
	// so that what it lacks is not served, even where it is known here.
	Recorded bool

	// Cultures are the docs', in their order, and DefaultCulture is the first
	// of them, as it is in both recordings.
	Cultures       []string
	DefaultCulture string

	// Languages follow from Cultures as they do in both recordings: sorted
	// language subtags, except that Portuguese keeps its region. So does
	// Chinese, by analogy.
	Languages []string

	// CallingCodes are general knowledge (ITU E.164), in the recordings' form:
	// "1" for all of North America.
	CallingCodes []string

	// TrunkPrefixes are dialled before a number within the country, and left out
	// from abroad: 0 in most countries, 06 in Hungary. PhoneDigits are how many
	// digits numbers have without either, at least and at most, toll-free and
	// other special ones included. Both are the plan's; prefixes that were given
	// up of late (Mexico, Lithuania) stand among the others.
	// Places that have no plan of their own, like Antarctica, have that of their
	// calling code.
	TrunkPrefixes []string
	PhoneDigits   [2]int

	// PhoneSample is made up, or the plan's own example.
	PhoneSample string

	// RecordedPhonePattern is what the recording of US has; that of PT has none.
	RecordedPhonePattern string

	// StateRequired comes from the US recording; docs say that Canada, China
	// and Mexico are checked too.
	StateRequired bool

	// StateListed says that a state must be one of States. Docs: US, CA, CN and
	// MX; elsewhere any text will do, and nothing is listed, because clients
	// hold their users to a list that they are served, and the recording of PT
	// has an empty one.
	StateListed bool

	// States is never nil. US comes from the recording, the others are ISO
	// 3166-2, because the service does not publish theirs. Mexico's codes have
	// three letters, where the docs limit a state to two, so the two-letter
	// codes of Mexico's population register stand behind them.
	States []string

	// CityRequired and PostalCodeRequired come from the recordings for US and
	// PT; the others are practice.
	CityRequired       bool
	PostalCodeRequired bool

	// PostalCodePattern comes from the recordings for US and PT; the others are
	// practice, and empty where there are no codes or hardly anyone uses them.
	PostalCodePattern, PostalCodeSample string

	// PhoneRequired and RegistrationNumberRequired hold for the 24 countries of
	// the docs' revision of 30 March 2021.
	PhoneRequired              bool
	RegistrationNumberRequired bool

	// RegistrationNumberPattern is practice: the numbers that a country gives
	// to organizations, and to people who trade: those of its register of
	// companies and, as people mix them up, of its tax office. Where these vary
	// too much (AE, IQ, MM, SS) it asks for 5 to 22 characters, which
	// interworks.cloud's documentation gives as the service's rule for all 24.
	// It is empty where no register publishes a form. Samples are made up.
	RegistrationNumberPattern, RegistrationNumberSample string

	// VATSupported and VATPattern come from the recordings for US and PT. The
	// other members of the European Union are taken to be like PT, with their
	// own number formats (VIES).
	VATSupported bool
	VATPattern   string

	// TaxIDSupported, TaxIDOptional, TaxIDFormat and TaxIDSample come from the
	// recordings for US and PT; format and sample of the other members of the
	// European Union have the form that PT's have. A # stands for a digit.
	TaxIDSupported, TaxIDOptional bool
	TaxIDFormat, TaxIDSample      string

	postalCode, phone, registrationNumber lazyRegexp
}

// Lookup returns the country with an ISO 3166-1 alpha-2 code, in any case.
func Lookup(iso2 string) (*Country, bool) {
	return load().country(iso2)
}

// Countries yields every country, ordered by ISO2.
func Countries() iter.Seq[*Country] {
	return func(yield func(*Country) bool) {
		t := load()
		for i := range t.countries {
			if !yield(&t.countries[i]) {
				return
			}
		}
	}
}

// ValidState reports whether s can be a state of c, in any case.
func (c *Country) ValidState(s string) bool {
	return s == "" || !c.StateListed ||
		slices.ContainsFunc(c.States, func(code string) bool { return sameASCII(code, s) })
}

// ValidPostalCode reports whether s has the form of a postal code of c.
func (c *Country) ValidPostalCode(s string) bool {
	return s == "" || c.postalCode.match(c.PostalCodePattern, s)
}

// ValidPhone reports whether somebody in c can have the phone number s: it is
// one of c, or has the form of one of another country, for that is where some
// keep their telephones.
func (c *Country) ValidPhone(s string) bool {
	return s == "" || dialable(s) || c.phone.match(c.PhonePattern(), s)
}

// ServedPhonePattern is the pattern that clients are given, if any.
func (c *Country) ServedPhonePattern() string {
	if c.Recorded {
		return c.RecordedPhonePattern
	}
	return c.PhonePattern()
}

// ServedRegistrationNumber is the pattern that clients are given, and its
// sample, if any.
func (c *Country) ServedRegistrationNumber() (pattern, sample string) {
	if c.Recorded {
		return "", ""
	}
	return c.RegistrationNumberPattern, c.RegistrationNumberSample
}

// ValidRegistrationNumber reports whether s has the form of a registration
// number of an organization in c.
func (c *Country) ValidRegistrationNumber(s string) bool {
	return s == "" || c.registrationNumber.match(c.RegistrationNumberPattern, s)
}

// lazyRegexp compiles a pattern when it is first matched: most countries are
// never asked for, and compiling them all takes longer than reading the table.
type lazyRegexp struct {
	once sync.Once
	re   *regexp.Regexp
}

// match must be given the same pattern every time. No pattern matches anything.
func (l *lazyRegexp) match(pattern, s string) bool {
	if pattern == "" {
		return true
	}
	l.once.Do(func() { l.re = regexp.MustCompile(pattern) })
	return l.re.MatchString(s)
}

// sameASCII compares an ASCII code with s, ignoring case. The lengths keep out
// the letters beyond ASCII that fold to one within it, such as the Kelvin sign.
func sameASCII(code, s string) bool {
	return len(code) == len(s) && strings.EqualFold(code, s)
}
