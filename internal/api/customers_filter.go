package api

import (
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// customerFields are what customers can be searched by, in lower case; two are aliases of the service's OpenAPI file.
var customerFields = map[string]csp.CustomerField{
	"companyname":                   csp.ByCompanyName,
	"displayname":                   csp.ByCompanyName,
	"domain":                        csp.ByDomain,
	"defaultdomainname":             csp.ByDomain,
	"indirectreseller":              csp.ByReseller,
	"indirectcloudsolutionprovider": csp.ByProvider,
}

const filterExample = `{"Field":"CompanyName","Value":"kes","Operator":"starts_with"}`

// customerFilter reads the filter of a list. Clients write names and operator in any case, the operator also as StartsWith
// or as the SDK's integer.
func customerFilter(text string) (query csp.CustomerQuery, err error) {
	if strings.TrimSpace(text) == "" {
		return query, nil
	}
	var filter struct {
		Field    string         `json:"field"`
		Value    string         `json:"value"`
		Operator filterOperator `json:"operator"`
	}
	if err := web.Decode([]byte(text), &filter); err != nil {
		return query, partnercenter.ErrMalformedQuery.With("The filter could not be read: "+strings.ReplaceAll(err.Error(), "the body", "it")+".", "for example "+filterExample)
	}
	if filter.Operator != operatorStartsWith {
		return query, partnercenter.ErrMalformedQuery.With("Customer search only allows the operator starts_with.", "for example "+filterExample)
	}
	field, ok := customerFields[strings.ToLower(filter.Field)]
	if !ok {
		return query, partnercenter.ErrUnknownField.With("Customers cannot be searched by '"+shown(filter.Field)+"'; use CompanyName, Domain, IndirectReseller or IndirectCloudSolutionProvider.", "for example "+filterExample)
	}
	query.Field = field
	if field == csp.ByReseller || field == csp.ByProvider {
		if query.Other, err = csp.ParseID(strings.TrimSpace(filter.Value)); err != nil {
			return query, partnercenter.ErrUnknownField.With("The value of a search by " + filter.Field + " must be a tenant id, for example 33333333-3333-4333-8333-333333333333.")
		}
		return query, nil
	}
	query.Prefix = filter.Value
	return query, nil
}
