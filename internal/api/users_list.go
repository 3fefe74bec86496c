package api

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// listUsers is a page of users. Partner Center docs: get-a-list-of-all-user-accounts-for-a-customer, view-a-deleted-user.
func (h *Handler) listUsers(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := tenantID(r)
	if err != nil {
		return err
	}
	list := userList{h, caller, "/customers/" + customer.String() + "/users"}
	query, err := list.query(r)
	if err != nil {
		return err
	}
	page, err := h.Users.List(r.Context(), caller, customer, query)
	if err != nil {
		return err
	}
	answer := &partnercenter.CustomerUserCollection{
		TotalCount: len(page.Items),
		Items:      page.Items,
		Links:      selfLink(r),
		Attributes: &partnercenter.ResourceAttributes{ObjectType: "Collection"},
	}
	answer.ContinuationToken = list.link(answer.Links, &query, page.Next, page.Previous)
	return h.write(w, r, http.StatusOK, answer)
}

// selfLink is the request as it came, as the docs' samples show it.
func selfLink(r *http.Request) *partnercenter.ResourceLinks {
	return partnercenter.LinkTo(strings.TrimPrefix(r.URL.RequestURI(), "/v1"))
}

// userList is a list of users that is read by pages, for one caller.
type userList struct {
	*Handler
	caller *csp.Caller
	path   string
}

// query is what the request asks for: the page that a continuation token leads to, or else the first one.
func (l *userList) query(r *http.Request) (query csp.UserQuery, err error) {
	parameters := queryOf(r)
	if token := r.Header.Get(headerContinuation); token != "" {
		return l.continued(token, parameters["seekoperation"])
	}
	size, _ := strconv.Atoi(parameters["size"]) // as for customers
	query.Size = max(0, min(size, csp.MaxPage))
	if err := userFilter(parameters["filter"], &query); err != nil {
		return query, err
	}
	return query, userSort(parameters["sortfield"], parameters["sortdirection"], &query)
}

const userFilterExample = `for example {"Field":"UserState","Value":"Inactive","Operator":"equals"}`

// userFilter reads the filter of a list of users. The docs' request calls the field UserState, the link of its answer
// UserStatus.
func userFilter(text string, query *csp.UserQuery) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var filter struct {
		Field    string                  `json:"field"`
		Value    partnercenter.UserState `json:"value"`
		Operator filterOperator          `json:"operator"`
	}
	if err := web.Decode([]byte(text), &filter); err != nil {
		return partnercenter.ErrMalformedQuery.With("The filter could not be read: "+strings.ReplaceAll(err.Error(), "the body", "it")+".", userFilterExample)
	}
	if !strings.EqualFold(filter.Field, "UserState") && !strings.EqualFold(filter.Field, "UserStatus") {
		return partnercenter.ErrUnknownField.With("Users cannot be searched by '"+shown(filter.Field)+"'; use UserState.", userFilterExample)
	}
	if filter.Operator != operatorEquals {
		return partnercenter.ErrMalformedQuery.With("A search of users only allows the operator equals.", userFilterExample)
	}
	switch filter.Value {
	case partnercenter.UserActive:
	case partnercenter.UserInactive:
		query.Deleted = true
	default:
		return partnercenter.ErrInvalidEnum.With("The UserState '"+shown(string(filter.Value))+"' cannot be parsed; use Active or Inactive.", userFilterExample)
	}
	return nil
}

// userSort reads the order of a list of users. Seen in the .NET SDK's samples: DisplayName, Descending.
func userSort(field, direction string, query *csp.UserQuery) error {
	switch strings.ToLower(field) {
	case "":
	case "displayname":
		query.ByDisplayName = true
	default:
		return partnercenter.ErrUnknownField.With("Users cannot be sorted by '"+shown(field)+"'; use DisplayName.", "sortField")
	}
	switch strings.ToLower(direction) {
	case "", "ascending", "asc", "0":
	case "descending", "desc", "1":
		query.Descending = true
	default:
		return partnercenter.ErrMalformedQuery.With("The sort direction '"+shown(direction)+"' is not supported; use Ascending or Descending.", "sortDirection")
	}
	return nil
}

// userPosition is what a continuation token of users says: the query, and where the pages beside the one it came with begin.
type userPosition struct {
	Size          int        `json:"s,omitzero"`
	Role          string     `json:"r,omitzero"`
	Deleted       bool       `json:"x,omitzero"`
	ByDisplayName bool       `json:"y,omitzero"`
	Descending    bool       `json:"d,omitzero"`
	Next          *userPlace `json:"n,omitzero"`
	Previous      *userPlace `json:"b,omitzero"`
}

// userPlace is a csp.UserPosition.
type userPlace struct {
	Text string `json:"t,omitzero"`
	ID   string `json:"i"`
}

func placeOf(at *csp.UserPosition) *userPlace {
	if at == nil {
		return nil
	}
	return &userPlace{at.Text, at.ID.String()}
}

func (p *userPlace) position() (*csp.UserPosition, error) {
	id, err := csp.ParseID(p.ID)
	return &csp.UserPosition{Text: p.Text, ID: id}, err
}

// purpose keeps the tokens of a list apart from those of others, and of those of other customers.
func (l *userList) purpose() csp.ID { return l.caller.Partner.ID.Derived(l.path) }

// link adds the links to the pages beside this one, and returns the token that leads to the next.
func (l *userList) link(links *partnercenter.ResourceLinks, query *csp.UserQuery, next, previous *csp.UserPosition) (continuation string) {
	text, err := json.Marshal(&userPosition{
		Size: query.Size, Role: query.Role, Deleted: query.Deleted, ByDisplayName: query.ByDisplayName, Descending: query.Descending,
		Next: placeOf(next), Previous: placeOf(previous),
	})
	if err != nil {
		panic("api: " + err.Error()) // texts and numbers
	}
	token := l.Root.Prove(l.purpose(), text)
	if previous != nil {
		links.Previous = seekLink(l.path, query.Size, "Previous", token)
	}
	if next == nil {
		return ""
	}
	links.Next = seekLink(l.path, query.Size, "Next", token)
	return token
}

// continued is the query for the page that lies there.
func (l *userList) continued(token, operation string) (query csp.UserQuery, err error) {
	text, ok := l.Root.Proved(l.purpose(), token)
	if !ok {
		return query, errForeignContinuation
	}
	var at userPosition
	if err := json.Unmarshal(text, &at); err != nil {
		return query, err
	}
	query = csp.UserQuery{Size: at.Size, Role: at.Role, Deleted: at.Deleted, ByDisplayName: at.ByDisplayName, Descending: at.Descending}
	direction, err := seekOperation(operation)
	if err != nil {
		return query, err
	}
	switch {
	case direction == "next" && at.Next != nil:
		query.From, err = at.Next.position()
	case direction == "next": // beyond the last page lies an empty one
		query.From = endOfUsers(query.Descending)
	case direction == "previous" && at.Previous != nil:
		query.Backward = true
		query.From, err = at.Previous.position()
	case direction == "last":
		query.Backward = true
	}
	return query, err
}

// endOfUsers is a position that no user stands behind.
func endOfUsers(descending bool) *csp.UserPosition {
	end := &csp.UserPosition{}
	if !descending {
		end.Text = "\U0010ffff"
		copy(end.ID[:], bytes.Repeat([]byte{0xff}, len(end.ID)))
	}
	return end
}
