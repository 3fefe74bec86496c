package port_test

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/port"
)

func TestFilesReload(t *testing.T) {
	clk := newClock()
	dir := t.TempDir()
	start := clk.Now()
	first, second := newLeaf(t), newLeaf(t)
	f := MustWritePair(t, dir, first, start)
	var failed []string
	f.Now, f.OnError = clk.Now, func(err error) { failed = append(failed, err.Error()) }
	cfg, err := f.Config()
	if err != nil {
		t.Fatal(err)
	}
	wantShown := func(when string, want *tls.Certificate) {
		t.Helper()
		if got := MustLeaf(t, cfg); !got.Leaf.Equal(want.Leaf) {
			t.Errorf("%s: got number %v, want %v", when, got.Leaf.SerialNumber, want.Leaf.SerialNumber)
		}
	}
	wantShown("at the start", first)

	MustWritePair(t, dir, second, start.Add(time.Minute))
	clk.Add(999 * time.Millisecond)
	wantShown("within a second", first)
	clk.Add(time.Millisecond)
	wantShown("after a second", second)

	key, err := os.ReadFile(f.Key)
	if err != nil {
		t.Fatal(err)
	}
	MustRemove(t, f.Key)
	for range 3 {
		clk.Add(time.Second)
		wantShown("without a key", second)
	}
	MustWrite(t, f.Key, "half a k")
	clk.Add(time.Second)
	wantShown("with a broken key", second)
	if len(failed) != 2 || !strings.Contains(failed[0], f.Key) || !strings.Contains(failed[1], f.Cert) {
		t.Errorf("OnError: got %q, want one about the missing and one about the broken key", failed)
	}

	MustWritePair(t, dir, first, start.Add(2*time.Minute))
	clk.Add(time.Second)
	wantShown("changed again", first)
	MustWriteAt(t, f.Key, key, start.Add(3*time.Minute))
	clk.Add(time.Second)
	wantShown("with the key of another", first)
	if len(failed) != 3 {
		t.Errorf("OnError: got %q, want a third error", failed)
	}
	clk.Add(-time.Hour)
	MustWritePair(t, dir, second, start.Add(4*time.Minute))
	wantShown("with the clock set back", second)
}

func TestFilesServed(t *testing.T) {
	ca := MustOpen(t, &port.Authority{})
	f := MustWritePair(t, t.TempDir(), MustLeaf(t, MustConfig(t, ca)), time.Now())
	cfg, err := f.Config()
	if err != nil {
		t.Fatal(err)
	}
	p := MustServe(t, &port.Listener{TLS: cfg})
	if got, want := get(t, MustClient(t, ca.PEM()), "https://localhost:"+p), "tls HTTP/1.1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFilesUnusable(t *testing.T) {
	good := MustWritePair(t, t.TempDir(), newLeaf(t), time.Now())
	other := MustWritePair(t, t.TempDir(), newLeaf(t), time.Now())
	missing := filepath.Join(t.TempDir(), "none.pem")
	for _, tt := range []struct {
		name      string
		cert, key string
		want      []string
	}{
		{"no certificate", missing, good.Key, []string{missing}},
		{"no key", good.Cert, missing, []string{missing}},
		{"key of another", good.Cert, other.Key, []string{good.Cert, other.Key, "does not match"}},
		{"the wrong way round", good.Key, good.Cert, []string{good.Key, good.Cert}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := port.Files{Cert: tt.cert, Key: tt.key}.Config()
			if err == nil {
				t.Fatalf("got no error, want one with %q", tt.want)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to contain %q", err, want)
				}
			}
		})
	}
}

// newLeaf is a certificate of an authority of its own.
func newLeaf(t *testing.T) *tls.Certificate {
	t.Helper()
	return MustLeaf(t, MustConfig(t, MustOpen(t, &port.Authority{})))
}
