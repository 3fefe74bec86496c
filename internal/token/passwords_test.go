package token_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/tenantry/tenantry/internal/token"
)

func TestPasswords(t *testing.T) {
	ctx := t.Context()
	passwords := &token.Passwords{Root: mustParseRoot(t, rootText)}
	tenant, other, salt := [16]byte{1}, [16]byte{2}, []byte("salt")
	first := passwords.Root.FirstPassword(tenant, salt)
	chosen, err := passwords.ChosenCredential(ctx, "pässword; with a blank ")
	must(t, err)
	if !bytes.HasPrefix(chosen, []byte("$argon2id$v=19$m=19456,t=2,p=1$")) {
		t.Errorf("credential %s", chosen)
	}
	derived := token.DerivedCredential(salt)
	for _, test := range []struct {
		name       string
		credential []byte
		tenant     [16]byte
		password   string
		want       bool
	}{
		{"first", derived, tenant, first, true},
		{"first of another tenant", derived, other, first, false},
		{"first under another salt", token.DerivedCredential([]byte("tlas")), tenant, first, false},
		{"first in another case", derived, tenant, strings.ToUpper(first), false},
		{"first without its groups", derived, tenant, strings.ReplaceAll(first, "-", ""), false},
		{"first and nothing", derived, tenant, "", false},
		{"first and the salt", derived, tenant, "salt", false},
		{"chosen", chosen, tenant, "pässword; with a blank ", true},
		{"chosen, trimmed", chosen, tenant, "pässword; with a blank", false},
		{"chosen and nothing", chosen, tenant, "", false},
		{"chosen and its hash", chosen, tenant, string(chosen), false},
		{"too long", chosen, tenant, strings.Repeat("x", token.MaxPassword+1), false},
		{"none yet", nil, tenant, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := passwords.Verify(ctx, test.credential, test.tenant, test.password)
			must(t, err)
			if got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

func TestChosenCredentialDiffers(t *testing.T) {
	passwords := &token.Passwords{Root: mustParseRoot(t, rootText)}
	a, err := passwords.ChosenCredential(t.Context(), "same")
	must(t, err)
	b, err := passwords.ChosenCredential(t.Context(), "same")
	must(t, err)
	if bytes.Equal(a, b) {
		t.Error("two credentials of one password are the same: no salt")
	}
	if _, err := passwords.ChosenCredential(t.Context(), strings.Repeat("x", token.MaxPassword+1)); !errors.Is(err, token.ErrPasswordTooLong) {
		t.Errorf("err = %v, want %v", err, token.ErrPasswordTooLong)
	}
}

func TestVerifyRefusesCredential(t *testing.T) {
	const tail = "$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	passwords := &token.Passwords{Root: mustParseRoot(t, rootText)}
	for _, credential := range []string{
		"x", "plain text", "$", "$$$$$", "$2b$10$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=19456,t=2,p=1" + tail,
		"$argon2id$v=16$m=19456,t=2,p=1" + tail,
		"$argon2id$v=19$m=4294967295,t=2,p=1" + tail, // all memory
		"$argon2id$v=19$m=19456,t=4294967295,p=1" + tail,
		"$argon2id$v=19$m=19456,t=0,p=1" + tail,
		"$argon2id$v=19$m=19456,t=2,p=0" + tail,
		"$argon2id$v=19$m=19456,t=2,p=1,x=1" + tail,
		"$argon2id$v=19$m=019456,t=2,p=1" + tail,
		"$argon2id$v=19$m=19456,t=2,p=1$$",
		"$argon2id$v=19$m=19456,t=2,p=1" + tail + "$",
	} {
		ok, err := passwords.Verify(t.Context(), []byte(credential), [16]byte{}, "x")
		if ok || err == nil {
			t.Errorf("%q: got %t, %v; want an error", credential, ok, err)
		}
	}
}

// TestRefusalsCostTheSame counts slow hashes: each refusal costs one whoever is refused, and the right first password none.
func TestRefusalsCostTheSame(t *testing.T) {
	ctx := t.Context()
	passwords := &token.Passwords{Root: mustParseRoot(t, rootText)}
	chosen, err := passwords.ChosenCredential(ctx, "chosen")
	must(t, err)
	first := passwords.Root.FirstPassword([16]byte{}, nil)
	for _, test := range []struct {
		name       string
		credential []byte
		password   string
		want       int64
	}{
		{"wrong for a chosen one", chosen, "wrong", 1},
		{"right for a chosen one", chosen, "chosen", 1},
		{"wrong for a first one", token.DerivedCredential(nil), "wrong", 1},
		{"right for a first one", token.DerivedCredential(nil), first, 0},
		{"for a user without one", nil, "wrong", 1},
	} {
		before := passwords.Hashes()
		_, err := passwords.Verify(ctx, test.credential, [16]byte{}, test.password)
		must(t, err)
		if got := passwords.Hashes() - before; got != test.want {
			t.Errorf("%s: got %d hashes, want %d", test.name, got, test.want)
		}
	}
	before := passwords.Hashes()
	must(t, passwords.VerifyNobody(ctx, "wrong"))
	if got := passwords.Hashes() - before; got != 1 {
		t.Errorf("nobody: got %d hashes, want 1", got)
	}
}

func TestSlowHashHonoursContext(t *testing.T) {
	passwords := &token.Passwords{Root: mustParseRoot(t, rootText)}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := passwords.VerifyNobody(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
	if ok, err := passwords.Verify(ctx, token.DerivedCredential(nil), [16]byte{}, "x"); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("got %t, %v; want %v", ok, err, context.Canceled)
	}
}

func TestPasswordsTogether(t *testing.T) {
	passwords := &token.Passwords{Root: mustParseRoot(t, rootText)}
	chosen, err := passwords.ChosenCredential(t.Context(), "chosen")
	must(t, err)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if ok, err := passwords.Verify(t.Context(), chosen, [16]byte{}, "chosen"); !ok || err != nil {
				t.Errorf("got %t, %v", ok, err)
			}
		})
	}
	group.Wait()
}

func FuzzCredential(f *testing.F) {
	f.Add([]byte{1}, "x")
	f.Add([]byte("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "x")
	f.Add([]byte("$argon2id$v=19$m=8,t=1,p=1$$"), "")
	passwords := &token.Passwords{Root: mustParseRoot(f, rootText)}
	f.Fuzz(func(t *testing.T, credential []byte, password string) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // parsing is what is tested; no slow hash runs
		if ok, err := passwords.Verify(ctx, credential, [16]byte{}, password); ok && err != nil {
			t.Error("both right and an error")
		}
	})
}
