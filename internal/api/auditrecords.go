package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// listAuditRecords is a page of what the partner's users and applications did.
// Partner Center docs: get-a-record-of-partner-center-activity-by-user. No answer has a byte order mark.
func (h *Handler) listAuditRecords(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	query, err := h.auditQuery(r, caller)
	if err != nil {
		return err
	}
	page, err := h.audit().Records(r.Context(), caller, query)
	if err != nil {
		return err
	}
	answer := &partnercenter.AuditRecordCollection{
		TotalCount: len(page.Items),
		Items:      page.Items,
		Links:      partnercenter.LinkTo("/auditrecords"),
		Attributes: &partnercenter.ResourceAttributes{ObjectType: "Collection"},
	}
	if r.URL.RawQuery != "" {
		answer.Links.Self.URI += "?" + r.URL.RawQuery
	}
	if page.Next != nil {
		answer.ContinuationToken = h.auditContinuation(caller, page.Next)
		answer.Links.Next = seekLink("/auditrecords", query.Size, "Next", answer.ContinuationToken)
	}
	return web.Write(w, http.StatusOK, "", answer)
}

// getAuditRecord is the record with an id, or null. Partner Center docs: partner-center-webhooks, whose events name it.
func (h *Handler) getAuditRecord(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	record, err := h.audit().Record(r.Context(), caller, r.PathValue("record"))
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", record)
}

func (h *Handler) audit() *csp.Audit { return &csp.Audit{Store: h.Store, Now: h.Now} }

// auditQuery is what the request asks for: the page that a continuation token leads to, or else the first one. Clients send the
// token in the header, the service's OpenAPI file has it in the query.
func (h *Handler) auditQuery(r *http.Request, caller *csp.Caller) (*csp.AuditQuery, error) {
	parameters := queryOf(r)
	token := r.Header.Get(headerContinuation)
	if token == "" {
		token = parameters["seek"]
	}
	if token != "" {
		return h.auditContinued(caller, token)
	}
	query := &csp.AuditQuery{}
	var days csp.AuditDays
	if err := readDays(parameters, &days); err != nil {
		return nil, err
	}
	if err := h.audit().Window(query, days); err != nil {
		return nil, err
	}
	if err := auditFilter(parameters["filter"], query); err != nil {
		return nil, err
	}
	size, _ := strconv.Atoi(parameters["size"]) // as for customers
	query.Size = max(0, min(size, csp.MaxPage))
	return query, nil
}

// readDays reads startDate and endDate.
func readDays(parameters map[string]string, days *csp.AuditDays) error {
	for _, day := range []struct {
		name string
		into *time.Time
	}{{"startDate", &days.Start}, {"endDate", &days.End}} {
		text := parameters[strings.ToLower(day.name)]
		at, err := parseDay(text)
		if err != nil {
			return partnercenter.ErrMalformedQuery.With("The "+day.name+" '"+shown(text)+"' is not a date; write it as 2026-03-01, or as 03/01/2026 00:00:00.", day.name)
		}
		*day.into = at
	}
	return nil
}

// dayForms are how clients write dates: ISO 8601, the invariant form of .NET, which the SDK sends, and that of the docs'
// sample, 6/1/2017 12:00:00 AM.
var dayForms = [...]string{
	time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05",
	"1/2/2006", "1/2/2006 15:04:05", "1/2/2006 3:04:05 PM", "1/2/2006 3:04:05 pm",
}

func parseDay(text string) (at time.Time, err error) {
	text = strings.TrimSpace(text)
	if text == "" || strings.EqualFold(text, "null") {
		return at, nil
	}
	for _, form := range dayForms {
		if at, err = time.Parse(form, text); err == nil {
			return at.UTC(), nil
		}
	}
	return at, err
}

const auditFilterExample = `for example {"Field":"CompanyName","Value":"kes","Operator":"substring"}`

// auditFilter reads the filter of a list of records into the query. Each field has one operator.
func auditFilter(text string, query *csp.AuditQuery) (err error) {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	var filter struct {
		Field    string         `json:"field"`
		Value    string         `json:"value"`
		Operator filterOperator `json:"operator"`
	}
	if err := web.Decode([]byte(text), &filter); err != nil {
		return partnercenter.ErrMalformedQuery.With("The filter could not be read: "+strings.ReplaceAll(err.Error(), "the body", "it")+".", auditFilterExample)
	}
	operator := operatorEquals
	value := strings.TrimSpace(filter.Value)
	switch strings.ToLower(filter.Field) {
	case "companyname":
		operator = operatorSubstring
		query.CompanyName = value
	case "customerid":
		if query.Customer, err = csp.ParseID(value); err != nil {
			return partnercenter.ErrUnknownField.With("The value of a search by CustomerId must be a tenant id, for example 7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61.", auditFilterExample)
		}
	case "resourcetype":
		if query.Resource, err = auditResource(value); err != nil {
			return err
		}
	default:
		return partnercenter.ErrUnknownField.With("Audit records cannot be searched by '"+shown(filter.Field)+"'; use CompanyName, CustomerId or ResourceType.", auditFilterExample)
	}
	if filter.Operator != operator {
		return partnercenter.ErrMalformedQuery.With("A search of audit records by "+shown(filter.Field)+" only allows the operator "+string(operator)+".", auditFilterExample)
	}
	if value == "" {
		return partnercenter.ErrUnknownField.With("The value of a search by "+filter.Field+" is empty.", auditFilterExample)
	}
	return nil
}

// auditResource is a type of resource in the service's spelling. Clients write it in Pascal case or in snake case. One that
// there are no records of finds none.
func auditResource(word string) (partnercenter.AuditResourceType, error) {
	if len(word) > 60 || strings.ContainsFunc(word, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return "", partnercenter.ErrInvalidEnum.With("The ResourceType '"+shown(word)+"' cannot be parsed; use for example Customer or customer_user.", "ResourceType")
	}
	for _, known := range partnercenter.AuditResourceTypes() {
		if strings.EqualFold(strings.ReplaceAll(word, "_", ""), strings.ReplaceAll(string(known), "_", "")) {
			return known, nil
		}
	}
	return partnercenter.AuditResourceType(strings.ToLower(word)), nil
}

// auditPosition is what a continuation token of audit records says.
type auditPosition struct {
	From     int64                           `json:"f"`
	Until    int64                           `json:"u"`
	Name     string                          `json:"m,omitzero"`
	Customer string                          `json:"c,omitzero"`
	Resource partnercenter.AuditResourceType `json:"r,omitzero"`
	Size     int                             `json:"s,omitzero"`
}

// auditContinuation is an opaque token for the page that the query asks for, for this caller's partner alone.
func (h *Handler) auditContinuation(caller *csp.Caller, next *csp.AuditQuery) string {
	at := auditPosition{From: next.From, Until: next.Until, Name: next.CompanyName, Resource: next.Resource, Size: next.Size}
	if !next.Customer.IsZero() {
		at.Customer = next.Customer.String()
	}
	text, err := json.Marshal(&at)
	if err != nil {
		panic("api: " + err.Error()) // texts and numbers
	}
	return h.Root.Prove(auditPurpose(caller), text)
}

func (h *Handler) auditContinued(caller *csp.Caller, token string) (*csp.AuditQuery, error) {
	text, ok := h.Root.Proved(auditPurpose(caller), token)
	if !ok {
		return nil, errForeignContinuation
	}
	var at auditPosition
	if err := json.Unmarshal(text, &at); err != nil {
		return nil, err
	}
	query := &csp.AuditQuery{From: at.From, Until: at.Until, CompanyName: at.Name, Resource: at.Resource, Size: at.Size}
	query.Customer, _ = csp.ParseID(at.Customer)
	return query, nil
}

// auditPurpose keeps the tokens of this list apart from those of others.
func auditPurpose(caller *csp.Caller) csp.ID { return caller.Partner.ID.Derived("auditrecords") }
