package token_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tenantry/tenantry/internal/token"
)

const tenant = "11111111-1111-4111-8111-111111111111"

var audiences = []string{"https://api.partnercenter.microsoft.com/", "https://graph.windows.net"}

func goodClaims() *token.Claims {
	return &token.Claims{
		Audience: "https://graph.windows.net",
		Issuer:   token.IssuerOf(token.DefaultIssuer, tenant),
		Life:     token.LifeFrom(start),
		AppID:    "aaaaaaaa-0000-4000-8000-000000000001",
		AppIDACR: token.AppProvedBySecret,
		ObjectID: "bbbbbbbb-0000-4000-8000-000000000001",
		TenantID: tenant,
		Version:  "1.0",
	}
}

func TestLife(t *testing.T) {
	life := token.LifeFrom(start)
	if life.IssuedAt != life.NotBefore || life.Expires != life.NotBefore+3900 || life.Seconds(start) != 3600 {
		t.Errorf("life = %+v, %d seconds", life, life.Seconds(start))
	}
	if got := life.Seconds(start.Add(2 * time.Hour)); got != 0 {
		t.Errorf("an expired token has %d seconds", got)
	}
}

func TestVerify(t *testing.T) {
	now := start
	clock := func() time.Time { return now }
	keys := mustStart(t, mustOpenStore(t), 1, clock)
	for _, test := range []struct {
		name   string
		claims func(*token.Claims)
		after  time.Duration
		want   error
	}{
		{"good", func(*token.Claims) {}, 0, nil},
		{"good to the last second", func(*token.Claims) {}, time.Hour + 59*time.Second, nil},
		{"expired", func(*token.Claims) {}, time.Hour + time.Minute, token.ErrExpired},
		{"long expired", func(*token.Claims) {}, 1000 * time.Hour, token.ErrExpired},
		{"from a clock that is ahead", func(*token.Claims) {}, -6 * time.Minute, nil},
		{"from the future", func(*token.Claims) {}, -7 * time.Minute, token.ErrExpired},
		{"without an end", func(c *token.Claims) { c.Life = token.Life{} }, 0, token.ErrExpired},
		{"audience with a slash", func(c *token.Claims) { c.Audience += "/" }, 0, nil},
		{"audience accepted with a slash", func(c *token.Claims) { c.Audience = "https://api.partnercenter.microsoft.com" }, 0, nil},
		{"another audience", func(c *token.Claims) { c.Audience = "https://graph.microsoft.com" }, 0, token.ErrAudience},
		{"an audience with more behind", func(c *token.Claims) { c.Audience += "/x" }, 0, token.ErrAudience},
		{"no audience", func(c *token.Claims) { c.Audience = "" }, 0, token.ErrAudience},
		{"another issuer", func(c *token.Claims) { c.Issuer = "https://evil.example/" + tenant + "/" }, 0, token.ErrUntrusted},
		{"the tenant of another issuer", func(c *token.Claims) { c.TenantID = "22222222-2222-4222-8222-222222222222" }, 0, token.ErrUntrusted},
		{"the issuer of another tenant", func(c *token.Claims) { c.Issuer = token.IssuerOf(token.DefaultIssuer, "x") }, 0, token.ErrUntrusted},
		{"no application, as in id tokens", func(c *token.Claims) { c.AppID = "" }, 0, token.ErrUntrusted},
		{"the v2 form", func(c *token.Claims) { c.Version = "2.0" }, 0, token.ErrUntrusted},
	} {
		t.Run(test.name, func(t *testing.T) {
			now = start
			claims := goodClaims()
			test.claims(claims)
			raw, err := keys.SignAccess(t.Context(), claims)
			must(t, err)
			now = start.Add(test.after)
			verifier := &token.Verifier{Keys: keys, Now: clock, Audiences: audiences}
			for range 2 { // the second time from memory, if it is there
				got, err := verifier.Verify(t.Context(), raw)
				if !errors.Is(err, test.want) {
					t.Fatalf("err = %v, want %v", err, test.want)
				}
				if (got == nil) != (err != nil) || got != nil && got.Life != claims.Life {
					t.Errorf("claims = %+v", got)
				}
			}
		})
	}
}

func TestVerifyRefusesIDTokens(t *testing.T) {
	keys := mustStart(t, mustOpenStore(t), 1, nil)
	verifier := &token.Verifier{Keys: keys, Now: func() time.Time { return start }, Audiences: audiences}
	for _, version := range []string{"1.0", "2.0"} {
		raw, err := keys.SignID(t.Context(), &token.IDClaims{
			Audience: "https://graph.windows.net", Issuer: token.IssuerOf(token.DefaultIssuer, tenant), Life: token.LifeFrom(start),
			ObjectID: "x", Subject: "x", TenantID: tenant, Version: version,
		})
		must(t, err)
		if _, err := verifier.Verify(t.Context(), raw); !errors.Is(err, token.ErrUntrusted) {
			t.Errorf("version %s: err = %v, want %v", version, err, token.ErrUntrusted)
		}
	}
}

// TestVerifyForgeries has what attackers try.
func TestVerifyForgeries(t *testing.T) {
	keys := mustStart(t, mustOpenStore(t), 1, nil)
	verifier := &token.Verifier{Keys: keys, Now: func() time.Time { return start }, Audiences: audiences}
	jwk := mustJWKS(t, keys).Keys[0]
	public := mustCertificate(t, jwk)
	good, err := keys.SignAccess(t.Context(), goodClaims())
	must(t, err)
	parts := strings.Split(good, ".")
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	claims, err := json.Marshal(goodClaims())
	must(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	hs256 := func(key []byte) string {
		input := encode([]byte(`{"alg":"HS256","kid":"`+jwk.ID+`","typ":"JWT"}`)) + "." + parts[1]
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(input))
		return input + "." + encode(mac.Sum(nil))
	}
	signed := func(key jose.SigningKey, options *jose.SignerOptions) string {
		signer, err := jose.NewSigner(key, options)
		must(t, err)
		object, err := signer.Sign(claims)
		must(t, err)
		raw, err := object.CompactSerialize()
		must(t, err)
		return raw
	}
	withKID := func(id string) jose.SigningKey {
		return jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: own, KeyID: id}}
	}
	for _, test := range []struct {
		name, raw string
		want      error
	}{
		{"nothing", "", token.ErrMalformed},
		{"null", "null", token.ErrMalformed},
		{"dots", "..", token.ErrMalformed},
		{"two parts", parts[0] + "." + parts[1], token.ErrMalformed},
		{"four parts", good + ".x", token.ErrMalformed},
		{"no JSON", "eA.eA.eA", token.ErrMalformed},
		{"no base64", "!.!.!", token.ErrMalformed},
		{"a blank", " " + good, token.ErrMalformed},
		{"a line break", parts[0] + "\n." + parts[1] + "." + parts[2], token.ErrMalformed},
		{"padding", parts[0] + "." + parts[1] + "." + parts[2] + "==", token.ErrMalformed},
		{"JSON serialization", `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, token.ErrMalformed},
		{"oversized", good + strings.Repeat("A", token.MaxToken), token.ErrMalformed},
		{"no signature", parts[0] + "." + parts[1] + ".", token.ErrUntrusted},
		{"another signature", parts[0] + "." + parts[1] + "." + encode(make([]byte, 256)), token.ErrUntrusted},
		{"another payload", parts[0] + "." + encode(bytes.Replace(claims, []byte(tenant), []byte("22222222-2222-4222-8222-222222222222"), 2)) + "." + parts[2], token.ErrUntrusted},
		{"alg none", encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + ".", token.ErrUntrusted},
		{"alg None with our kid", encode([]byte(`{"alg":"None","kid":"`+jwk.ID+`"}`)) + "." + parts[1] + "." + parts[2], token.ErrUntrusted},
		{"alg missing", encode([]byte(`{"kid":"`+jwk.ID+`"}`)) + "." + parts[1] + "." + parts[2], token.ErrMalformed},
		{"alg RS512 with our kid", encode([]byte(`{"alg":"RS512","kid":"`+jwk.ID+`"}`)) + "." + parts[1] + "." + parts[2], token.ErrUntrusted},
		{"HS256 with the certificate", hs256(public.Raw), token.ErrUntrusted},
		{"HS256 with the public key in PEM", hs256(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public.RawSubjectPublicKeyInfo})), token.ErrUntrusted},
		{"HS256 with the public key in DER", hs256(x509.MarshalPKCS1PublicKey(public.PublicKey.(*rsa.PublicKey))), token.ErrUntrusted},
		{"an attacker's key under our kid", signed(withKID(jwk.ID), nil), token.ErrUntrusted},
		{"an attacker's key", signed(withKID("mine"), nil), token.ErrUntrusted},
		{"no kid", signed(jose.SigningKey{Algorithm: jose.RS256, Key: own}, nil), token.ErrUntrusted},
		{"a path as kid", signed(withKID("../../dev/null"), nil), token.ErrUntrusted},
		{"SQL as kid", signed(withKID("' OR 1=1 --"), nil), token.ErrUntrusted},
		{"an embedded jwk", signed(withKID(jwk.ID), &jose.SignerOptions{EmbedJWK: true}), token.ErrUntrusted},
		{"a jku", signed(withKID(jwk.ID), new(jose.SignerOptions).WithHeader("jku", "https://evil.example/keys")), token.ErrUntrusted},
		{"an x5u", signed(withKID(jwk.ID), new(jose.SignerOptions).WithHeader("x5u", "https://evil.example/cert")), token.ErrUntrusted},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 { // a refused token is not remembered as a good one
				if got, err := verifier.Verify(t.Context(), test.raw); got != nil || !errors.Is(err, test.want) {
					t.Errorf("got %v, %v; want %v", got, err, test.want)
				}
			}
		})
	}
	if _, err := verifier.Verify(t.Context(), good); err != nil {
		t.Errorf("the good token: %v", err)
	}
}

// TestVerifyRemembered shows that a remembered token still expires.
func TestVerifyRemembered(t *testing.T) {
	now := start
	keys := mustStart(t, mustOpenStore(t), 1, func() time.Time { return start })
	verifier := &token.Verifier{Keys: keys, Now: func() time.Time { return now }, Audiences: audiences}
	raw, err := keys.SignAccess(t.Context(), goodClaims())
	must(t, err)
	first, err := verifier.Verify(t.Context(), raw)
	must(t, err)
	second, err := verifier.Verify(t.Context(), raw)
	must(t, err)
	if first != second {
		t.Error("the token was not remembered")
	}
	now = start.Add(2 * time.Hour)
	if got, err := verifier.Verify(t.Context(), raw); got != nil || !errors.Is(err, token.ErrExpired) {
		t.Errorf("got %v, %v; want %v", got, err, token.ErrExpired)
	}
}

func TestVerifyTogether(t *testing.T) {
	keys := mustStart(t, mustOpenStore(t), 1, nil)
	verifier := &token.Verifier{Keys: keys, Now: func() time.Time { return start }, Audiences: audiences}
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for j := range 20 {
				claims := goodClaims()
				claims.TokenID = fmt.Sprint(j % 5)
				raw, err := keys.SignAccess(t.Context(), claims)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := verifier.Verify(t.Context(), raw); err != nil || got.TokenID != claims.TokenID {
					t.Errorf("worker %d: got %v, %v", i, got, err)
				}
			}
		})
	}
	group.Wait()
}

func FuzzVerify(f *testing.F) {
	keys := mustStart(f, mustOpenStore(f), 1, nil)
	good, err := keys.SignAccess(f.Context(), goodClaims())
	must(f, err)
	f.Add(good)
	f.Add("")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add(strings.Replace(good, ".", "..", 1))
	verifier := &token.Verifier{Keys: keys, Now: func() time.Time { return start }, Audiences: audiences}
	known := []error{token.ErrMalformed, token.ErrUntrusted, token.ErrExpired, token.ErrAudience}
	f.Fuzz(func(t *testing.T, raw string) {
		_, err := verifier.Verify(context.Background(), raw)
		if err == nil && raw[:strings.LastIndexByte(raw, '.')] != good[:strings.LastIndexByte(good, '.')] {
			t.Errorf("%q was accepted", raw)
		}
		for _, k := range known {
			if errors.Is(err, k) {
				return
			}
		}
		if err != nil {
			t.Errorf("err = %v, which is none of the kinds", err)
		}
	})
}

func BenchmarkSignAccess(b *testing.B) {
	keys := mustStart(b, mustOpenStore(b), 1, nil)
	must(b, keys.Wait(b.Context()))
	claims := goodClaims()
	for b.Loop() {
		if _, err := keys.SignAccess(b.Context(), claims); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	keys := mustStart(b, mustOpenStore(b), 1, nil)
	raw, err := keys.SignAccess(b.Context(), goodClaims())
	must(b, err)
	verifier := func() *token.Verifier {
		return &token.Verifier{Keys: keys, Audiences: audiences, Now: func() time.Time { return start }}
	}
	verify := func(b *testing.B, v *token.Verifier) {
		if _, err := v.Verify(context.Background(), raw); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("hit", func(b *testing.B) {
		v := verifier()
		b.ReportAllocs()
		for b.Loop() {
			verify(b, v)
		}
	})
	b.Run("hit/parallel", func(b *testing.B) {
		v := verifier()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				verify(b, v)
			}
		})
	})
	b.Run("miss", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			verify(b, verifier())
		}
	})
}
