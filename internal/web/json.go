package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
	"github.com/tailscale/hujson"
)

// Limits of a request body. Nothing in the contract comes near them.
const (
	MaxBody  = 256 << 10
	maxDepth = 64
	promised = 8 << 10 // memory for a body before any of it has come
)

var (
	// ErrBodyTooLarge is returned for a body over [MaxBody].
	ErrBodyTooLarge = errors.New("the body is larger than 256 KiB")

	// ErrBodyIncomplete is returned for a body that ends early or stalls. The cause may name addresses and is left out.
	ErrBodyIncomplete = errors.New("the body did not arrive whole")
)

// Body reads the whole body of the request.
func Body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > MaxBody {
		return nil, ErrBodyTooLarge
	}
	// Memory is for what has come, not for what was promised.
	body := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 512), promised)+bytes.MinRead))
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, MaxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, ErrBodyTooLarge
	}
	if err != nil {
		return nil, ErrBodyIncomplete
	}
	return body.Bytes(), nil
}

var (
	byteOrderMark = []byte("\ufeff")
	lenient       = json.JoinOptions(json.MatchCaseInsensitiveNames(true), jsonv1.MatchCaseSensitiveDelimiter(true), jsontext.AllowDuplicateNames(true))
)

// Decode reads JSON as the service's own parser does: names in any case but not in snake case, unknown members ignored, the
// last of two equal names, a leading byte order mark, trailing commas (the documented create-a-customer request has them), names
// without quotes (as has the password of create-user-accounts-for-a-customer) and comments.
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
		standard, relaxedErr := hujson.Standardize(append(bytes.Clone(body), '\n')) // a comment may end the body
		if relaxedErr != nil {
			if named, err := hujson.Standardize(append(quoteNames(body), '\n')); err == nil {
				standard, relaxedErr = named, nil
			}
		}
		if relaxedErr != nil {
			return notJSON(relaxedErr)
		}
		err = json.Unmarshal(standard, value, lenient)
	}
	return describe(body, err)
}

// quoteNames is the body with quotes around the names of members that have none.
func quoteNames(body []byte) []byte {
	var quoted []byte
	copied := 0
	mayName := false // a name may follow what was last read
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c == '/':
			i = skipComment(body, i)
		case c == '"':
			for i++; i < len(body) && body[i] != '"'; i++ {
				if body[i] == '\\' {
					i++
				}
			}
			mayName = false
		case mayName && inNames(c):
			end := i
			for end < len(body) && inNames(body[end]) {
				end++
			}
			if bytes.HasPrefix(bytes.TrimLeft(body[end:], " \t\r\n"), []byte(":")) {
				quoted = append(append(append(append(quoted, body[copied:i]...), '"'), body[i:end]...), '"')
				copied = end
			}
			i, mayName = end-1, false
		default:
			mayName = c == '{' || c == ','
		}
	}
	return append(quoted, body[copied:]...)
}

// inNames reports whether the character is one of names that JavaScript takes without quotes, as far as the service has any.
func inNames(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// notJSON says where the syntax breaks in hujson's words: the strict parser's may be about a comma that is tolerated.
func notJSON(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the body is not JSON: it ends too early")
	}
	return errors.New("the body is not JSON: " + shortened(strings.TrimPrefix(err.Error(), "hujson: ")))
}

// describe turns the decoder's error into one for the caller.
func describe(body []byte, err error) error {
	semantic, syntax := (*json.SemanticError)(nil), (*jsontext.SyntacticError)(nil)
	switch {
	case errors.As(err, &semantic):
		path, is := pointerText(semantic.JSONPointer), kindText(semantic.JSONKind)
		must := typeText(semantic.GoType)
		if must == "" || must == is {
			return fmt.Errorf("%s is %s that is not allowed here", path, is)
		}
		return fmt.Errorf("%s is %s and must be %s", path, is, must)
	case errors.As(err, &syntax): // hujson looks into no string
		line, column := position(body, int(syntax.ByteOffset))
		return fmt.Errorf("the body is not JSON: line %d, column %d: %s", line, column, shortened(syntax.Err.Error()))
	default:
		return err
	}
}

// position counts as hujson does, in bytes.
func position(body []byte, offset int) (line, column int) {
	before := body[:min(offset, len(body))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
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

// appender is a value that writes itself as JSON faster than by reflection: what the hot paths answer.
type appender interface{ AppendJSON(b []byte) []byte }

// buffers are what answers are written in before they are sent. A large one is not kept for the small ones that follow.
var buffers = sync.Pool{New: func() any { return new(make([]byte, 0, 1536)) }}

const maxBuffer = 64 << 10

// Write sends the value as compact JSON behind the prefix.
func Write(w http.ResponseWriter, status int, prefix string, value any) error {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	body, err := appendJSON(append((*buffer)[:0], prefix...), value)
	if err != nil {
		return err
	}
	if cap(body) <= maxBuffer {
		*buffer = body
	}
	header := w.Header()
	header["Content-Type"] = contentTypeJSON
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // if the client has gone, nobody is left to tell
	return nil
}

// appendJSON takes any bytes for text: a fault shows the caller's own back to it.
func appendJSON(b []byte, value any) ([]byte, error) {
	if value, ok := value.(appender); ok {
		return value.AppendJSON(b), nil
	}
	buffer := bytes.NewBuffer(b)
	err := json.MarshalWrite(buffer, value, jsontext.AllowInvalidUTF8(true))
	return buffer.Bytes(), err
}

var contentTypeJSON = []string{"application/json; charset=utf-8"}
