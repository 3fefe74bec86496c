package partnercenter

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// AuditRecord is a change that somebody of the partner made, in the order of its members on the wire.
// Partner Center docs: auditing-resources; participants and sessionId only in later samples.
type AuditRecord struct {
	ID                    string              `json:"id,omitzero"`
	PartnerID             string              `json:"partnerId,omitzero"` // whose user or application made the change
	Participants          []string            `json:"participants,omitzero"`
	CustomerID            string              `json:"customerId,omitzero"`
	CustomerName          string              `json:"customerName,omitzero"`
	UserPrincipalName     string              `json:"userPrincipalName,omitzero"` // empty: an application that spoke for itself
	ApplicationID         string              `json:"applicationId,omitzero"`
	ResourceType          AuditResourceType   `json:"resourceType,omitzero"`
	ResourceOldValue      string              `json:"resourceOldValue,omitzero"` // JSON, with the names of .NET's members
	ResourceNewValue      string              `json:"resourceNewValue,omitzero"` // likewise
	OperationType         OperationType       `json:"operationType,omitzero"`
	OriginalCorrelationID string              `json:"originalCorrelationId,omitzero"`
	OperationDate         string              `json:"operationDate,omitzero"`   // 2026-03-01T12:00:00.0000000Z
	OperationStatus       string              `json:"operationStatus,omitzero"` // succeeded
	CustomizedData        []KeyValue          `json:"customizedData,omitzero"`
	Attributes            *ResourceAttributes `json:"attributes,omitzero"`
}

// AuditRecordCollection is a page of audit records.
type AuditRecordCollection struct {
	TotalCount int           `json:"totalCount"` // of this page
	Items      []AuditRecord `json:"items"`
	// ContinuationToken is what the link to the next page carries as MS-ContinuationToken.
	ContinuationToken string              `json:"continuationToken,omitzero"`
	Links             *ResourceLinks      `json:"links,omitzero"`
	Attributes        *ResourceAttributes `json:"attributes,omitzero"`
}

// OperationType is what was done. The .NET SDK reads a word that it does not know as Undefined, the Java SDK fails on it.
type OperationType string

// OperationUndefined is what no word is made for. The SDKs for .NET and Java both have it.
const OperationUndefined OperationType = "undefined"

// The operations on customers. Partner Center docs: auditing-resources.
const (
	OperationAddCustomer                       OperationType = "add_customer"
	OperationDeleteCustomer                    OperationType = "delete_customer"
	OperationRemovePartnerCustomerRelationship OperationType = "remove_partner_customer_relationship"
	OperationUpdateCustomerBillingProfile      OperationType = "update_customer_billing_profile"
	OperationUpdateCustomerSpendingBudget      OperationType = "update_customer_spending_budget"
	OperationUpdateCustomerQualification       OperationType = "update_customer_qualification"
	OperationCreateAgreement                   OperationType = "create_agreement"
	OperationCreateSelfServePolicy             OperationType = "create_self_serve_policy"
	OperationUpdateSelfServePolicy             OperationType = "update_self_serve_policy"
	OperationDeleteSelfServePolicy             OperationType = "delete_self_serve_policy"
	OperationCreatePartnerRelationship         OperationType = "create_partner_relationship"
	OperationDAPAdminRelationshipApproved      OperationType = "dap_admin_relationship_approved"
	OperationDAPAdminRelationshipTerminated    OperationType = "dap_admin_relationship_terminated"
	OperationCreateCustomerUser                OperationType = "create_customer_user"
	OperationUpdateCustomerUser                OperationType = "update_customer_user"
	OperationDeleteCustomerUser                OperationType = "delete_customer_user"
	OperationRestoreCustomerUser               OperationType = "restore_customer_user"
	OperationResetCustomerUserPassword         OperationType = "reset_customer_user_password"
	OperationUpdateCustomerUserPrincipalName   OperationType = "update_customer_user_principal_name"
	OperationAddUserMember                     OperationType = "add_user_member"    // .NET SDK 3.4
	OperationRemoveUserMember                  OperationType = "remove_user_member" // .NET SDK 3.4

	// Granular delegated admin, in the .NET SDK 3.4.
	OperationGranularApproved            OperationType = "granular_admin_relationship_approved"
	OperationGranularActivated           OperationType = "granular_admin_relationship_activated"
	OperationGranularTerminated          OperationType = "granular_admin_relationship_terminated"
	OperationGranularExpired             OperationType = "granular_admin_relationship_expired"
	OperationGranularAssignmentCreated   OperationType = "granular_admin_access_assignment_created"
	OperationGranularAssignmentActivated OperationType = "granular_admin_access_assignment_activated"
	OperationGranularAssignmentUpdated   OperationType = "granular_admin_access_assignment_updated"
	OperationGranularAssignmentDeleted   OperationType = "granular_admin_access_assignment_deleted"
)

// AuditResourceType is what it was done to.
type AuditResourceType string

// The resources of those operations. Which operation is of which resource is inferred from the names; samples show
// add_customer alone.
const (
	AuditCustomer                    AuditResourceType = "customer"
	AuditAgreement                   AuditResourceType = "agreement"
	AuditSelfServePolicy             AuditResourceType = "self_serve_policy"
	AuditPartnerCustomerDAP          AuditResourceType = "partner_customer_dap"
	AuditPartnerCustomerRelationship AuditResourceType = "partner_customer_relationship"
	AuditUndefined                   AuditResourceType = "undefined" // what no word is made for; .NET and Java both have it
	AuditCustomerUser                AuditResourceType = "customer_user"
	AuditCustomerDirectoryRole       AuditResourceType = "customer_directory_role"
	AuditApplication                 AuditResourceType = "application"
	AuditGranularRelationship        AuditResourceType = "granular_admin_relationship"
	AuditGranularAssignment          AuditResourceType = "granular_admin_access_assignment"
)

// auditResourceTypes are all that the docs and the .NET SDK 3.4 name.
var auditResourceTypes = []AuditResourceType{
	AuditCustomer, AuditCustomerUser, "order", "subscription", "license", "third_party_add_on", "mpn_association", "transfer",
	AuditApplication, "application_credential", "partner_user", "partner_relationship", AuditPartnerCustomerDAP, "referral",
	"software_key", "software_download_link", "spending_limit", "invoice", AuditAgreement, AuditPartnerCustomerRelationship,
	AuditSelfServePolicy, AuditGranularRelationship, AuditGranularAssignment, "credit",
	AuditCustomerDirectoryRole, "software_page", "device", "policy", "overage", "new_commerce_migration", "azure_entitlement",
	AuditUndefined,
}

// AuditResourceTypes are all types of resources that records can be about.
func AuditResourceTypes() []AuditResourceType { return slices.Clone(auditResourceTypes) }

// AuditRecordsService is the record of what users and applications of the partner did.
type AuditRecordsService service

// AuditFilter is what audit records can be searched by. Only one field can be set.
type AuditFilter struct {
	CompanyName  string // is a part of the customer's name, in any case
	CustomerID   string
	ResourceType AuditResourceType
}

// ListAuditRecordsOptions are the options of [AuditRecordsService.List].
type ListAuditRecordsOptions struct {
	RequestOptions
	Start, End time.Time // days, at most 30 of the last 90; zero: the last 30 days
	Filter     AuditFilter
	Size       int // of a page; zero is the service's choice

	// ContinuationToken of a page asks for the next one. Everything else is in it.
	ContinuationToken string
}

// List is a page of audit records, the newest first, the first page unless the options carry a continuation token.
//
// Partner Center docs: get-a-record-of-partner-center-activity-by-user.
//
//partnercenter:operation GET /v1/auditrecords
func (s *AuditRecordsService) List(ctx context.Context, opts *ListAuditRecordsOptions) (*AuditRecordCollection, error) {
	if opts == nil {
		opts = &ListAuditRecordsOptions{}
	}
	query, err := opts.query()
	if err != nil {
		return nil, err
	}
	return fetch[AuditRecordCollection](ctx, s.client, call{
		name:    "AuditRecordsService.List",
		method:  http.MethodGet,
		path:    "/v1/auditrecords?" + query,
		area:    AreaAuditRecords,
		headers: map[string]string{"MS-ContinuationToken": opts.ContinuationToken},
		options: &opts.RequestOptions,
	})
}

// GetAuditRecordOptions are the options of [AuditRecordsService.Get].
type GetAuditRecordOptions RequestOptions

// Get is the audit record with the id, or nil if the partner has none: the service answers null then.
//
// Partner Center docs: partner-center-webhooks, whose events name it.
//
//partnercenter:operation GET /auditactivity/v1/auditrecords/{record-id}
func (s *AuditRecordsService) Get(ctx context.Context, id string, opts *GetAuditRecordOptions) (*AuditRecord, error) {
	segment, err := pathSegment("record id", id)
	if err != nil {
		return nil, err
	}
	record, err := fetch[*AuditRecord](ctx, s.client, call{
		name:    "AuditRecordsService.Get",
		method:  http.MethodGet,
		path:    "/auditactivity/v1/auditrecords/" + segment,
		area:    AreaAuditRecords,
		options: (*RequestOptions)(opts),
	})
	if err != nil {
		return nil, err
	}
	return *record, nil
}

// query is the options as a query. The dates are days, which is all that the service looks at.
func (o *ListAuditRecordsOptions) query() (string, error) {
	query := url.Values{}
	if o.ContinuationToken != "" {
		query.Set("seekOperation", "Next")
		return query.Encode(), nil
	}
	for name, day := range map[string]time.Time{"startDate": o.Start, "endDate": o.End} {
		if !day.IsZero() {
			query.Set(name, day.UTC().Format(time.DateOnly))
		}
	}
	if o.Size > 0 {
		query.Set("size", strconv.Itoa(o.Size))
	}
	for _, field := range [...]struct{ name, value, operator string }{
		{"CompanyName", o.Filter.CompanyName, "substring"},
		{"CustomerId", o.Filter.CustomerID, "equals"},
		{"ResourceType", string(o.Filter.ResourceType), "equals"},
	} {
		if field.value == "" {
			continue
		}
		if err := setFilter(query, field.name, field.value, field.operator); err != nil {
			return "", err
		}
	}
	return query.Encode(), nil
}
