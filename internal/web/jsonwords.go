package web

import (
	"reflect"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// kindText names what stands in the body.
func kindText(kind jsontext.Kind) string {
	switch kind {
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "an array"
	default:
		return "a value"
	}
}

// typeText names what JSON holds a Go type, or nothing where the type itself says which values it takes.
func typeText(t reflect.Type) string {
	if t == nil || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return ""
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Float64:
		return "a number"
	default:
		return ""
	}
}

// pointerText writes a JSON pointer with dots, as the service names properties.
func pointerText(pointer jsontext.Pointer) string {
	if pointer == "" {
		return "the body"
	}
	var path []string
	for token := range pointer.Tokens() {
		path = append(path, token)
	}
	return shortened(strings.Join(path, "."))
}

// shortened makes text of the caller's, which may be a whole body, fit for a description.
func shortened(text string) string {
	const most = 200
	runes := []rune(strings.Map(func(r rune) rune { // what is no UTF-8 becomes U+FFFD too
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text))
	if len(runes) > most {
		runes = append(runes[:most], '…')
	}
	return string(runes)
}
