package cli

import (
	"strings"
	"testing"
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
		if got := isDomain(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:8080": true,
		"127.1.2.3:0":    true,
		"[::1]:80":       true,
		"localhost:80":   true,
		":8080":          false,
		"0.0.0.0:80":     false,
		"[::]:80":        false,
		"10.0.0.1:80":    false,
		"example.com:80": false,
	} {
		if got := isLoopback(address); got != want {
			t.Errorf("%q: got %v, want %v", address, got, want)
		}
	}
}
