package port_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/tenantry/tenantry/internal/port"
)

func TestAuthorityCertificate(t *testing.T) {
	clk := newClock()
	ca := MustOpen(t, &port.Authority{Dir: t.TempDir(), Now: clk.Now})
	c := MustParse(t, ca.PEM())
	if got, want := c.Subject.String(), "CN=Tenantry local CA"; got != want {
		t.Errorf("subject: got %q, want %q", got, want)
	}
	if !c.IsCA || c.MaxPathLen != 0 || !c.MaxPathLenZero {
		t.Errorf("constraints: got CA %v, path %d, %v, want CA true, path 0, true", c.IsCA, c.MaxPathLen, c.MaxPathLenZero)
	}
	if got, want := c.KeyUsage, x509.KeyUsageCertSign|x509.KeyUsageCRLSign; got != want {
		t.Errorf("key usage: got %b, want %b", got, want)
	}
	if got, want := c.NotAfter, clk.Now().AddDate(10, 0, 0); got.Sub(want).Abs() > time.Second {
		t.Errorf("end: got %v, want %v", got, want)
	}
	if !c.NotBefore.Before(clk.Now()) {
		t.Errorf("start: got %v, want before %v", c.NotBefore, clk.Now())
	}
	if n := c.SerialNumber.BitLen(); n < 64 {
		t.Errorf("serial number: got %d bits, want 64 or more", n)
	}
	if other := MustParse(t, MustOpen(t, &port.Authority{}).PEM()); other.SerialNumber.Cmp(c.SerialNumber) == 0 {
		t.Error("two authorities have the same serial number")
	}
}

func TestAuthorityFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "too")
	ca := MustOpen(t, &port.Authority{Dir: dir})
	if got, want := ca.Path(), filepath.Join(dir, "ca.pem"); got != want {
		t.Errorf("path: got %q, want %q", got, want)
	}
	want := map[string]fs.FileMode{"ca.pem": 0o644, "ca.key": 0o600}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) {
		t.Errorf("got files %v, want ca.key and ca.pem alone", entries)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode() != want[e.Name()] {
			t.Errorf("%s: got mode %v, want %v", e.Name(), info.Mode(), want[e.Name()])
		}
	}
	again := MustOpen(t, &port.Authority{Dir: dir})
	if !bytes.Equal(again.PEM(), ca.PEM()) {
		t.Error("opened again: got another certificate, want the same")
	}
}

// What a crash between the two files leaves, and what clients that trust the
// certificate from before must not notice.
func TestAuthorityFromItsKey(t *testing.T) {
	dir := t.TempDir()
	before := MustOpen(t, &port.Authority{Dir: dir})
	MustRemove(t, before.Path())
	MustWrite(t, filepath.Join(dir, "ca.pem.tmp"), "half a certif")

	after := MustOpen(t, &port.Authority{Dir: dir})
	pool := x509.NewCertPool()
	pool.AddCert(MustParse(t, before.PEM()))
	if _, err := MustLeaf(t, MustConfig(t, after)).Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: "localhost"}); err != nil {
		t.Errorf("client that trusts the certificate from before: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "ca.pem.tmp")); !os.IsNotExist(err) {
		t.Errorf("ca.pem.tmp: got %v, want it gone", err)
	}
}

func TestAuthorityBroken(t *testing.T) {
	const both = "remove ca.pem and ca.key, start again"
	for _, tt := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  []string // each is in the error
	}{
		{"certificate expired", func(t *testing.T, dir string) {
			MustRemove(t, filepath.Join(dir, "ca.pem"))
			MustOpen(t, &port.Authority{Dir: dir, Now: func() time.Time { return time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC) }})
		}, []string{"ca.pem expired on 2011-02-03", both}},
		{"certificate not PEM", func(t *testing.T, dir string) {
			MustWrite(t, filepath.Join(dir, "ca.pem"), "hello")
		}, []string{"ca.pem", "CERTIFICATE", both}},
		{"certificate not DER", func(t *testing.T, dir string) {
			MustWrite(t, filepath.Join(dir, "ca.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
		}, []string{"ca.pem", "x509", both}},
		{"certificate of a server", func(t *testing.T, dir string) {
			leaf := MustLeaf(t, MustConfig(t, MustOpen(t, &port.Authority{Dir: dir})))
			f := MustWritePair(t, dir, leaf, time.Now())
			MustRename(t, f.Cert, filepath.Join(dir, "ca.pem"))
			MustRename(t, f.Key, filepath.Join(dir, "ca.key"))
		}, []string{"ca.pem is not the certificate of an authority", both}},
		{"key not PEM", func(t *testing.T, dir string) {
			MustWrite(t, filepath.Join(dir, "ca.key"), "")
		}, []string{"ca.key", "PRIVATE KEY", both}},
		{"key not PKCS #8", func(t *testing.T, dir string) {
			MustWrite(t, filepath.Join(dir, "ca.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
		}, []string{"ca.key", both}},
		{"key of another kind", func(t *testing.T, dir string) {
			MustWriteKey(t, filepath.Join(dir, "ca.key"), elliptic.P384())
		}, []string{"ca.key is not an ECDSA P-256 key", both}},
		{"key of another certificate", func(t *testing.T, dir string) {
			MustWriteKey(t, filepath.Join(dir, "ca.key"), elliptic.P256())
		}, []string{"ca.pem does not belong to", "ca.key", both}},
		{"key missing", func(t *testing.T, dir string) {
			MustRemove(t, filepath.Join(dir, "ca.key"))
		}, []string{"ca.pem is there but ca.key is not", "put the key back", both}},
		{"key broken, certificate missing", func(t *testing.T, dir string) {
			MustRemove(t, filepath.Join(dir, "ca.pem"))
			MustWrite(t, filepath.Join(dir, "ca.key"), "")
		}, []string{"ca.key", both}},
		{"certificate unreadable", func(t *testing.T, dir string) {
			MustRemove(t, filepath.Join(dir, "ca.pem"))
			if err := os.Mkdir(filepath.Join(dir, "ca.pem"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, []string{"ca.pem"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			MustOpen(t, &port.Authority{Dir: dir})
			tt.spoil(t, dir)
			before := MustReadAll(t, dir)
			err := (&port.Authority{Dir: dir}).Open()
			if err == nil {
				t.Fatalf("got no error, want one with %q", tt.want)
			}
			for _, want := range append(tt.want, "certificate authority: ", dir) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to contain %q", err, want)
				}
			}
			if after := MustReadAll(t, dir); after != before {
				t.Errorf("files were changed: got %q, want %q", after, before)
			}
		})
	}
}

func TestAuthorityPermission(t *testing.T) {
	dir := t.TempDir()
	MustOpen(t, &port.Authority{Dir: dir})
	key := filepath.Join(dir, "ca.key")
	if err := os.Chmod(key, 0); err != nil {
		t.Fatal(err)
	}
	_, readable := os.ReadFile(key)
	err := (&port.Authority{Dir: dir}).Open()
	if readable == nil { // root reads every file, and then so does Open
		if err != nil {
			t.Errorf("got %v for a file that can be read", err)
		}
		return
	}
	if want := "let the user that runs the server read it"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}

func TestAuthorityNoChance(t *testing.T) {
	dir := t.TempDir()
	err := (&port.Authority{Dir: dir, Rand: iotest.ErrReader(os.ErrDeadlineExceeded)}).Open()
	if err == nil {
		t.Error("got no error, want that of Rand")
	}
	MustOpen(t, &port.Authority{Dir: dir})
}

func MustWriteKey(t *testing.T, path string, curve elliptic.Curve) {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	MustWrite(t, path, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func MustWrite(t *testing.T, path, s string) {
	t.Helper()
	MustWriteAt(t, path, []byte(s), time.Now())
}

func MustRemove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func MustRename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func MustReadAll(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{"ca.pem", "ca.key"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		all.WriteString(name + " " + string(b))
		if err != nil {
			all.WriteString(err.Error())
		}
	}
	return all.String()
}
