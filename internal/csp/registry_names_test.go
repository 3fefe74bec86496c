package csp_test

import (
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

func TestIsDomain(t *testing.T) {
	for text, want := range map[string]bool{
		"northwind.onmicrosoft.com":     true,
		"a.b":                           true,
		"xn--mnchen-3ya.example":        true,
		"1.example":                     true,
		"":                              false,
		"localhost":                     false,
		"a..b":                          false,
		".a.b":                          false,
		"a.b.":                          false,
		"-a.b":                          false,
		"a-.b":                          false,
		"a_b.c":                         false,
		"a b.c":                         false,
		"münchen.example":               false,
		"10.0.0.1":                      false,
		strings.Repeat("a", 63) + ".b":  true,
		strings.Repeat("a", 64) + ".b":  false,
		strings.Repeat("a.", 127) + "b": false,
	} {
		if got := csp.IsDomain(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
