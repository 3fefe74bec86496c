package market

import (
	"strings"
	"testing"
)

func TestCulture(t *testing.T) {
	tests := []struct {
		name, in string
		want     string // empty if not supported
	}{
		{"canonical", "en-US", "en-US"},
		{"upper case", "EN-US", "en-US"},
		{"lower case", "fr-fr", "fr-FR"},
		{"script", "SR-LATN-rs", "sr-Latn-RS"},
		{"a second culture of a country", "es-US", "es-US"},
		{"language alone", "en", ""},
		{"not supported", "br-BR", ""},
		{"underscore", "en_US", ""},
		{"space", "en-US ", ""},
		{"Kelvin sign folds to K", "sk-S\u212A", ""},
		{"empty", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := Culture(test.in)
			if got != test.want || ok != (test.want != "") {
				t.Errorf("Culture(%q): got %q, %t, want %q", test.in, got, ok, test.want)
			}
		})
	}
}

func TestLanguage(t *testing.T) {
	tests := []struct {
		name, in string
		want     bool
	}{
		{"two letters", "en", true},
		{"as the docs send it", "En", true},
		{"two letters of no supported culture", "br", true},
		{"listed with its region", "pt-PT", true},
		{"listed with its region, other case", "PT-br", true},
		{"a culture that is no language", "en-US", false},
		{"two digits", "12", false},
		{"one letter beyond ASCII", "é", false},
		{"name", "English", false},
		{"three letters", "eng", false},
		{"empty", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Language(test.in); got != test.want {
				t.Errorf("Language(%q): got %t, want %t", test.in, got, test.want)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	tests := []struct {
		name, in string
		want     string
	}{
		{"supported already", "DE-de", "de-DE"},
		{"underscore", "en_US", "en-US"},
		{"space around", " fr-FR ", "fr-FR"},
		{"country for language", "br-BR", "pt-BR"},
		{"country for language, Japan", "jp-JP", "ja-JP"},
		{"country for language, Norway", "no-NO", "nb-NO"},
		{"UK", "en-UK", "en-GB"},
		{"script left out", "sr-RS", "sr-Latn-RS"},
		{"script put in", "zh-Hant-TW", "zh-TW"},
		{"language of the country", "en-DE", "en-US"},
		{"language of another country", "de-BE", "de-DE"},
		{"region of no country", "es-419", "es-ES"},
		{"language alone", "fr", "fr-FR"},
		{"language alone, of many countries", "ar", "ar-SA"},
		{"language alone, first of one country", "ca", "ca-ES"},
		{"country alone", "us", "en-US"},
		{"country alone, Brazil", "BR", "pt-BR"},
		{"name", "English", "en-US"},
		{"empty", "", "en-US"},
		{"no letters", "1033", "en-US"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Nearest(test.in); got != test.want {
				t.Errorf("Nearest(%q): got %s, want %s", test.in, got, test.want)
			}
		})
	}
}

func FuzzLocale(f *testing.F) {
	for _, s := range []string{"en-US", "EN-us", "en_US", "br-BR", "pt-PT", "En", "", "\u212A", "ſ-İ", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := Culture(s); ok {
			if !strings.EqualFold(got, s) {
				t.Errorf("Culture(%q): got %q, which differs in more than case", s, got)
			}
			if again, ok := Culture(got); !ok || again != got {
				t.Errorf("Culture(%q): got %q, %t, want %q", got, again, ok, got)
			}
		}
		if Language(s) != Language(strings.ToUpper(s)) && isASCII(s) {
			t.Errorf("Language(%q) depends on case", s)
		}
		near := Nearest(s)
		if got, ok := Culture(near); !ok || got != near {
			t.Errorf("Nearest(%q): got %q, which is not a supported culture", s, near)
		}
		if again := Nearest(near); again != near {
			t.Errorf("Nearest(%q): got %q, want %q", near, again, near)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7f })
}
