package csp

import (
	"reflect"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/partnercenter"
)

// auditValue is a resource in the dress that audit records have it in: the names of .NET's members, words of enumerations in
// Pascal case, and null for what is not there. Seen in the docs' samples and in a live record of 2020.
func auditValue(resource any) (string, error) {
	var text strings.Builder
	encoder := jsontext.NewEncoder(&text)
	if err := writeAuditValue(encoder, reflect.ValueOf(resource)); err != nil {
		return "", err
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

var credentials = reflect.TypeFor[partnercenter.UserCredentials]()

func writeAuditValue(to *jsontext.Encoder, value reflect.Value) error {
	switch value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return to.WriteToken(jsontext.Null)
		}
		return writeAuditValue(to, value.Elem())
	case reflect.Struct:
		return writeAuditObject(to, value)
	case reflect.Slice:
		return writeAuditList(to, value)
	case reflect.Bool:
		return to.WriteToken(jsontext.Bool(value.Bool()))
	case reflect.Int:
		return to.WriteToken(jsontext.Int(value.Int()))
	case reflect.Float64:
		return to.WriteToken(jsontext.Float(value.Float()))
	case reflect.String:
		return to.WriteToken(auditText(value))
	default:
		panic("csp: no audit value of " + value.Type().String())
	}
}

// auditText is a text, or a word of an enumeration.
func auditText(value reflect.Value) jsontext.Token {
	if value.Type() != reflect.TypeFor[string]() {
		return jsontext.String(pascal(value.String()))
	}
	return jsontext.String(value.String())
}

func writeAuditList(to *jsontext.Encoder, list reflect.Value) error {
	if list.IsNil() {
		return to.WriteToken(jsontext.Null)
	}
	if err := to.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	for i := range list.Len() {
		if err := writeAuditValue(to, list.Index(i)); err != nil {
			return err
		}
	}
	return to.WriteToken(jsontext.EndArray)
}

// writeAuditObject writes the members in their order. Those of credentials keep the names that they have on the wire: .NET's
// model names them so.
func writeAuditObject(to *jsontext.Encoder, object reflect.Value) error {
	if err := to.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for i := range object.NumField() {
		name, _, _ := strings.Cut(object.Type().Field(i).Tag.Get("json"), ",")
		member := object.Field(i)
		if strings.HasPrefix(name, "@") {
			continue // it is about the answer
		}
		if object.Type() != credentials {
			name = strings.ToUpper(name[:1]) + name[1:]
		}
		if err := to.WriteToken(jsontext.String(name)); err != nil {
			return err
		}
		var err error
		if member.Kind() == reflect.String && member.IsZero() && object.Type() != credentials {
			err = to.WriteToken(jsontext.Null)
		} else {
			err = writeAuditValue(to, member)
		}
		if err != nil {
			return err
		}
	}
	return to.WriteToken(jsontext.EndObject)
}

// pascal writes microsoft_support as MicrosoftSupport.
func pascal(word string) string {
	var out strings.Builder
	for part := range strings.SplitSeq(word, "_") {
		if part != "" {
			out.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return out.String()
}
