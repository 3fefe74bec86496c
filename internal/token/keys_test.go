package token_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/token"
)

func TestKeysAreMadeInTheBackground(t *testing.T) {
	db := mustOpenStore(t)
	keys := mustStart(t, db, 0, nil)
	must(t, keys.Wait(t.Context()))
	stored, err := db.SigningKeys(t.Context())
	must(t, err)
	if len(stored) != 1 {
		t.Fatalf("%d keys stored, want 1", len(stored))
	}
	if bytes.Contains(stored[0].Sealed, stored[0].Certificate) || len(stored[0].Sealed) < 1000 {
		t.Error("the private key is not sealed")
	}
	if _, err := x509.ParsePKCS1PrivateKey(stored[0].Sealed[12:]); err == nil {
		t.Error("the private key is stored in the clear")
	}
	again := mustStart(t, db, 0, nil)
	if diff := cmp.Diff(mustJWKS(t, keys), mustJWKS(t, again)); diff != "" {
		t.Errorf("keys differ after a restart:\n%s", diff)
	}
}

// away is a store that keeps no keys for a while.
type away struct {
	*store.DB
	until atomic.Bool
}

var errAway = errors.New("the store is away")

func (a *away) AddSigningKey(ctx context.Context, key token.StoredKey) error {
	if a.until.Load() {
		return a.DB.AddSigningKey(ctx, key)
	}
	return errAway
}

// TestFirstKeyIsMadeLater starts keys whose store cannot take the first one: there is one when the store is back.
func TestFirstKeyIsMadeLater(t *testing.T) {
	db := &away{DB: mustOpenStore(t)}
	keys := &token.Keys{Store: db, Root: mustParseRoot(t, rootText)}
	must(t, keys.Start(t.Context()))
	t.Cleanup(func() { must(t, keys.Close()) })
	for range 2 {
		if err := keys.Wait(t.Context()); !errors.Is(err, errAway) {
			t.Errorf("err = %v, want %v", err, errAway)
		}
	}
	db.until.Store(true)
	must(t, keys.Wait(t.Context()))
	if set := mustJWKS(t, keys); len(set.Keys) != 1 {
		t.Errorf("%d keys, want 1", len(set.Keys))
	}
}

func TestKeysBeforeStart(t *testing.T) {
	keys := &token.Keys{Store: mustOpenStore(t), Root: mustParseRoot(t, rootText)}
	if _, err := keys.JWKS(t.Context(), ""); err == nil {
		t.Error("keys that were not started answer")
	}
	must(t, keys.Close())
}

func TestWaitHonoursContext(t *testing.T) {
	keys := mustStart(t, mustOpenStore(t), 0, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Either the key is there already, or the context's error.
	if _, err := keys.SignAccess(ctx, &token.Claims{}); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want %v", err, context.Canceled)
	}
}

func TestSeededKeysAreTheSame(t *testing.T) {
	now := func() time.Time { return start }
	a := mustJWKS(t, mustStart(t, mustOpenStore(t), 1, now))
	b := mustJWKS(t, mustStart(t, mustOpenStore(t), 1, now))
	c := mustJWKS(t, mustStart(t, mustOpenStore(t), 2, now))
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("keys of one seed differ:\n%s", diff)
	}
	if a.Keys[0].Modulus == c.Keys[0].Modulus {
		t.Error("keys of two seeds are the same")
	}
}

// TestSeedIsReadAtOnce shows that what others read from the same source meanwhile changes nothing.
func TestSeedIsReadAtOnce(t *testing.T) {
	now := func() time.Time { return start }
	want := mustJWKS(t, mustStart(t, mustOpenStore(t), 1, now))
	source := seeded(1)
	keys := &token.Keys{Store: mustOpenStore(t), Root: mustParseRoot(t, rootText), Now: now, Rand: source}
	must(t, keys.Start(t.Context()))
	_, err := io.CopyN(io.Discard, source, 1<<16)
	must(t, err)
	if diff := cmp.Diff(want, mustJWKS(t, keys)); diff != "" {
		t.Errorf("keys differ:\n%s", diff)
	}
	must(t, keys.Close())
}

func TestJWKS(t *testing.T) {
	for _, seed := range []byte{0, 1} {
		keys := mustStart(t, mustOpenStore(t), seed, func() time.Time { return start })
		if v1 := mustJWKS(t, keys); v1.Keys[0].Issuer != "" {
			t.Errorf("v1 issuer = %q", v1.Keys[0].Issuer)
		}
		set, err := keys.JWKS(t.Context(), "https://issuer")
		must(t, err)
		key := set.Keys[0]
		if key.Type != "RSA" || key.Use != "sig" || key.ID != key.Thumbprint || key.Exponent != "AQAB" || key.Issuer != "https://issuer" {
			t.Errorf("key = %+v", key)
		}
		certificate := mustCertificate(t, key)
		if sum := sha1.Sum(certificate.Raw); key.Thumbprint != base64.RawURLEncoding.EncodeToString(sum[:]) {
			t.Errorf("x5t = %s, which is not the certificate's", key.Thumbprint)
		}
		if err := certificate.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature); err != nil {
			t.Errorf("certificate: %v", err)
		}
		public := certificate.PublicKey.(*rsa.PublicKey)
		modulus, err := base64.RawURLEncoding.DecodeString(key.Modulus)
		must(t, err)
		if public.N.Cmp(new(big.Int).SetBytes(modulus)) != 0 || public.N.BitLen() != 2048 {
			t.Error("n is not the certificate's")
		}
	}
}

func TestSignedTokensVerifyElsewhere(t *testing.T) {
	for _, seed := range []byte{0, 1} {
		keys := mustStart(t, mustOpenStore(t), seed, nil)
		raw, err := keys.SignAccess(t.Context(), &token.Claims{Audience: "a", AppID: "b", Version: "1.0"})
		must(t, err)
		signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256})
		must(t, err)
		payload, err := signed.Verify(mustCertificate(t, mustJWKS(t, keys).Keys[0]).PublicKey)
		must(t, err)
		const want = `{"aud":"a","iss":"","iat":0,"nbf":0,"exp":0,"appid":"b","appidacr":"","oid":"","sub":"","tid":"","ver":"1.0"}`
		if string(payload) != want {
			t.Errorf("payload = %s\nwant      %s", payload, want)
		}
	}
}

func TestKeysRefuse(t *testing.T) {
	db := mustOpenStore(t)
	must(t, mustStart(t, db, 1, nil).Wait(t.Context()))
	stored, err := db.SigningKeys(t.Context())
	must(t, err)
	other, err := token.NewRoot(nil)
	must(t, err)
	for _, test := range []struct {
		name   string
		root   token.Root
		change func(*token.StoredKey)
	}{
		{"another root key", other, func(*token.StoredKey) {}},
		{"another id", mustParseRoot(t, rootText), func(k *token.StoredKey) { k.ID = "x" }},
		{"another certificate", mustParseRoot(t, rootText), func(k *token.StoredKey) { k.Certificate = nil }},
		{"damage", mustParseRoot(t, rootText), func(k *token.StoredKey) { k.Sealed[100] ^= 1 }},
		{"nothing", mustParseRoot(t, rootText), func(k *token.StoredKey) { k.Sealed = []byte{} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := mustOpenStore(t)
			key := stored[0]
			key.Sealed, key.Certificate = bytes.Clone(key.Sealed), bytes.Clone(key.Certificate)
			test.change(&key)
			if key.Certificate == nil {
				key.Certificate = []byte{}
			}
			must(t, db.AddSigningKey(t.Context(), key))
			keys := &token.Keys{Store: db, Root: test.root}
			if err := keys.Start(t.Context()); err == nil {
				t.Error("no error")
				must(t, keys.Close())
			}
		})
	}
}

// TestSeveralKeys has servers that share a store: the newest key whose time has come signs, and each is known to all.
func TestSeveralKeys(t *testing.T) {
	db := mustOpenStore(t)
	now := start
	clock := func() time.Time { return now }
	early := mustStart(t, db, 1, clock)
	must(t, early.Wait(t.Context()))

	elsewhere := mustOpenStore(t)
	now = start.Add(24 * time.Hour)
	must(t, mustStart(t, elsewhere, 2, clock).Wait(t.Context()))
	stored, err := elsewhere.SigningKeys(t.Context())
	must(t, err)
	must(t, db.AddSigningKey(t.Context(), stored[0]))
	must(t, db.AddSigningKey(t.Context(), stored[0])) // again: no error

	late := mustStart(t, db, 0, clock)
	newest := stored[0].ID
	oldest := mustJWKS(t, early).Keys[1].ID
	if got := signedBy(t, late); got != newest {
		t.Errorf("signed by %s, want the newest, %s", got, newest)
	}
	now = start.Add(time.Hour)
	if got := signedBy(t, late); got != oldest {
		t.Errorf("signed by %s before the newest's time, want %s", got, oldest)
	}
	now = start.Add(-time.Hour)
	if got := signedBy(t, late); got != oldest {
		t.Errorf("signed by %s with the clock set back, want %s", got, oldest)
	}
	if set := mustJWKS(t, late); len(set.Keys) != 2 || set.Keys[0].ID != newest {
		t.Errorf("%d keys published, want 2, newest first", len(set.Keys))
	}
}

// TestKeysOfAnotherServer shows that a token is trusted that was signed by a key added after the start.
func TestKeysOfAnotherServer(t *testing.T) {
	db, elsewhere := mustOpenStore(t), mustOpenStore(t)
	clock := func() time.Time { return start }
	here := mustStart(t, db, 1, clock)
	must(t, here.Wait(t.Context()))
	there := mustStart(t, elsewhere, 2, clock)
	raw, err := there.SignAccess(t.Context(), goodClaims())
	must(t, err)
	copyKeys(t, elsewhere, db)
	verifier := &token.Verifier{Keys: here, Now: clock, Audiences: audiences}
	if _, err := verifier.Verify(t.Context(), raw); err != nil {
		t.Errorf("err = %v", err)
	}
}

func copyKeys(t *testing.T, from, to *store.DB) {
	t.Helper()
	stored, err := from.SigningKeys(t.Context())
	must(t, err)
	for _, key := range stored {
		must(t, to.AddSigningKey(t.Context(), key))
	}
}

func signedBy(t *testing.T, keys *token.Keys) string {
	t.Helper()
	raw, err := keys.SignAccess(t.Context(), &token.Claims{})
	must(t, err)
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256})
	must(t, err)
	return signed.Signatures[0].Protected.KeyID
}

func mustJWKS(t testing.TB, keys *token.Keys) *token.JWKSet {
	t.Helper()
	set, err := keys.JWKS(t.Context(), "")
	must(t, err)
	return set
}

func mustCertificate(t testing.TB, key token.JWK) *x509.Certificate {
	t.Helper()
	der, err := base64.StdEncoding.DecodeString(key.Certificate[0])
	must(t, err)
	certificate, err := x509.ParseCertificate(der)
	must(t, err)
	return certificate
}

// TestRotate lets two servers on one store tend their keys every six hours for half a year. Each token that one signs is
// good at the other until it expires, by a key that was published a day before.
func TestRotate(t *testing.T) {
	db := mustOpenStore(t)
	now := start
	clock := func() time.Time { return now }
	one, two := mustStart(t, db, 1, clock), (*token.Keys)(nil)
	must(t, one.Wait(t.Context()))
	two = mustStart(t, db, 2, clock)
	published := map[string]time.Time{}
	used := map[string]bool{}
	for range 4 * 182 {
		must(t, one.Rotate(t.Context()))
		must(t, two.Rotate(t.Context()))
		set := mustJWKS(t, two)
		if len(set.Keys) > 3 {
			t.Fatalf("%v: %d keys are published", now, len(set.Keys))
		}
		for _, key := range set.Keys {
			if _, ok := published[key.ID]; !ok {
				published[key.ID] = now
			}
		}
		claims := goodClaims()
		claims.Life = token.LifeFrom(now)
		raw, err := one.SignAccess(t.Context(), claims)
		must(t, err)
		signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256})
		must(t, err)
		id := signed.Signatures[0].Protected.KeyID
		if known := now.Sub(published[id]); !used[id] && len(used) > 0 && known < 24*time.Hour-6*time.Hour {
			t.Errorf("%v: a key signs that was published for %v only", now, known)
		}
		used[id] = true
		issued := now
		for _, after := range []time.Duration{0, time.Hour} {
			now = issued.Add(after)
			verifier := &token.Verifier{Keys: two, Now: clock, Audiences: audiences}
			if _, err := verifier.Verify(t.Context(), raw); err != nil {
				t.Fatalf("%v after %v: %v", issued, after, err)
			}
		}
		now = issued.Add(6 * time.Hour)
	}
	if len(used) != 5 {
		t.Errorf("%d keys have signed in half a year, want 5", len(used))
	}
	// A server that was away for a year signs with what there is, and publishes the next before it uses it.
	now = now.AddDate(1, 0, 0)
	before := mustJWKS(t, one)
	must(t, one.Rotate(t.Context()))
	if after := mustJWKS(t, one); len(after.Keys) != 2 || after.Keys[1].ID != before.Keys[0].ID {
		t.Errorf("after a year: %d keys, then %d", len(before.Keys), len(after.Keys))
	}
}

// TestSucceed asks for the next key before its time: it is published now, and signs a day later.
func TestSucceed(t *testing.T) {
	now := start
	keys := mustStart(t, mustOpenStore(t), 1, func() time.Time { return now })
	first := signedBy(t, keys)
	now = start.Add(time.Hour)
	for range 2 { // the second time there is one already
		must(t, keys.Succeed(t.Context()))
	}
	records, err := keys.Records(t.Context())
	must(t, err)
	if len(records) != 2 || records[0].Use != token.KeyNext || records[1] != (token.KeyRecord{ID: first, Use: token.KeySigns, From: start}) {
		t.Fatalf("got %+v, want a next key before the one that signs", records)
	}
	if got := records[0].From; !got.Equal(now.Add(24 * time.Hour)) {
		t.Errorf("the next key signs from %v", got)
	}
	if set := mustJWKS(t, keys); len(set.Keys) != 2 {
		t.Errorf("%d keys are published, want 2", len(set.Keys))
	}
	if got := signedBy(t, keys); got != first {
		t.Errorf("signed by %s before its time", got)
	}
	now = now.Add(24 * time.Hour)
	if got := signedBy(t, keys); got != records[0].ID {
		t.Errorf("signed by %s, want the next key, %s", got, records[0].ID)
	}
	if records, err = keys.Records(t.Context()); err != nil || records[0].Use != token.KeySigns || records[1].Use != token.KeyFormer {
		t.Errorf("got %+v, %v, want the second to be a former one", records, err)
	}
}

// TestReplace ends keys that have leaked: nothing that they signed is trusted, not even what was known.
func TestReplace(t *testing.T) {
	db := mustOpenStore(t)
	clock := func() time.Time { return start }
	keys := mustStart(t, db, 1, clock)
	must(t, keys.Succeed(t.Context()))
	other := mustStart(t, db, 2, clock)
	old, err := keys.SignAccess(t.Context(), goodClaims())
	must(t, err)
	here := &token.Verifier{Keys: keys, Now: clock, Audiences: audiences}
	there := &token.Verifier{Keys: other, Now: clock, Audiences: audiences}
	for _, verifier := range []*token.Verifier{here, there} {
		if _, err := verifier.Verify(t.Context(), old); err != nil {
			t.Fatal(err)
		}
	}
	must(t, keys.Replace(t.Context()))
	records, err := keys.Records(t.Context())
	must(t, err)
	if len(records) != 1 || records[0].Use != token.KeySigns || signedBy(t, keys) != records[0].ID {
		t.Fatalf("got %+v, want one key, which signs", records)
	}
	if _, err := here.Verify(t.Context(), old); !errors.Is(err, token.ErrUntrusted) {
		t.Errorf("a token of the key that was replaced: got %v, want %v", err, token.ErrUntrusted)
	}
	must(t, other.Rotate(t.Context()))
	if _, err := there.Verify(t.Context(), old); !errors.Is(err, token.ErrUntrusted) {
		t.Errorf("the same at another server: got %v, want %v", err, token.ErrUntrusted)
	}
	fresh, err := keys.SignAccess(t.Context(), goodClaims())
	must(t, err)
	for _, verifier := range []*token.Verifier{here, there} {
		if _, err := verifier.Verify(t.Context(), fresh); err != nil {
			t.Errorf("a token of the new key: %v", err)
		}
	}
}

// TestTokenOutlivesRestart has a server start again on its store.
func TestTokenOutlivesRestart(t *testing.T) {
	db := mustOpenStore(t)
	clock := func() time.Time { return start }
	before := mustStart(t, db, 0, clock)
	raw, err := before.SignAccess(t.Context(), goodClaims())
	must(t, err)
	must(t, before.Close())
	verifier := &token.Verifier{Keys: mustStart(t, db, 0, clock), Now: clock, Audiences: audiences}
	if _, err := verifier.Verify(t.Context(), raw); err != nil {
		t.Errorf("a token from before the restart: %v", err)
	}
}
