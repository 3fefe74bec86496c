package api

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tenantry/tenantry/partnercenter"
)

func TestNameFilter(t *testing.T) {
	for _, test := range []struct {
		filter  string
		want    string // which of the names match
		wantErr error
	}{
		{``, "Wingtip Tailspin", nil},
		{` `, "Wingtip Tailspin", nil},
		{`{"Field":"Name","Value":"wing","Operator":"starts_with"}`, "Wingtip", nil},
		{`{"Field":"Name","Value":"tip","Operator":"starts_with"}`, "", nil},
		{`{"Field":"Name","Value":"","Operator":"starts_with"}`, "Wingtip Tailspin", nil},
		{`{"Field":"Name","Operator":"starts_with"}`, "Wingtip Tailspin", nil},
		{`{"field":"NAME","value":"WING","operator":"StartsWith","fieldType":"x"}`, "Wingtip", nil},
		{`{"FIELD":"name","VALUE":"TAIL","OPERATOR":9,}`, "Tailspin", nil},
		{`{"Field":"Name","Value":"spin","Operator":"Substring"}`, "Tailspin", nil},
		{`{"Field":"Name","Value":"i","Operator":6}`, "Wingtip Tailspin", nil},
		{`{"Field":"Name","Value":"i","Operator":"6"}`, "Wingtip Tailspin", nil},
		{`{"Field":"Name","Value":"wing","Operator":"equals"}`, "", partnercenter.ErrMalformedQuery},
		{`{"Field":"Name","Value":"wing","Operator":11}`, "", partnercenter.ErrMalformedQuery},
		{`{"Field":"Name","Value":"wing","Operator":null}`, "", partnercenter.ErrMalformedQuery},
		{`{"Field":"Name","Value":"wing"}`, "", partnercenter.ErrMalformedQuery},
		{`{"Field":"MpnId","Value":"4700123","Operator":"starts_with"}`, "", partnercenter.ErrUnknownField},
		{`{"LeftFilter":{"Field":"Name"},"RightFilter":{"Field":"Name"},"Operator":"and"}`, "", partnercenter.ErrUnknownField},
		{`{}`, "", partnercenter.ErrUnknownField},
		{`null`, "", partnercenter.ErrUnknownField},
		{`[]`, "", partnercenter.ErrMalformedQuery},
		{`Name`, "", partnercenter.ErrMalformedQuery},
		{`{"Field":"Name","Value":1,"Operator":"starts_with"}`, "", partnercenter.ErrMalformedQuery},
	} {
		matches, err := nameFilter(test.filter)
		if !errors.Is(err, test.wantErr) || err == nil != (test.wantErr == nil) {
			t.Errorf("%s: got %v, want %v", test.filter, err, test.wantErr)
			continue
		}
		var found []string
		for _, name := range []string{"Wingtip", "Tailspin"} {
			if err == nil && matches(name) {
				found = append(found, name)
			}
		}
		if got := strings.Join(found, " "); got != test.want {
			t.Errorf("%s: got %s, want %s", test.filter, got, test.want)
		}
	}
}

// FuzzNameFilter holds that any filter can be used, or is refused in words that can be sent.
func FuzzNameFilter(f *testing.F) {
	f.Add(``, "Wingtip")
	f.Add(`{"Field":"Name","Value":"wing","Operator":"starts_with"}`, "Wingtip")
	f.Add(`{"field":"name","value":"\ud800","operator":6,}`, "Straße")
	f.Add(`{"Field":"`+strings.Repeat("\u00e9", 2000)+`"}`, "\xff")
	f.Add(`{"Field":"Name","Operator":"`+strings.Repeat("x", 2000)+`"}`, "")
	f.Add("\ufeff[[[[", "x")
	f.Fuzz(func(t *testing.T, text, name string) {
		matches, err := nameFilter(text)
		if err == nil {
			matches(name)
			return
		}
		var fault *partnercenter.Fault
		if !errors.As(err, &fault) || fault.Status != 400 || !utf8.ValidString(fault.Description) || utf8.RuneCountInString(fault.Description) > 1024 {
			t.Errorf("%q: got %v", text, err)
		}
	})
}
