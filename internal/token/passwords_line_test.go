package token

import (
	"errors"
	"testing"
)

// TestPasswordLine refuses who would stand at the end of a long line, whether there is such a user or not.
func TestPasswordLine(t *testing.T) {
	p := &Passwords{}
	credential, err := p.ChosenCredential(t.Context(), "a password")
	if err != nil {
		t.Fatal(err)
	}
	p.line.Store(maxLine)
	_, known := p.Verify(t.Context(), credential, [16]byte{}, "a password")
	unknown := p.VerifyNobody(t.Context(), "a password")
	_, chosen := p.ChosenCredential(t.Context(), "a password")
	for name, err := range map[string]error{"known": known, "unknown": unknown, "chosen": chosen} {
		if !errors.Is(err, ErrBusy) {
			t.Errorf("%s: got %v, want ErrBusy", name, err)
		}
	}
	if got := p.line.Load(); got != maxLine {
		t.Errorf("got %d in line afterwards, want %d", got, maxLine)
	}
	p.line.Store(maxLine - 1)
	if ok, err := p.Verify(t.Context(), credential, [16]byte{}, "a password"); !ok || err != nil {
		t.Errorf("the last in line: got %t, %v, want true", ok, err)
	}
}
