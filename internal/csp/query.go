package csp

import (
	"strings"
	"time"
)

// CustomerField is what a partner's customers can be searched by.
type CustomerField int

// The fields.
const (
	AnyCustomer   CustomerField = iota // all of them, the oldest first
	ByCompanyName                      // whose company's name begins so, in the order of their names
	ByDomain                           // whose initial domain begins so, in the order of their domains
	ByReseller                         // an indirect provider's, of one of its indirect resellers
	ByProvider                         // an indirect reseller's, of one of its indirect providers
)

// CustomerQuery asks for a page of a partner's customers.
type CustomerQuery struct {
	Field  CustomerField
	Prefix string // of the name or domain, in any case
	Other  ID     // the reseller or provider

	Size     int
	From     *CustomerPosition // beyond which the page begins; nil: at the end it is read from
	Backward bool              // read towards the first; the page itself is in the usual order all the same
}

// CustomerPosition is where a customer stands in the order of a query. The zero Order is none's.
type CustomerPosition struct {
	Text  string `json:"t,omitzero"` // the folded name or domain, where the order is by it
	Order int64  `json:"o"`
}

// CustomerSummary is a customer as lists show it, with its place in the list.
type CustomerSummary struct {
	ID       ID
	Name     string
	Domain   string
	Position CustomerPosition
}

// UserQuery asks for a page of the users of a customer: the active ones in the order of their sign-in names, unless it says
// otherwise.
type UserQuery struct {
	Role          string    // the members of the role, in the order of their ids
	Deleted       bool      // the deleted ones instead, in the order of their names to display
	DeletedAfter  time.Time // who was deleted earlier is none of them
	ByDisplayName bool      // in the order of their names to display
	Descending    bool      // in the opposite order

	Size     int
	From     *UserPosition // beyond which the page begins; nil: at the end it is read from
	Backward bool          // read towards the first; the page itself is in the usual order all the same
}

// UserPosition is where a user stands in the order of a query.
type UserPosition struct {
	Text string // the folded name, where the order is by one
	ID   ID     // where names can be the same
}

// position is where the user stands in the order of the query.
func (q *UserQuery) position(user *User) *UserPosition {
	switch {
	case q.Role != "":
		return &UserPosition{ID: user.ID}
	case q.Deleted || q.ByDisplayName:
		return &UserPosition{Text: user.SortName(), ID: user.ID}
	default:
		return &UserPosition{Text: FoldedName(user.PrincipalName)}
	}
}

// FoldedName is a name as names are compared: without case.
func FoldedName(name string) string { return strings.ToLower(name) }
