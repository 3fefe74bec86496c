package token_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenantry/tenantry/internal/token"
)

func TestParseRoot(t *testing.T) {
	want := mustParseRoot(t, rootText).Fingerprint()
	for _, test := range []struct {
		name, text string
		ok         bool
	}{
		{"standard", rootText, true},
		{"line end", rootText + "\n", true},
		{"unpadded", strings.TrimRight(rootText, "="), true},
		{"URL-safe", strings.NewReplacer("+", "-", "/", "_").Replace(rootText), true},
		{"empty", "", false},
		{"short", "AAECAwQFBgcICQoLDA0ODw==", false},
		{"long", "AAAA" + rootText, false},
		{"not base64", strings.Repeat("!", 44), false},
		{"trailing bits", strings.TrimRight(rootText, "8=") + "9=", false},
		{"two lines", rootText + "\n" + rootText, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, err := token.ParseRoot(test.text)
			if (err == nil) != test.ok {
				t.Fatalf("err = %v, want ok = %t", err, test.ok)
			}
			if err == nil && root.Fingerprint() != want {
				t.Errorf("fingerprint = %s, want %s", root.Fingerprint(), want)
			}
			if err != nil && test.text != "" && strings.Contains(err.Error(), test.text) {
				t.Errorf("the error %q shows the text", err)
			}
		})
	}
}

func TestNewRoot(t *testing.T) {
	a, err := token.NewRoot(nil)
	must(t, err)
	b, err := token.NewRoot(nil)
	must(t, err)
	if a.Fingerprint() == b.Fingerprint() {
		t.Error("two new roots are the same")
	}
	c, err := token.NewRoot(seeded(1))
	must(t, err)
	d, err := token.NewRoot(seeded(1))
	must(t, err)
	if c.Fingerprint() != d.Fingerprint() {
		t.Error("two roots of the same seed differ")
	}
	if _, err := token.NewRoot(strings.NewReader("short")); err == nil {
		t.Error("no error from a source that ends")
	}
}

func TestRootIsNeverShown(t *testing.T) {
	root := mustParseRoot(t, rootText)
	holder := struct {
		Name   string
		Root   token.Root
		hidden token.Root
	}{"holder", root, root}
	var shown bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		fmt.Fprintf(&shown, verb+verb+verb, root, holder, &holder)
	}
	slog.New(slog.NewTextHandler(&shown, nil)).Info("m", "root", root, "holder", holder)
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("m", "root", root, "holder", holder)
	text, err := json.Marshal(holder)
	must(t, err)
	shown.Write(text)
	for _, secret := range []string{rootText[:12], "000102030405", "\x00\x01\x02\x03", "0 1 2 3", "0x0, 0x1, 0x2"} {
		if strings.Contains(strings.ToLower(shown.String()), strings.ToLower(secret)) {
			t.Errorf("%q is shown in %s", secret, &shown)
		}
	}
}

func TestOpenRoot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "root.key")
	made, err := token.OpenRoot(path, seeded(1))
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %o, want 600", info.Mode().Perm())
	}
	again, err := token.OpenRoot(path, seeded(2))
	must(t, err)
	if made.Fingerprint() != again.Fingerprint() {
		t.Error("the second start has another key")
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestOpenRootAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "root.key")
	prints := make([]string, 16)
	var group sync.WaitGroup
	for i := range prints {
		group.Go(func() {
			root, err := token.OpenRoot(path, nil)
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = root.Fingerprint()
		})
	}
	group.Wait()
	for _, print := range prints {
		if print != prints[0] {
			t.Fatalf("the keys differ: %v", prints)
		}
	}
}

func TestOpenRootRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		make func(path string) error
		want string
	}{
		{"group may read", func(path string) error { return writeMode(path, rootText, 0o640) }, "chmod 600"},
		{"others may read", func(path string) error { return writeMode(path, rootText, 0o604) }, "chmod 600"},
		{"group may write", func(path string) error { return writeMode(path, rootText, 0o620) }, "chmod 600"},
		{"empty", func(path string) error { return writeMode(path, "", 0o600) }, "32 bytes in base64"},
		{"no key", func(path string) error { return writeMode(path, "secret that is no key", 0o600) }, "32 bytes in base64"},
		{"endless", func(path string) error { return writeMode(path, strings.Repeat("A", 1<<20), 0o600) }, "32 bytes in base64"},
		{"a directory", func(path string) error { return os.Mkdir(path, 0o700) }, "not a regular file"},
		{"below a file", func(path string) error { return writeMode(filepath.Dir(path), "", 0o600) }, "not a directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "dir", "root.key")
			if test.name != "below a file" {
				must(t, os.Mkdir(filepath.Dir(path), 0o700))
			}
			must(t, test.make(path))
			_, err := token.OpenRoot(path, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("err = %v, want %q in it", err, test.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error %q shows the file", err)
			}
		})
	}
}

// writeMode sets the mode whatever the umask.
func writeMode(path, text string, mode os.FileMode) error {
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

func TestFirstPassword(t *testing.T) {
	const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
	root := mustParseRoot(t, rootText)
	other := mustParseRoot(t, strings.Replace(rootText, "AAEC", "AAED", 1))
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		tenant := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "tenant"))
		salt := rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "salt")
		password := root.FirstPassword(tenant, salt)
		if len(password) != 23 || password[5] != '-' || password[11] != '-' || password[17] != '-' {
			t.Fatalf("form: %q", password)
		}
		letters := strings.ReplaceAll(password, "-", "")
		if strings.Trim(letters, alphabet) != "" || len(letters) != 20 {
			t.Fatalf("characters: %q", password)
		}
		for _, class := range []string{alphabet[:24], alphabet[24:48], alphabet[48:]} {
			if !strings.ContainsAny(password, class) {
				t.Fatalf("%q has none of %q", password, class)
			}
		}
		if password != root.FirstPassword(tenant, salt) {
			t.Fatal("not the same again")
		}
		if password == other.FirstPassword(tenant, salt) || password == root.FirstPassword(tenant, append(salt, 0)) {
			t.Fatal("the same under another root key or salt")
		}
		seen[password] = true
	})
	if len(seen) < 50 {
		t.Errorf("only %d different passwords", len(seen))
	}
}

func TestSecrets(t *testing.T) {
	root := mustParseRoot(t, rootText)
	app, other := [16]byte{1}, [16]byte{2}
	secret, err := root.NewSecret(nil)
	must(t, err)
	second, err := root.NewSecret(seeded(1))
	must(t, err)
	if len(secret) != 40 || strings.ContainsAny(secret[:1], ".~") || secret == second {
		t.Errorf("secrets %q, %q", secret, second)
	}
	if _, err := root.NewSecret(strings.NewReader("short")); err == nil {
		t.Error("no error from a source that ends")
	}
	hashes := [][]byte{root.HashSecret(app, second), {}, nil, root.HashSecret(app, secret)}
	for _, test := range []struct {
		name   string
		app    [16]byte
		secret string
		hashes [][]byte
		want   int
	}{
		{"the first", app, second, hashes, 0},
		{"the last", app, secret, hashes, 3},
		{"none", app, secret + "x", hashes, -1},
		{"empty", app, "", hashes, -1},
		{"another application's", other, secret, hashes, -1},
		{"no hashes", app, secret, nil, -1},
		// One that stopped at the first, or at the first that differs, would tell by its time which of them it is.
		{"two alike: all are looked at", app, secret, append(slices.Clone(hashes), hashes[3], hashes[0]), 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := root.MatchSecret(test.app, test.secret, test.hashes); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func FuzzParseRoot(f *testing.F) {
	f.Add(rootText)
	f.Add("")
	f.Add(strings.Repeat("=", 50))
	f.Fuzz(func(t *testing.T, text string) {
		root, err := token.ParseRoot(text)
		if err == nil && len(root.Fingerprint()) != 32 {
			t.Errorf("fingerprint %q", root.Fingerprint())
		}
	})
}

// TestProve changes everything that a proof depends on, one at a time.
func TestProve(t *testing.T) {
	root, purpose, text := mustParseRoot(t, rootText), [16]byte{1}, []byte(`{"size":25}`)
	proof := root.Prove(purpose, text)
	if got, ok := root.Proved(purpose, proof); !ok || !bytes.Equal(got, text) {
		t.Fatalf("got %q, %t, want the text", got, ok)
	}
	other, err := token.ParseRoot(strings.Repeat("A", 43))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := other.Proved(purpose, proof); ok {
		t.Error("another root key takes the proof")
	}
	if _, ok := root.Proved([16]byte{2}, proof); ok {
		t.Error("the proof counts for another purpose")
	}
	for _, longer := range []string{proof + "\n", "\r\n" + proof, proof + "=", proof + "A", proof + " "} {
		if _, ok := root.Proved(purpose, longer); ok {
			t.Errorf("%q counts", longer)
		}
	}
	for i := range len(proof) {
		if _, ok := root.Proved(purpose, proof[:i]); ok {
			t.Errorf("the first %d letters count", i)
		}
		changed := []byte(proof)
		changed[i] = 'A'
		if proof[i] == 'A' {
			changed[i] = 'B'
		}
		if _, ok := root.Proved(purpose, string(changed)); ok {
			t.Errorf("letter %d can be changed", i)
		}
	}
}
