package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/tailscale/hujson"
)

// Limits of a request body. Nothing in the contract comes near them.
const (
	MaxBody  = 256 << 10
	maxDepth = 64
)

// ErrBodyTooLarge is returned for a body over [MaxBody].
var ErrBodyTooLarge = errors.New("the body is larger than 256 KiB")

// Body reads the whole body of the request.
func Body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > MaxBody {
		return nil, ErrBodyTooLarge
	}
	body := bytes.NewBuffer(make([]byte, 0, max(r.ContentLength, 512)+bytes.MinRead))
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, MaxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, ErrBodyTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("the body ended early: %w", err)
	}
	return body.Bytes(), nil
}

var (
	byteOrderMark = []byte("\ufeff")
	lenient       = json.JoinOptions(json.MatchCaseInsensitiveNames(true), jsontext.AllowDuplicateNames(true))
)

// Decode reads JSON as the service's own parser does: names in any case, unknown members ignored, the last of two equal
// names, a leading byte order mark, trailing commas (the documented create-a-customer request has them) and comments.
// Its error says what is wrong in words that may be shown to the caller.
func Decode(body []byte, value any) error {
	body = bytes.TrimPrefix(body, byteOrderMark)
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the body is empty; send a JSON object")
	}
	if deeperThan(body, maxDepth) {
		return fmt.Errorf("the body is nested deeper than %d levels", maxDepth)
	}
	err := json.Unmarshal(body, value, lenient)
	if syntax := (*jsontext.SyntacticError)(nil); errors.As(err, &syntax) {
		standard, relaxedErr := hujson.Standardize(bytes.Clone(body))
		if relaxedErr != nil {
			return fmt.Errorf("the body is not JSON: %w", position(body, syntax))
		}
		err = json.Unmarshal(standard, value, lenient)
	}
	return describe(err)
}

// describe turns the decoder's error into one for the caller.
func describe(err error) error {
	semantic := (*json.SemanticError)(nil)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &semantic):
		kind := map[jsontext.Kind]string{'n': "null", 't': "a boolean", 'f': "a boolean", '"': "a string", '0': "a number", '{': "an object", '[': "an array"}[semantic.JSONKind]
		if kind == "" {
			kind = "a value of another form"
		}
		want := "of another type"
		if semantic.GoType != nil {
			want = jsonType(semantic.GoType.Kind())
		}
		return fmt.Errorf("%s is %s and must be %s", pointerText(semantic.JSONPointer), kind, want)
	default:
		return fmt.Errorf("the body is not JSON: %w", err)
	}
}

// position says where in the body the syntax breaks, as an editor counts.
func position(body []byte, syntax *jsontext.SyntacticError) error {
	at := min(int(syntax.ByteOffset), len(body))
	line := bytes.Count(body[:at], []byte("\n")) + 1
	column := at - bytes.LastIndexByte(body[:at], '\n')
	return fmt.Errorf("%w at line %d, column %d", syntax.Err, line, column)
}

// deeperThan counts brackets outside of strings and comments; so no parser is let near a hostile depth.
func deeperThan(body []byte, limit int) bool {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			if depth++; depth > limit {
				return true
			}
		case '}', ']':
			depth--
		case '"':
			for i++; i < len(body) && body[i] != '"'; i++ {
				if body[i] == '\\' {
					i++
				}
			}
		case '/':
			i = skipComment(body, i)
		}
	}
	return false
}

// skipComment is the index of the last byte of the comment that starts at i, or i where none does.
func skipComment(body []byte, i int) int {
	end := -1
	switch {
	case bytes.HasPrefix(body[i:], []byte("//")):
		end = bytes.IndexByte(body[i:], '\n')
	case bytes.HasPrefix(body[i:], []byte("/*")):
		if end = bytes.Index(body[i+2:], []byte("*/")); end >= 0 {
			end += 3
		}
	default:
		return i
	}
	if end < 0 {
		return len(body)
	}
	return i + end
}

// Write sends the value as compact JSON behind the prefix.
func Write(w http.ResponseWriter, status int, prefix string, value any) error {
	body := bytes.NewBuffer(make([]byte, 0, 1536))
	body.WriteString(prefix)
	if err := json.MarshalWrite(body, value); err != nil {
		return err
	}
	header := w.Header()
	header["Content-Type"] = contentTypeJSON
	header["Content-Length"] = []string{strconv.Itoa(body.Len())}
	w.WriteHeader(status)
	_, err := io.Copy(w, body)
	_ = err // the client has gone; nobody is left to tell
	return nil
}

var contentTypeJSON = []string{"application/json; charset=utf-8"}
