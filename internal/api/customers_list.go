package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

const headerContinuation = "MS-ContinuationToken"

// listCustomers is a page of customers.
// Partner Center docs: get-a-list-of-customers, get-a-customer-by-name, get-customers-of-an-indirect-reseller.
func (h *Handler) listCustomers(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	query, err := h.customerQuery(r, caller)
	if err != nil {
		return err
	}
	page, err := h.Customers.List(r.Context(), caller, query)
	if err != nil {
		return err
	}
	answer := &partnercenter.CustomerCollection{
		TotalCount: len(page.Items),
		Items:      page.Items,
		Links:      partnercenter.LinkTo(strings.TrimPrefix(r.URL.RequestURI(), "/v1")),
		Attributes: &partnercenter.ResourceAttributes{ObjectType: "Collection"},
	}
	token := h.continuation(caller, query, page)
	if page.Next != nil {
		answer.ContinuationToken = token
		answer.Links.Next = seekLink("/customers", query.Size, "Next", token)
	}
	if page.Previous != nil {
		answer.Links.Previous = seekLink("/customers", query.Size, "Previous", token)
	}
	return h.write(w, r, http.StatusOK, answer)
}

// seekLink is a link to a page beside this one. The .NET SDK's own seek query sends the operation and the header alone.
func seekLink(path string, size int, operation, token string) *partnercenter.Link {
	uri := path + "?seekOperation=" + operation
	if size > 0 {
		uri = path + "?size=" + strconv.Itoa(size) + "&seekOperation=" + operation
	}
	return &partnercenter.Link{URI: uri, Method: http.MethodGet, Headers: []partnercenter.KeyValue{{Key: headerContinuation, Value: token}}}
}

// customerQuery is what the request asks for: the page that a continuation token leads to, or else the first one.
func (h *Handler) customerQuery(r *http.Request, caller *csp.Caller) (csp.CustomerQuery, error) {
	parameters := queryOf(r)
	if text := r.Header.Get(headerContinuation); text != "" {
		at, err := h.continued(caller, text)
		if err != nil {
			return csp.CustomerQuery{}, err
		}
		return at.seek(parameters["seekoperation"])
	}
	size, _ := strconv.Atoi(parameters["size"]) // what is no number is a client's placeholder, as in size={size}: the default
	query, err := customerFilter(parameters["filter"])
	query.Size = max(0, min(size, csp.MaxPage))
	return query, err
}

// queryOf is the query by its names in lower case. A second question mark stands for an ampersand: the documented request for
// the customers of an indirect reseller has it so.
func queryOf(r *http.Request) map[string]string {
	values, _ := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, "?", "&")) // what cannot be read is as good as not there
	parameters := make(map[string]string, len(values))
	for name, value := range values {
		parameters[strings.ToLower(name)] = value[0]
	}
	return parameters
}

// position is what a continuation token says: the query, and where the pages beside the one it came with begin.
type position struct {
	Size     int                   `json:"s,omitzero"`
	Field    csp.CustomerField     `json:"f,omitzero"`
	Prefix   string                `json:"p,omitzero"`
	Other    string                `json:"w,omitzero"`
	Next     *csp.CustomerPosition `json:"n,omitzero"`
	Previous *csp.CustomerPosition `json:"b,omitzero"`
}

// continuation is an opaque token that nobody but this service can make, for this caller's partner alone.
func (h *Handler) continuation(caller *csp.Caller, query csp.CustomerQuery, page *csp.Page) string {
	at := position{Size: query.Size, Field: query.Field, Prefix: query.Prefix, Next: page.Next, Previous: page.Previous}
	if !query.Other.IsZero() {
		at.Other = query.Other.String()
	}
	text, err := json.Marshal(&at)
	if err != nil {
		panic("api: " + err.Error()) // texts and numbers
	}
	return h.Root.Prove(caller.Partner.ID, text)
}

func (h *Handler) continued(caller *csp.Caller, token string) (at position, err error) {
	text, ok := h.Root.Proved(caller.Partner.ID, token)
	if !ok {
		return at, errForeignContinuation
	}
	return at, json.Unmarshal(text, &at)
}

var errForeignContinuation = partnercenter.ErrContinuationToken.With("The continuation token is not one of this list. Read the first page again, and send back the token that comes with it.")

// seekOperations are in the order of the SDK's integers.
var seekOperations = []string{"next", "previous", "first", "last"}

// seek is the query for the page that lies there. Beyond the last page lies an empty one.
func (at position) seek(operation string) (csp.CustomerQuery, error) {
	query := csp.CustomerQuery{Field: at.Field, Prefix: at.Prefix, Size: at.Size}
	query.Other, _ = csp.ParseID(at.Other)
	operation, err := seekOperation(operation)
	if err != nil {
		return query, err
	}
	switch operation {
	case "next":
		if query.From = at.Next; at.Next == nil {
			query.From = &csp.CustomerPosition{Text: "\U0010ffff", Order: 1<<63 - 1}
		}
	case "previous":
		if query.From = at.Previous; at.Previous != nil {
			query.Backward = true
		}
	case "last":
		query.Backward = true
	}
	return query, nil
}

// seekOperation is the word in lower case. Clients send it in any case, the SDKs' integer, or nothing, which is next.
func seekOperation(word string) (string, error) {
	if number, err := strconv.Atoi(word); err == nil && number >= 0 && number < len(seekOperations) {
		return seekOperations[number], nil
	}
	switch operation := strings.ToLower(word); {
	case operation == "":
		return "next", nil
	case slices.Contains(seekOperations, operation):
		return operation, nil
	}
	return "", partnercenter.ErrMalformedQuery.With("The seek operation '" + shown(word) + "' is not supported; use Next, Previous, First or Last.")
}
