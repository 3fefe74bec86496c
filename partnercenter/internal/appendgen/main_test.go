package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUpToDate fails when a struct was changed and append_gen.go was not made anew.
func TestUpToDate(t *testing.T) {
	want, err := generate("../..", answered)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("../..", generated))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the structs make it: run go generate ./partnercenter", generated)
	}
}

// declarations are what the fields of the tests may hold.
const declarations = `
type Word string
type Part struct { N int ` + "`json:\"n\"`" + ` }
type Count int
type Alias = string
type Box[T any] struct{}
type Shown string
func (s Shown) MarshalText() ([]byte, error) { return nil, nil }
type Zero struct{}
func (z *Zero) IsZero() bool { return true }
`

// generateFor is the file for the named type, where X is a struct with the fields.
func generateFor(t *testing.T, name, fields string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	source := "package p\ntype X struct {\n" + fields + "\n}\n" + declarations
	if err := os.WriteFile(filepath.Join(dir, "x.go"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	generated, err := generate(dir, []string{name})
	return string(generated), err
}

func TestKinds(t *testing.T) {
	for _, test := range []struct{ name, fields, want string }{
		{"text", "F string `json:\"f\"`", "\tdst = appendQuote(append(dst, `,\"f\":`...), x.F)\n"},
		{"text or nothing", "F string `json:\"f,omitzero\"`", "\tif x.F != \"\" {\n\t\tdst = appendQuote("},
		{"named text", "F Word `json:\"f\"`", "...), string(x.F))\n"},
		{"named text or nothing", "F Word `json:\"f,omitzero\"`", "\tif x.F != \"\" {\n\t\tdst = appendQuote("},
		{"flag", "F bool `json:\"f\"`", "\tdst = strconv.AppendBool(append(dst, `,\"f\":`...), x.F)\n"},
		{"flag or nothing", "F bool `json:\"f,omitzero\"`", "\tif x.F {\n\t\tdst = strconv.AppendBool("},
		{"number", "F int `json:\"f\"`", "\tdst = strconv.AppendInt(append(dst, `,\"f\":`...), int64(x.F), 10)\n"},
		{"number or nothing", "F int `json:\"f,omitzero\"`", "\tif x.F != 0 {\n\t\tdst = strconv.AppendInt("},
		{"pointer to text", "F *string `json:\"f,omitzero\"`", "\tif x.F != nil {\n\t\tdst = appendQuote(append(dst, `,\"f\":`...), *x.F)\n"},
		{"pointer to named text", "F *Word `json:\"f,omitzero\"`", "...), string(*x.F))\n"},
		{"pointer to number", "F *int `json:\"f,omitzero\"`", "...), int64(*x.F), 10)\n"},
		{"pointer to struct", "F *Part `json:\"f,omitzero\"`", "\tif x.F != nil {\n\t\tdst = x.F.AppendJSON(append(dst, `,\"f\":`...))\n"},
		{"texts", "F []string `json:\"f\"`", "\t\tdst = appendQuote(dst, x.F[at])\n"},
		{"texts or nothing", "F []string `json:\"f,omitzero\"`", "\tif x.F != nil {\n\t\tdst = append(dst, `,\"f\":[`...)\n"},
		{"named texts", "F []Word `json:\"f\"`", "\t\tdst = appendQuote(dst, string(x.F[at]))\n"},
		{"structs", "F []Part `json:\"f\"`", "\t\tdst = x.F[at].AppendJSON(dst)\n"},
		{"the struct that is held", "F []Part `json:\"f\"`", "func (p *Part) AppendJSON(dst []byte) []byte {"},
		{"the struct itself", "F *X `json:\"f,omitzero\"`", "\t\tdst = x.F.AppendJSON("},
		{"fields of one type", "F, G string `json:\"-\"`\nH int `json:\"h\"`", "start := len(dst)\n\tdst = strconv.AppendInt("},
		{"not on the wire", "f map[string]any `json:\"-\"`", "start := len(dst)\n\treturn closeObject(dst, start)\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := generateFor(t, "X", test.fields)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got, test.want) {
				t.Errorf("got\n%s\nwant in it\n%s", got, test.want)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct{ name, fields, want string }{
		{"no tag", "F string", `X: F: it has no json tag`},
		{"another tag", "F string `json:\"f\" xml:\"f\"`", "X: F: the tag `json:\"f\" xml:\"f\"` is not a json tag alone"},
		{"only another tag", "F string `xml:\"f\"`", "X: F: the tag `xml:\"f\"` is not a json tag alone"},
		{"no name", "F string `json:\",omitzero\"`", `X: F: the name "" is not of letters and digits`},
		{"name to be quoted", "F string `json:\"a'b\"`", `X: F: the name "a'b" is not of letters and digits`},
		{"omitempty", "F string `json:\"f,omitempty\"`", `X: F: the option "omitempty" is not omitzero`},
		{"two options", "F int `json:\"f,omitzero,string\"`", `X: F: the option "omitzero,string" is not omitzero`},
		{"name twice", "F, G int `json:\"f\"`", `X: G is the second "f"`},
		{"unexported", "f int `json:\"f\"`", `X: f: json v2 does not write an unexported field`},
		{"embedded", "Part", `X: Part is embedded; write its fields out`},
		{"struct", "F Part `json:\"f\"`", `X: F: a struct without a pointer is not known; use a pointer and omitzero`},
		{"pointer that may be null", "F *Part `json:\"f\"`", `X: F: a pointer without omitzero would be null, which the service never answers`},
		{"pointer to pointer", "F **int `json:\"f,omitzero\"`", `X: F: *int is not known; string, bool, int and the package's own strings and structs are`},
		{"int64", "F int64 `json:\"f\"`", `X: F: int64 is not known; string, bool, int and the package's own strings and structs are`},
		{"bytes", "F []byte `json:\"f\"`", `X: F: byte is not known; string, bool, int and the package's own strings and structs are`},
		{"numbers", "F []int `json:\"f\"`", `X: F: []int is not known; slices are of strings or structs`},
		{"array", "F [2]string `json:\"f\"`", `X: F: [2]string is not known; string, bool, int and the package's own strings and structs are`},
		{"map", "F map[string]string `json:\"f\"`", `X: F: map[string]string is not known; string, bool, int and the package's own strings and structs are`},
		{"another package's", "F time.Time `json:\"f\"`", `X: F: time.Time is not known; string, bool, int and the package's own strings and structs are`},
		{"named number", "F Count `json:\"f\"`", `X: F: Count is neither a struct nor a string`},
		{"alias", "F Alias `json:\"f\"`", `X: F: Alias is an alias or generic`},
		{"generic", "F *Box[int] `json:\"f,omitzero\"`", `X: F: Box[int] is not known; string, bool, int and the package's own strings and structs are`},
		{"text of its own", "F Shown `json:\"f\"`", `X: F: Shown has a method MarshalText, which json v2 would call`},
		{"zero of its own", "F *Zero `json:\"f,omitzero\"`", `X: F: Zero has a method IsZero, which json v2 would call`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := generateFor(t, "X", test.fields)
			if want := "x.go:3:1: " + test.want; err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestRefusedStructs(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"Nowhere", "there is no type Nowhere"},
		{"Word", "x.go:6:6: Word is not a struct"},
		{"Zero", "x.go:13:6: Zero has a method IsZero, which json v2 would call"},
	} {
		if _, err := generateFor(t, test.name, ""); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}
