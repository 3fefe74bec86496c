package token_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tenantry/tenantry/internal/token"
)

// mustCertify is a certificate for the key, good for an hour before and after start.
func mustCertify(t testing.TB, public, private any) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: start.Add(-time.Hour), NotAfter: start.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	must(t, err)
	return der
}

// mustAssert signs the claims, and names the certificate.
func mustAssert(t testing.TB, key *rsa.PrivateKey, certificate []byte, claims string) string {
	t.Helper()
	sum := sha256.Sum256(certificate)
	options := new(jose.SignerOptions).WithHeader("x5t#S256", base64.RawURLEncoding.EncodeToString(sum[:]))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.PS256, Key: key}, options)
	must(t, err)
	signed, err := signer.Sign([]byte(claims))
	must(t, err)
	raw, err := signed.CompactSerialize()
	must(t, err)
	return raw
}

func TestReadCertificate(t *testing.T) {
	good, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	inPEM := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	der := mustCertify(t, good.Public(), good)
	for _, test := range []struct {
		name string
		text []byte
		want string // of the error; empty: none
	}{
		{"good", inPEM("CERTIFICATE", der), ""},
		{"good, behind its key", append(inPEM("PRIVATE KEY", x509.MarshalPKCS1PrivateKey(good)), inPEM("CERTIFICATE", der)...), ""},
		{"good, behind a text", append([]byte("subject=/CN=app\n"), inPEM("CERTIFICATE", der)...), ""},
		{"an elliptic curve", inPEM("CERTIFICATE", mustCertify(t, curve.Public(), curve)), "not an RSA key"},
		{"a key alone", inPEM("PRIVATE KEY", x509.MarshalPKCS1PrivateKey(good)), "no certificate"},
		{"nothing", nil, "no certificate"},
		{"DER", der, "no certificate"},
		{"a damaged one", inPEM("CERTIFICATE", der[:len(der)/2]), "x509"},
	} {
		got, err := token.ReadCertificate(test.text)
		switch {
		case test.want == "" && (err != nil || string(got) != string(der)):
			t.Errorf("%s: got %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

// TestVerifyAssertionTimes moves the clock over the assertion's time and the certificate's.
func TestVerifyAssertionTimes(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	certificate := mustCertify(t, key.Public(), key)
	within := mustAssert(t, key, certificate, `{"nbf":1772600767,"exp":1772601367}`) // start, and ten minutes
	long := mustAssert(t, key, certificate, `{"exp":1999999999.5}`)
	for _, test := range []struct {
		name, raw string
		after     time.Duration
		want      error
	}{
		{"at the beginning", within, 0, nil},
		{"by a clock that is behind", within, -5 * time.Minute, nil},
		{"by one that is far behind", within, -5*time.Minute - time.Second, token.ErrExpired},
		{"at the end", within, 10*time.Minute + 59*time.Second, nil},
		{"after the end", within, 11 * time.Minute, token.ErrExpired},
		{"at the end of the certificate", long, time.Hour, nil},
		{"after the end of the certificate", long, time.Hour + time.Second, token.ErrCertificateExpired},
		{"before the beginning of the certificate", long, -time.Hour - time.Second, token.ErrCertificateExpired},
		{"cut short", within[:len(within)-2], 0, token.ErrSignature},
		{"empty", "", 0, token.ErrMalformed},
	} {
		if _, err := token.VerifyAssertion(test.raw, [][]byte{{1}, certificate}, start.Add(test.after)); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
	}
	if _, err := token.VerifyAssertion(within, nil, start); !errors.Is(err, token.ErrNoCertificate) {
		t.Errorf("without certificates: got %v, want %v", err, token.ErrNoCertificate)
	}
}

// FuzzVerifyAssertion changes assertions and certificates. What is accepted is one that we signed, unchanged.
func FuzzVerifyAssertion(f *testing.F) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(f, err)
	certificate := mustCertify(f, key.Public(), key)
	good := mustAssert(f, key, certificate, `{"iss":"a","sub":"a","aud":["b"],"exp":1772601367}`)
	f.Add(good)
	f.Add(mustAssert(f, key, certificate, `{"aud":"b","exp":"1"}`))
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","x5c":["MA=="],"kid":"x"}`)) + ".e30.")
	f.Add("..")
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := token.VerifyAssertion(raw, [][]byte{{1, 2, 3}, certificate}, start); err == nil && (len(raw) != len(good) || raw[:len(raw)-1] != good[:len(good)-1]) { // some bits of the last letter mean nothing
			t.Errorf("accepted %q", raw)
		}
	})
}

// TestSecretsAreComparedInConstantTime reads the sources: what compares secrets calls crypto/subtle, and nothing else compares
// bytes where secrets are.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	want := map[string]bool{"MatchSecret": false, "Proved": false, "Verify": false, "sameBytes": false}
	for _, dir := range []string{".", "../login"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		must(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, parser.SkipObjectResolution)
			must(t, err)
			for _, declared := range parsed.Decls {
				function, ok := declared.(*ast.FuncDecl)
				if !ok {
					continue
				}
				ast.Inspect(function, func(node ast.Node) bool {
					call, ok := node.(*ast.SelectorExpr)
					if !ok {
						return true
					}
					name, _ := call.X.(*ast.Ident)
					switch {
					case name == nil:
					case name.Name == "subtle" && call.Sel.Name == "ConstantTimeCompare":
						want[function.Name.Name] = true
					case name.Name == "bytes" && (call.Sel.Name == "Equal" || call.Sel.Name == "Compare"):
						t.Errorf("%s: %s compares with bytes.%s", file, function.Name.Name, call.Sel.Name)
					}
					return true
				})
			}
		}
	}
	for name, found := range want {
		if !found {
			t.Errorf("%s does not compare in constant time", name)
		}
	}
}
