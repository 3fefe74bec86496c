package login

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const maxForm = 64 << 10

// form is the body of a token request. The query counts for nothing there: secrets do not belong into URLs.
type form map[string]string

// readForm reads the body. A parameter that is there twice is refused, as the real service does.
func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	if kind := r.Header.Get("Content-Type"); kind != "" {
		if kind, _, _ = strings.Cut(kind, ";"); !strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded") {
			return nil, ErrMalformedType
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, ErrMalformedSize
	}
	if err != nil {
		return nil, ErrMalformedForm
	}
	return parseForm(string(body))
}

// parseForm is not url.ParseQuery, which refuses a semicolon; passwords that were typed into a command have some.
func parseForm(body string) (form, error) {
	f := form{}
	for pair := range strings.SplitSeq(body, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr != nil || valueErr != nil {
			return nil, ErrMalformedForm
		}
		if _, twice := f[name]; twice {
			return nil, ErrDuplicate.With(name)
		}
		f[name] = value
	}
	return f, nil
}

// need is the value of a parameter that must be there.
func (f form) need(name string) (string, error) {
	if f[name] == "" {
		return "", ErrMissing.With(name)
	}
	return f[name], nil
}

// isTrue reads a flag of a header or a form.
func isTrue(text string) bool { return text == "1" || strings.EqualFold(text, "true") }
