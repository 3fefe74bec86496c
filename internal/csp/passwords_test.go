package csp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

func TestCheckPassword(t *testing.T) {
	for _, test := range []struct {
		name, password string
		want           []csp.PasswordRule
	}{
		{"three classes", "Harbour7", nil},
		{"signs for digits", "Harbour!", nil},
		{"four classes", "Harbour!7", nil},
		{"characters, not bytes", "Żółć12é4", nil},
		{"too short", "Harb0ur", []csp.PasswordRule{csp.PasswordTooShort}},
		{"longest", strings.Repeat("aB3", 85) + "x", nil},
		{"too long", strings.Repeat("aB3", 85) + "xy", []csp.PasswordRule{csp.PasswordTooLong}},
		{"two classes", "harbour7", []csp.PasswordRule{csp.PasswordTooPlain}},
		{"the name, in another case", "1-ADMIN-one", []csp.PasswordRule{csp.PasswordHasName}},
		{"all at once", "admin", []csp.PasswordRule{csp.PasswordTooShort, csp.PasswordTooPlain, csp.PasswordHasName}},
		{"control character", "Harbour7\x00", []csp.PasswordRule{csp.PasswordUntypable}},
		{"the example", "Neu&Wort42x", []csp.PasswordRule{csp.PasswordExample}},
		{"none", "", []csp.PasswordRule{csp.PasswordTooShort, csp.PasswordTooPlain}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := csp.CheckPassword("Admin@kestrel.onmicrosoft.com", test.password); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if got := csp.CheckPassword("bo@kestrel.onmicrosoft.com", "Bombast7"); got != nil {
		t.Errorf("two letters of a name: got %v, want nothing", got)
	}
}
