package csp

import (
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// graphTime is a time as Microsoft Graph writes it.
func graphTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.0000000Z")
}

func weakETag(etag string) string { return `W/"` + etag + `"` }

// Account is the relationship as it is answered at the time.
func (r *GranularRelationship) Account(now time.Time) *partnercenter.DelegatedAdminRelationship {
	account := &partnercenter.DelegatedAdminRelationship{
		ETag:                 weakETag(r.ETag),
		ID:                   r.ID,
		DisplayName:          r.Name,
		Duration:             r.Duration,
		AccessDetails:        accessDetails(r.Roles),
		Status:               r.StatusAt(now),
		AutoExtendDuration:   "PT0S",
		CreatedDateTime:      graphTime(r.Created),
		LastModifiedDateTime: graphTime(r.Modified),
		ActivatedDateTime:    graphTime(r.Activated),
		EndDateTime:          graphTime(r.EndsAt(now)),
	}
	if r.AutoExtend {
		account.AutoExtendDuration = "P180D"
	}
	if !r.Customer.IsZero() {
		account.Customer = &partnercenter.DelegatedAdminCustomer{TenantID: r.Customer.String(), DisplayName: r.CustomerName}
	}
	return account
}

func accessDetails(roles []string) *partnercenter.DelegatedAdminAccessDetails {
	details := &partnercenter.DelegatedAdminAccessDetails{}
	for _, role := range roles {
		details.UnifiedRoles = append(details.UnifiedRoles, partnercenter.UnifiedRole{RoleDefinitionID: role})
	}
	return details
}

// What Graph answers to those who begin something. Whoever reads it afterwards finds it done: here all is at once.
// Microsoft Graph docs: delegatedadminrelationship-post-requests and -post-accessassignments.
const (
	RequestBegun    = "created"
	AssignmentBegun = "pending"
)

// Account is the request as it is answered from then on.
func (q *GranularRequest) Account() *partnercenter.DelegatedAdminRequest {
	return &partnercenter.DelegatedAdminRequest{
		ID: q.ID, Action: q.Action, Status: "succeeded", CreatedDateTime: graphTime(q.At), LastModifiedDateTime: graphTime(q.At),
	}
}

// Account is the assignment as it is answered.
func (a *GranularAssignment) Account() *partnercenter.DelegatedAdminAssignment {
	return &partnercenter.DelegatedAdminAssignment{
		ETag:                 weakETag(a.ETag),
		ID:                   a.ID,
		Status:               "active",
		CreatedDateTime:      graphTime(a.Created),
		LastModifiedDateTime: graphTime(a.Modified),
		AccessContainer:      &partnercenter.DelegatedAdminAccessContainer{AccessContainerID: a.Group.String(), AccessContainerType: "securityGroup"},
		AccessDetails:        accessDetails(a.Roles),
	}
}

// event is one about the relationship. Partner Center docs: partner-center-webhook-events.
func (r *GranularRelationship) event(name partnercenter.WebhookEvent) Event {
	return Event{Name: name, ResourceName: "GranularAdminRelationship", ResourcePath: "/granularAdminRelationships/" + r.ID}
}

func (r *GranularRelationship) assignmentEvent(name partnercenter.WebhookEvent, id string) Event {
	return Event{Name: name, ResourceName: "GranularAdminAccessAssignment", ResourcePath: "/granularAdminRelationships/" + r.ID + "/accessAssignments/" + id}
}

// audited is the relationship as it is recorded.
func (r *GranularRelationship) audited(now time.Time) ([]byte, error) {
	account := r.Account(now)
	account.ETag = ""
	return json.Marshal(account)
}

// outcome tells what the relationship has become.
func (r *GranularRelationship) outcome(operation partnercenter.OperationType, event partnercenter.WebhookEvent, old []byte, now time.Time) (Outcome, error) {
	text, err := r.audited(now)
	return Outcome{
		Audit:  &AuditEntry{Operation: operation, Resource: partnercenter.AuditGranularRelationship, ResourceID: r.ID, Old: old, New: text},
		Events: []Event{r.event(event)},
	}, err
}
