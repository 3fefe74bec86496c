package api

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// nameFilter is which names a list of relationships has in it.
//
// The name is the only field of the SDKs' PartnerRelationshipSearchField. Their comments and samples search it by substring;
// starts_with is what all other lists take. Names of members and operators may be written in any case, and further members
// are ignored: the Java SDK sends fieldType beside the others.
func nameFilter(text string) (matches func(name string) bool, err error) {
	const example = `for example {"Field":"Name","Value":"con","Operator":"starts_with"}`
	if strings.TrimSpace(text) == "" {
		return func(string) bool { return true }, nil
	}
	var filter struct {
		Field    string         `json:"field"`
		Value    string         `json:"value"`
		Operator filterOperator `json:"operator"`
	}
	if err := web.Decode([]byte(text), &filter); err != nil {
		return nil, partnercenter.ErrMalformedQuery.With("The filter could not be read: "+strings.ReplaceAll(err.Error(), "the body", "it")+".", example)
	}
	if !strings.EqualFold(filter.Field, "Name") {
		return nil, partnercenter.ErrUnknownField.With("Relationships cannot be searched by '"+shown(filter.Field)+"'; use Name.", example)
	}
	value := csp.FoldedName(filter.Value)
	switch filter.Operator {
	case operatorStartsWith:
		return func(name string) bool { return strings.HasPrefix(csp.FoldedName(name), value) }, nil
	case operatorSubstring:
		return func(name string) bool { return strings.Contains(csp.FoldedName(name), value) }, nil
	default:
		return nil, partnercenter.ErrMalformedQuery.With("Relationships cannot be searched with the operator '"+shown(string(filter.Operator))+"'; use starts_with or substring.", example)
	}
}

// filterOperator is how the value of a filter is compared.
type filterOperator string

// The operators that lists are searched with.
const (
	operatorEquals     filterOperator = "equals"
	operatorSubstring  filterOperator = "substring"
	operatorStartsWith filterOperator = "starts_with"
)

// filterOperators are the SDKs', in the order of their integers.
var filterOperators = [...]filterOperator{
	operatorEquals, "not_equals", "greater_than", "greater_than_or_equals", "less_than", "less_than_or_equals",
	operatorSubstring, "and", "or", operatorStartsWith, "not_starts_with",
}

// UnmarshalJSON takes the word in snake, camel or Pascal case, or the SDKs' integer. Any other word stays what it is.
func (o *filterOperator) UnmarshalJSON(text []byte) error {
	word := string(text)
	if strings.HasPrefix(word, `"`) {
		if err := json.Unmarshal(text, &word); err != nil {
			return err
		}
	}
	*o = filterOperator(word)
	if number, err := strconv.Atoi(word); err == nil && number >= 0 && number < len(filterOperators) {
		*o = filterOperators[number]
	}
	for _, known := range filterOperators {
		if strings.EqualFold(strings.ReplaceAll(word, "_", ""), strings.ReplaceAll(string(known), "_", "")) {
			*o = known
		}
	}
	return nil
}

// shown is a text of the caller's as far as a description has room for it, without control characters.
func shown(text string) string {
	const most = 60
	runes := []rune(strings.Map(func(r rune) rune { // what is no UTF-8 becomes U+FFFD too
		if r < ' ' || r == 0x7f {
			return '\ufffd'
		}
		return r
	}, text))
	if len(runes) > most {
		runes = append(runes[:most], '…')
	}
	return string(runes)
}
