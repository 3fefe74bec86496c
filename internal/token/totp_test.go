package token

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestCodesOfTheRFC holds the codes to RFC 6238, appendix B, which has eight digits, and to RFC 4226, appendix D.
func TestCodesOfTheRFC(t *testing.T) {
	key := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := hotp(key, stepAt(time.Unix(at, 0)), 8); got != want {
			t.Errorf("at %d: got %s, want %s", at, got, want)
		}
		if got := (CodeSecret{&key}).Code(time.Unix(at, 0)); got != want[2:] {
			t.Errorf("six digits at %d: got %s, want %s", at, got, want[2:])
		}
	}
	for step, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp(key, int64(step), 6); got != want {
			t.Errorf("step %d: got %s, want %s", step, got, want)
		}
	}
}

func TestCodeMatch(t *testing.T) {
	secret, err := ParseCodeSecret("gezd gnbv gy3t qojq gezd gnbv gy3t qojq")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1234567890, 0)
	for _, test := range []struct {
		away time.Duration
		ok   bool
	}{{0, true}, {-30 * time.Second, true}, {30 * time.Second, true}, {-60 * time.Second, false}, {60 * time.Second, false}, {time.Hour, false}} {
		code := secret.Code(now.Add(test.away))
		step, ok := secret.Match(code[:3]+" "+code[3:], now)
		if ok != test.ok || ok && step != stepAt(now.Add(test.away)) {
			t.Errorf("the code of %v away: got step %d, %t, want %t", test.away, step, ok, test.ok)
		}
	}
	good := secret.Code(now)
	for _, wrong := range []string{"", " ", good[:5], good + "0", "0" + good, "-" + good[1:], strings.Repeat("1", 1000), "\u0661" + good[1:]} {
		if _, ok := secret.Match(wrong, now); ok {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestCodeSecretText(t *testing.T) {
	for _, text := range []string{"", "JBSWY3DPEHPK3PX", "JBSWY3DPEHPK3P\nXP", "JBSWY3DPEHPK3PX1", "not a secret at all", "JBSWY3DPEHPK3PXPé"} {
		if _, err := ParseCodeSecret(text); !errors.Is(err, ErrCodeSecret) {
			t.Errorf("%q: got %v", text, err)
		}
	}
	secret, err := ParseCodeSecret("jbsw y3dp ehpk 3pxp")
	if err != nil || secret.Text() != "JBSWY3DPEHPK3PXP" {
		t.Errorf("got %s, %v", secret.Text(), err)
	}
	got := secret.URI("Contoso & Sons: Cloud", "ana@contoso.com")
	parsed, err := url.Parse(got)
	if err != nil || parsed.Path != "/Contoso & Sons: Cloud:ana@contoso.com" || parsed.Query().Get("secret") != "JBSWY3DPEHPK3PXP" ||
		parsed.Query().Get("issuer") != "Contoso & Sons: Cloud" || strings.Contains(got, "+") {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestCodeSecretIsSealedForOne(t *testing.T) {
	root, err := NewRoot(nil)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := NewCodeSecret(nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewCodeSecret(nil)
	if err != nil || other.Text() == secret.Text() || len(secret.Text()) != 32 {
		t.Fatalf("two secrets: %s, %s, %v", secret.Text(), other.Text(), err)
	}
	ana, bob := [16]byte{1}, [16]byte{2}
	sealed, err := root.SealCodeSecret(nil, ana, secret)
	if err != nil || bytes.Contains(sealed, *secret.key) {
		t.Fatalf("sealed: %v", err)
	}
	if opened, err := root.OpenCodeSecret(ana, sealed); err != nil || opened.Text() != secret.Text() {
		t.Errorf("opened: %v", err)
	}
	if _, err := root.OpenCodeSecret(bob, sealed); err == nil {
		t.Error("another user opens it")
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := root.OpenCodeSecret(ana, sealed); err == nil {
		t.Error("a damaged one opens")
	}
	for _, text := range []string{fmt.Sprint(secret), fmt.Sprintf("%#v %+v %s", secret, secret, secret), secret.LogValue().String(), fmt.Sprintf("%+v", struct{ S CodeSecret }{secret})} {
		if !strings.Contains(text, "hidden") || strings.Contains(text, secret.Text()) {
			t.Errorf("it shows: %s", text)
		}
	}
	if _, err := NewCodeSecret(strings.NewReader("short")); err == nil {
		t.Error("a source that runs dry makes a secret")
	}
}

// FuzzParseCodeSecret reads any text: what is read comes out the same again.
func FuzzParseCodeSecret(f *testing.F) {
	f.Add("JBSWY3DPEHPK3PXP")
	f.Add("jbsw y3dp ehpk 3pxp====")
	f.Add("\n=")
	f.Fuzz(func(t *testing.T, text string) {
		secret, err := ParseCodeSecret(text)
		if err != nil {
			return
		}
		again, err := ParseCodeSecret(secret.Text())
		if err != nil || again.Text() != secret.Text() {
			t.Errorf("%q: %v", text, err)
		}
	})
}
