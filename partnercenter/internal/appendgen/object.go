package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// object is a struct that is an object on the wire.
type object struct {
	name    string
	members []member
}

// member is a field that is a member of its object.
type member struct {
	field    string
	name     string // on the wire
	omitzero bool
	shape    shape
	kind     kind
	object   string // the name of the struct, if the kind is nested
}

// shape is how many values of its kind a field has.
type shape int

const (
	one shape = iota
	pointer
	slice
)

type kind int

const (
	text kind = iota
	namedText
	flag
	number
	nested
)

// objects are the named structs and all that they hold, each once, in the order in which they are met.
// The error names everything that cannot be written.
func (s *source) objects(names []string) ([]object, error) {
	var objects []object
	var errs []error
	names = slices.Clone(names)
	for i := 0; i < len(names); i++ {
		object, err := s.object(names[i])
		errs = append(errs, err)
		objects = append(objects, object)
		for _, member := range object.members {
			if member.kind == nested && !slices.Contains(names, member.object) {
				names = append(names, member.object)
			}
		}
	}
	return objects, errors.Join(errs...)
}

func (s *source) object(name string) (object, error) {
	spec := s.types[name]
	if spec == nil {
		return object{}, fmt.Errorf("there is no type %s", name)
	}
	kind, err := s.declared(spec)
	if err != nil {
		return object{}, s.at(spec, err)
	}
	if kind != nested {
		return object{}, s.at(spec, fmt.Errorf("%s is not a struct", name))
	}
	found := object{name: name}
	var errs []error
	for _, field := range spec.Type.(*ast.StructType).Fields.List {
		members, err := s.members(field)
		if err != nil {
			errs = append(errs, s.at(field, fmt.Errorf("%s: %w", name, err)))
		}
		for _, member := range members {
			if slices.ContainsFunc(found.members, member.hasNameOf) {
				errs = append(errs, s.at(field, fmt.Errorf("%s: %s is the second %q", name, member.field, member.name)))
			}
			found.members = append(found.members, member)
		}
	}
	return found, errors.Join(errs...)
}

func (m member) hasNameOf(other member) bool { return m.name == other.name }

// members are those of a line of fields: none if they are not on the wire.
func (s *source) members(field *ast.Field) ([]member, error) {
	if len(field.Names) == 0 {
		return nil, fmt.Errorf("%s is embedded; write its fields out", types.ExprString(field.Type))
	}
	var found []member
	for _, ident := range field.Names {
		member, onWire, err := readTag(field.Tag)
		if err == nil && !onWire {
			continue
		}
		if err == nil && !ident.IsExported() {
			err = errors.New("json v2 does not write an unexported field")
		}
		if err == nil {
			err = s.readType(&member, field.Type)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", ident.Name, err)
		}
		member.field = ident.Name
		found = append(found, member)
	}
	return found, nil
}

// plainName is a name that no encoder has to quote.
var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)

// readTag reads a member's name and option. What is tagged "-" is not on the wire.
func readTag(tag *ast.BasicLit) (m member, onWire bool, err error) {
	if tag == nil {
		return member{}, false, errors.New("it has no json tag")
	}
	literal, err := strconv.Unquote(tag.Value)
	if err != nil {
		return member{}, false, err
	}
	inner, ok := strings.CutPrefix(literal, `json:"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if !ok || !closed || strings.Contains(inner, `"`) {
		return member{}, false, fmt.Errorf("the tag %s is not a json tag alone", tag.Value)
	}
	if inner == "-" {
		return member{}, false, nil
	}
	name, option, hasOption := strings.Cut(inner, ",")
	if !plainName.MatchString(name) {
		return member{}, false, fmt.Errorf("the name %q is not of letters and digits", name)
	}
	if hasOption && option != "omitzero" {
		return member{}, false, fmt.Errorf("the option %q is not omitzero", option)
	}
	return member{name: name, omitzero: hasOption}, true, nil
}

// readType reads a member's shape and kind.
func (s *source) readType(m *member, expr ast.Expr) error {
	element := expr
	switch expr := expr.(type) {
	case *ast.StarExpr:
		m.shape, element = pointer, expr.X
	case *ast.ArrayType:
		if expr.Len == nil {
			m.shape, element = slice, expr.Elt
		}
	}
	var err error
	if m.kind, err = s.kindOf(element); err != nil {
		return err
	}
	switch {
	case m.shape == one && m.kind == nested:
		return errors.New("a struct without a pointer is not known; use a pointer and omitzero")
	case m.shape == pointer && !m.omitzero:
		return errors.New("a pointer without omitzero would be null, which the service never answers")
	case m.shape == slice && (m.kind == flag || m.kind == number):
		return fmt.Errorf("%s is not known; slices are of strings or structs", types.ExprString(expr))
	case m.kind == nested:
		m.object = types.ExprString(element)
	}
	return nil
}

// kindOf is the kind of a type that has a name.
func (s *source) kindOf(expr ast.Expr) (kind, error) {
	name := types.ExprString(expr)
	if spec := s.types[name]; spec != nil {
		return s.declared(spec)
	}
	switch name {
	case "string":
		return text, nil
	case "bool":
		return flag, nil
	case "int":
		return number, nil
	default:
		return 0, fmt.Errorf("%s is not known; string, bool, int and the package's own strings and structs are", name)
	}
}

// asked are the methods that json v2 asks before it looks at a type's fields.
var asked = []string{"MarshalJSON", "MarshalJSONTo", "MarshalText", "AppendText", "IsZero"}

// declared is the kind of a type of the package.
func (s *source) declared(spec *ast.TypeSpec) (kind, error) {
	name := spec.Name.Name
	if spec.Assign.IsValid() || spec.TypeParams != nil {
		return 0, fmt.Errorf("%s is an alias or generic", name)
	}
	for _, method := range s.methods[name] {
		if slices.Contains(asked, method) {
			return 0, fmt.Errorf("%s has a method %s, which json v2 would call", name, method)
		}
	}
	if _, ok := spec.Type.(*ast.StructType); ok {
		return nested, nil
	}
	if ident, ok := spec.Type.(*ast.Ident); ok && ident.Name == "string" {
		return namedText, nil
	}
	return 0, fmt.Errorf("%s is neither a struct nor a string", name)
}

// at says where in the source the error is.
func (s *source) at(node ast.Node, err error) error {
	position := s.files.Position(node.Pos())
	position.Filename = filepath.Base(position.Filename)
	return fmt.Errorf("%s: %w", position, err)
}
