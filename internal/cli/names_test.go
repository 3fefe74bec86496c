package cli

import "testing"

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
