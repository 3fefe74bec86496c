package partnercenter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// PartnerRelationship is what two partners of the programme are to each other, in the order of its members on the wire.
// Partner Center docs: retrieve-a-list-of-indirect-resellers; get-indirect-resellers-of-a-customer, whose items have neither
// state nor location.
type PartnerRelationship struct {
	ID               string                  `json:"id,omitzero"` // the other partner's tenant id
	Name             string                  `json:"name,omitzero"`
	RelationshipType PartnerRelationshipType `json:"relationshipType,omitzero"` // what the caller is to the other
	State            string                  `json:"state,omitzero"`            // Active
	MPNID            string                  `json:"mpnId,omitzero"`
	Location         string                  `json:"location,omitzero"` // ISO 3166-1 alpha-2
	Attributes       *ResourceAttributes     `json:"attributes,omitzero"`
}

// PartnerRelationshipType says what a partner is to another.
type PartnerRelationshipType string

// The types that the SDKs know; their enums fail on any other word.
const (
	RelationshipTypeNone              PartnerRelationshipType = "none"
	IsIndirectResellerOf              PartnerRelationshipType = "is_indirect_reseller_of"
	IsIndirectCloudSolutionProviderOf PartnerRelationshipType = "is_indirect_cloud_solution_provider_of"
)

// relationshipTypes is in the order of the SDK's integers.
var relationshipTypes = [...]PartnerRelationshipType{RelationshipTypeNone, IsIndirectResellerOf, IsIndirectCloudSolutionProviderOf}

// ParsePartnerRelationshipType takes the word in snake, camel or Pascal case, or the .NET SDK's integer.
func ParsePartnerRelationshipType(word string) (PartnerRelationshipType, error) {
	if number, err := strconv.Atoi(word); err == nil && number >= 0 && number < len(relationshipTypes) {
		return relationshipTypes[number], nil
	}
	for _, known := range relationshipTypes {
		if strings.EqualFold(strings.ReplaceAll(word, "_", ""), strings.ReplaceAll(string(known), "_", "")) {
			return known, nil
		}
	}
	return "", fmt.Errorf("%.60q is no type of relationship between partners", word)
}

// UnmarshalJSON takes what [ParsePartnerRelationshipType] takes, and any other word as it is.
func (t *PartnerRelationshipType) UnmarshalJSON(text []byte) error {
	word := string(text)
	if len(text) > 0 && text[0] == '"' {
		if err := json.Unmarshal(text, &word); err != nil {
			return err
		}
		*t = PartnerRelationshipType(word)
		if known, err := ParsePartnerRelationshipType(word); err == nil {
			*t = known
		}
		return nil
	}
	known, err := ParsePartnerRelationshipType(word)
	*t = known
	return err
}

// pascal is the type as the docs and the .NET SDK write it in URLs.
func (t PartnerRelationshipType) pascal() string {
	var words strings.Builder
	for word := range strings.SplitSeq(string(t), "_") {
		if word != "" {
			words.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return words.String()
}

// RelationshipsService is the relationships between indirect providers and their indirect resellers.
type RelationshipsService service

// ListRelationshipsOptions are the options of [RelationshipsService.List].
type ListRelationshipsOptions struct {
	RequestOptions

	Name string // of the other partner; begins so, in any case
}

// List is the caller's indirect resellers for [IsIndirectCloudSolutionProviderOf], and its indirect providers for
// [IsIndirectResellerOf], in the order of their names. [ErrWrongKindOfPartner] if the caller is not what the type says.
//
// Partner Center docs: retrieve-a-list-of-indirect-resellers.
//
//partnercenter:operation GET /v1/relationships
func (s *RelationshipsService) List(
	ctx context.Context, relationship PartnerRelationshipType, opts *ListRelationshipsOptions,
) (*Collection[PartnerRelationship], error) {
	if relationship == "" {
		return nil, errors.New("the type of relationship is empty")
	}
	if opts == nil {
		opts = &ListRelationshipsOptions{}
	}
	path := "/v1/relationships?relationship_type=" + url.QueryEscape(relationship.pascal())
	if opts.Name != "" {
		filter, err := json.Marshal(struct{ Field, Value, Operator string }{"Name", opts.Name, "starts_with"})
		if err != nil {
			return nil, err
		}
		path += "&filter=" + url.QueryEscape(string(filter))
	}
	return fetch[Collection[PartnerRelationship]](ctx, s.client, call{
		name:    "RelationshipsService.List",
		method:  http.MethodGet,
		path:    path,
		area:    AreaRelationships,
		options: &opts.RequestOptions,
	})
}

// CustomerRelationshipsOptions are the options of [CustomersService.Relationships].
type CustomerRelationshipsOptions RequestOptions

// Relationships is the indirect resellers of a customer, for its indirect provider. [ErrWrongKindOfPartner] if the caller is
// none.
//
// Partner Center docs: get-indirect-resellers-of-a-customer.
//
//partnercenter:operation GET /v1/customers/{customer-id}/relationships
func (s *CustomersService) Relationships(
	ctx context.Context, id string, opts *CustomerRelationshipsOptions,
) (*Collection[PartnerRelationship], error) {
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[Collection[PartnerRelationship]](ctx, s.client, call{
		name:    "CustomersService.Relationships",
		method:  http.MethodGet,
		path:    "/v1/customers/" + segment + "/relationships",
		area:    AreaRelationships,
		options: (*RequestOptions)(opts),
	})
}
