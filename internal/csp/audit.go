package csp

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/partnercenter"
)

// AuditEntry is what a change says of itself for the record. When it was, whose customer it was and who called, the store
// adds.
type AuditEntry struct {
	Operation  partnercenter.OperationType
	Resource   partnercenter.AuditResourceType
	ResourceID string         // a part of the record's id; empty: there is none
	Old, New   jsontext.Value // the resource as on the wire; empty: it was not there

	// AsIs says that the customer was created as it is now. The store keeps no New for such an entry until the customer is about to
	// change: there is one for each customer, and most never change. Who reads it finds it complete.
	AsIs bool
}

// AuditRecord is an entry with all that the store added.
type AuditRecord struct {
	AuditEntry
	Order        int64 // when it was; see OrderAt
	Partner      ID    // whose user or application it was
	Participants []ID  // the partners of the relationship
	Customer     ID
	CustomerName string
	By           Actor
}

// AuditQuery asks for a page of the records that a partner may read.
type AuditQuery struct {
	From, Until int64 // orders: those of the first, and behind the last

	CompanyName string // a part of the customer's name, in any case
	Customer    ID     // zero: any
	Resource    partnercenter.AuditResourceType

	Size int
}

// Audit reads what was recorded.
type Audit struct {
	Store Store
	Now   func() time.Time
}

// What can be asked of the audit. Partner Center docs: get-a-record-of-partner-center-activity-by-user.
const (
	AuditKept   = 90 // days
	AuditWindow = 30 // days
	auditDay    = 24 * time.Hour
)

// AuditDays are the days of which records are asked for; zero is the service's choice. An end at midnight means that whole day:
// the .NET SDK writes days so.
type AuditDays struct{ Start, End time.Time }

// Window puts the days into the query, or refuses them.
func (a *Audit) Window(query *AuditQuery, days AuditDays) error {
	now := a.Now().UTC()
	start, end := days.Start, days.End
	if end.Equal(end.Truncate(auditDay)) && !end.IsZero() {
		end = end.Add(auditDay)
	}
	switch {
	case start.IsZero() && end.IsZero():
		start, end = now.Truncate(auditDay).AddDate(0, 0, -AuditWindow), now.Add(auditDay)
	case start.IsZero():
		start = end.AddDate(0, 0, -AuditWindow)
	case end.IsZero():
		end = start.AddDate(0, 0, AuditWindow+1)
	}
	first := now.Truncate(auditDay).AddDate(0, 0, -AuditKept)
	switch {
	case start.Before(first) && !days.Start.IsZero():
		return partnercenter.ErrMalformedQuery.With(fmt.Sprintf("The startDate %s lies more than %d days back; ask for %s or later.",
			start.Format(time.DateOnly), AuditKept, first.Format(time.DateOnly)), "startDate")
	case !end.After(start):
		return partnercenter.ErrMalformedQuery.With(fmt.Sprintf("The endDate must not lie before the startDate, %s.", start.Format(time.DateOnly)), "endDate")
	case end.Sub(start) > (AuditWindow+1)*auditDay && !days.Start.IsZero():
		return partnercenter.ErrMalformedQuery.With(fmt.Sprintf("The days from startDate to endDate are more than %d; ask for less at once, for example until %s.",
			AuditWindow, start.AddDate(0, 0, AuditWindow).Format(time.DateOnly)), "endDate")
	}
	query.From, query.Until = OrderAt(start), OrderAt(end)
	return nil
}

// AuditPage is a page of records.
type AuditPage struct {
	Items []partnercenter.AuditRecord
	Next  *AuditQuery // nil: this is the last one
}

// Records are a page of what the caller may read, the newest first.
func (a *Audit) Records(ctx context.Context, caller *Caller, query *AuditQuery) (*AuditPage, error) {
	if err := mayAudit(caller); err != nil {
		return nil, err
	}
	asked := *query
	if asked.Size <= 0 || asked.Size > MaxPage {
		asked.Size = MaxPage
	}
	size := asked.Size
	asked.Size++ // whether there is more
	found, err := a.Store.AuditRecords(ctx, caller.Partner.ID, &asked)
	if err != nil {
		return nil, err
	}
	page := &AuditPage{Items: []partnercenter.AuditRecord{}}
	if len(found) > size {
		found = found[:size]
		next := *query
		next.Until = found[size-1].Order
		page.Next = &next
	}
	for _, record := range found {
		item, err := record.wire()
		if err != nil {
			return nil, err
		}
		page.Items = append(page.Items, *item)
	}
	return page, nil
}

// Record is the record with the id, if the caller may read it, or nil.
func (a *Audit) Record(ctx context.Context, caller *Caller, id string) (*partnercenter.AuditRecord, error) {
	if err := mayAudit(caller); err != nil {
		return nil, err
	}
	ticks, err := strconv.ParseInt(id[strings.LastIndexByte(id, '_')+1:], 10, 64)
	if err != nil || ticks < 0 {
		return nil, nil
	}
	order := orderAtTicks(ticks)
	found, err := a.Store.AuditRecords(ctx, caller.Partner.ID, &AuditQuery{From: order, Until: order + 1, Size: 1})
	if err != nil || len(found) == 0 || !strings.EqualFold(found[0].id(), id) {
		return nil, err
	}
	return found[0].wire()
}

func mayAudit(caller *Caller) error {
	return caller.mustBe("read audit records", AdminAgents)
}

// id is how the service names records, seen in the docs' sample. The ticks of .NET are ten million to a second; an order has
// less, so that they lead back to it.
func (r *AuditRecord) id() string {
	parts := []string{r.Partner.String()}
	if !r.Customer.IsZero() {
		parts = append(parts, r.Customer.String())
	}
	if r.ResourceID != "" {
		parts = append(parts, r.ResourceID)
	}
	parts = append(parts, strings.ReplaceAll(string(r.Operation), "_", ""), strconv.FormatInt(ticksOf(r.Order), 10))
	return strings.ToLower(strings.Join(parts, "_"))
}

// Path leads to the record. Partner Center docs: partner-center-webhooks.
func (r *AuditRecord) Path() string { return "/auditactivity/v1/auditrecords/" + r.id() }

// An order counts 4096ths of a millisecond since 1970, .NET's ticks ten thousandths of one since the year 1.
const (
	unixTicks   = 621_355_968_000_000_000
	ticksPerMS  = 10_000
	ordersPerMS = 4096
)

// ticksOf is the first tick that does not lie before the order's instant.
func ticksOf(order int64) int64 {
	ms, part := order/ordersPerMS, order%ordersPerMS
	return unixTicks + ms*ticksPerMS + (part*ticksPerMS+ordersPerMS-1)/ordersPerMS
}

// orderAtTicks is the order that ticksOf makes the ticks of.
func orderAtTicks(ticks int64) int64 {
	ticks -= unixTicks
	ms, part := ticks/ticksPerMS, ticks%ticksPerMS
	return ms*ordersPerMS + part*ordersPerMS/ticksPerMS
}

// wire is the record as it is answered.
func (r *AuditRecord) wire() (*partnercenter.AuditRecord, error) {
	record := &partnercenter.AuditRecord{
		ID:                    r.id(),
		PartnerID:             r.Partner.String(),
		CustomerName:          r.CustomerName,
		UserPrincipalName:     r.By.User,
		ApplicationID:         r.By.App,
		ResourceType:          r.Resource,
		OperationType:         r.Operation,
		OriginalCorrelationID: r.By.CorrelationID,
		OperationDate:         time.UnixMicro(0).UTC().Add(time.Duration(ticksOf(r.Order)-unixTicks) * 100).Format("2006-01-02T15:04:05.0000000Z"),
		OperationStatus:       "succeeded", // what is refused or fails changes nothing, and is not recorded
		Attributes:            &partnercenter.ResourceAttributes{ObjectType: "AuditRecord"},
	}
	for _, participant := range r.Participants {
		record.Participants = append(record.Participants, participant.String())
	}
	if !r.Customer.IsZero() {
		record.CustomerID = r.Customer.String()
	}
	var err error
	if record.ResourceOldValue, err = r.value(r.Old); err == nil {
		record.ResourceNewValue, err = r.value(r.New)
	}
	if err != nil {
		return nil, fmt.Errorf("read audit record %s: %w", record.ID, err)
	}
	if r.Operation == partnercenter.OperationAddCustomer {
		var customer partnercenter.Customer
		if err := json.Unmarshal(r.New, &customer); err != nil {
			return nil, err
		}
		record.CustomizedData = []partnercenter.KeyValue{
			{Key: "PrimaryDomainName", Value: customer.CompanyProfile.Domain},
			{Key: "Relationship", Value: "Reseller"},
		}
	}
	return record, nil
}

// value is a resource as records hold it: text, or nothing where there is none.
func (r *AuditRecord) value(text jsontext.Value) (string, error) {
	if len(text) == 0 {
		return "", nil
	}
	var resource any
	switch r.Operation {
	case partnercenter.OperationAddCustomer:
		return r.createdCustomer()
	case partnercenter.OperationUpdateCustomerBillingProfile:
		resource = new(partnercenter.CustomerBillingProfile)
	case partnercenter.OperationUpdateCustomerSpendingBudget:
		resource = new(partnercenter.SpendingBudget)
	case partnercenter.OperationUpdateCustomerQualification:
		resource = new(partnercenter.CustomerQualification)
	case partnercenter.OperationCreateAgreement:
		resource = new(partnercenter.Agreement)
	case partnercenter.OperationCreateSelfServePolicy, partnercenter.OperationUpdateSelfServePolicy, partnercenter.OperationDeleteSelfServePolicy:
		resource = new(partnercenter.SelfServePolicy)
	case partnercenter.OperationUndefined:
		resource = r.undefined()
	case partnercenter.OperationCreateCustomerUser, partnercenter.OperationUpdateCustomerUser, partnercenter.OperationDeleteCustomerUser,
		partnercenter.OperationRestoreCustomerUser, partnercenter.OperationResetCustomerUserPassword, partnercenter.OperationUpdateCustomerUserPrincipalName:
		resource = new(partnercenter.CustomerUser)
	case partnercenter.OperationAddUserMember, partnercenter.OperationRemoveUserMember:
		resource = new(partnercenter.UserMember)
	case partnercenter.OperationGranularApproved, partnercenter.OperationGranularActivated, partnercenter.OperationGranularTerminated, partnercenter.OperationGranularExpired:
		resource = new(partnercenter.DelegatedAdminRelationship)
	case partnercenter.OperationGranularAssignmentCreated, partnercenter.OperationGranularAssignmentActivated,
		partnercenter.OperationGranularAssignmentUpdated, partnercenter.OperationGranularAssignmentDeleted:
		resource = new(partnercenter.DelegatedAdminAssignment)
	default:
		return "", fmt.Errorf("nothing is known of the values of %s", r.Operation)
	}
	if err := json.Unmarshal(text, resource); err != nil {
		return "", err
	}
	return auditValue(resource)
}

// CreationEntry is the entry of a customer that was created as it is. It keeps what cannot be derived; created is the rest.
func (c *Customer) CreationEntry() *AuditEntry {
	return &AuditEntry{Operation: partnercenter.OperationAddCustomer, Resource: partnercenter.AuditCustomer, ResourceID: c.ID.String(), AsIs: true}
}

// CreationValue is the New of a CreationEntry.
func (c *Customer) CreationValue() jsontext.Value {
	kept := c.Profile()
	kept.CompanyProfile.Domain = c.CompanyProfile.Domain
	kept.AllowDelegatedAccess = &c.DelegatedAccess
	if !c.Reseller.IsZero() {
		kept.AssociatedPartnerID = c.Reseller.String()
	}
	return kept.AppendJSON(make([]byte, 0, 1024))
}

// created is the customer as it was created.
func (r *AuditRecord) created() (*Customer, error) {
	customer := &Customer{ID: r.Customer, DelegatedAccess: true}
	if err := json.Unmarshal(r.New, &customer.Customer); err != nil {
		return nil, err
	}
	if customer.AllowDelegatedAccess != nil {
		customer.DelegatedAccess = *customer.AllowDelegatedAccess
	}
	if customer.AssociatedPartnerID == "" {
		return customer, nil
	}
	reseller, err := ParseID(customer.AssociatedPartnerID)
	customer.Reseller = reseller
	return customer, err
}

// createdCustomer has the shape of an indirect create's answer, also for a direct customer, and a blank password: so it was
// recorded of a live direct create of 2020.
func (r *AuditRecord) createdCustomer() (string, error) {
	customer, err := r.created()
	if err != nil {
		return "", err
	}
	value := customer.AnswerToCreate()
	value.CompanyProfile = customer.companyProfile()
	value.RelationshipToPartner = partnercenter.RelationshipReseller
	value.AllowDelegatedAccess = &customer.DelegatedAccess
	value.AssociatedPartnerID = customer.AssociatedPartnerID
	return auditValue(value)
}

// undefined is an empty resource of the kind that the record, whose operation has no word, is about.
func (r *AuditRecord) undefined() any {
	switch {
	case r.Resource == partnercenter.AuditCustomer:
		return new(partnercenter.Domain)
	case r.Resource == partnercenter.AuditGranularRelationship:
		return new(partnercenter.DelegatedAdminRelationship)
	case r.Resource == partnercenter.AuditApplication:
		return new(partnercenter.ApplicationConsent)
	case r.ResourceID == organizationProfile.name:
		return new(partnercenter.OrganizationProfile)
	case r.ResourceID == legalBusinessProfile.name:
		return new(partnercenter.LegalBusinessProfile)
	case r.ResourceID == billingProfile.name:
		return new(partnercenter.PartnerBillingProfile)
	default:
		return new(partnercenter.SupportProfile)
	}
}
