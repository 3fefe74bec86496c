package market

import (
	"maps"
	"slices"
	"strings"
)

// fallback is the culture of anyone who names none (docs: X-Locale).
const fallback = "en-US"

// Culture finds s, in any case, among the supported cultures and returns it as
// the service writes it: EN-US in, en-US out.
func Culture(s string) (canonical string, ok bool) {
	return load().culture(s)
}

// Language reports whether s, in any case, can be the language of a customer:
// any two letters, as the docs have it, or one of the [Country.Languages] of some
// country, since clients choose from those: pt-PT.
func Language(s string) bool {
	if len(s) == 2 && letter(s[0]) && letter(s[1]) {
		return true
	}
	// The length keeps out letters beyond ASCII that have a lower case within it.
	lower := strings.ToLower(s)
	return len(lower) == len(s) && load().languages[lower]
}

// Nearest returns the supported culture that someone who wrote s most likely
// meant, for the corrected example in an error: pt-BR for br-BR, en-GB for
// en-UK, en-US for en_US. It goes by the language in the country, then the
// language, then the country; whoever gives it nothing gets en-US.
func Nearest(s string) string {
	t := load()
	subtags := strings.FieldsFunc(s, func(r rune) bool { return r > 'z' || !letter(byte(r)) })
	if culture, ok := t.culture(strings.Join(subtags, "-")); ok {
		return culture
	}
	if len(subtags) == 0 {
		return fallback
	}
	language := strings.ToLower(subtags[0])
	country, found := t.country(region(subtags))
	if found {
		if i := slices.IndexFunc(country.Cultures, func(c string) bool { return subtag(c) == language }); i >= 0 {
			return country.Cultures[i]
		}
	}
	if culture, ok := t.mainCulture(language); ok {
		return culture
	}
	if found {
		return country.DefaultCulture
	}
	return fallback
}

// region returns the subtag that names a country: the last one of two letters,
// which may be the only one.
func region(subtags []string) string {
	for _, s := range slices.Backward(subtags) {
		if len(s) != 2 {
			continue
		}
		if strings.EqualFold(s, "UK") { // what the ISO reserves, and people write, for GB
			return "GB"
		}
		return s
	}
	return ""
}

// mainCulture returns the culture that stands for a language alone: fr-FR for
// fr. Where no country has the language's name, it is the one in main, or else
// the first in order.
func (t *table) mainCulture(language string) (string, bool) {
	main := map[string]string{"ar": "ar-SA", "en": fallback, "sr": "sr-Latn-RS", "sv": "sv-SE"}
	if culture, ok := main[language]; ok {
		return culture, true
	}
	if culture, ok := t.culture(language + "-" + language); ok {
		return culture, true
	}
	for _, culture := range slices.Sorted(maps.Values(t.cultures)) {
		if subtag(culture) == language {
			return culture, true
		}
	}
	return "", false
}

func letter(b byte) bool {
	b |= 0x20
	return 'a' <= b && b <= 'z'
}
