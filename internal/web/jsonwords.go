package web

import (
	"reflect"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonType names a Go kind as JSON knows it.
func jsonType(kind reflect.Kind) string {
	switch kind {
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
		return "of another form"
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
	return strings.Join(path, ".")
}
