package partnercenter

// DelegatedAdminRelationship is granular delegated admin (GDAP): what a partner asks a customer for, or has, in the order of its
// members on the wire. It is Microsoft Graph's, whose clients ask for it. Microsoft Graph docs: delegatedadminrelationship.
type DelegatedAdminRelationship struct {
	ODataType            string                       `json:"@odata.type,omitzero"`
	ODataContext         string                       `json:"@odata.context,omitzero"`
	ETag                 string                       `json:"@odata.etag,omitzero"`
	ApprovalURL          string                       `json:"@tenantry.approvalUrl,omitzero"` // this server's: where the customer approves it
	ID                   string                       `json:"id,omitzero"`
	DisplayName          string                       `json:"displayName,omitzero"`
	Duration             string                       `json:"duration,omitzero"` // ISO 8601, from P1D to P730D
	Customer             *DelegatedAdminCustomer      `json:"customer,omitzero"`
	AccessDetails        *DelegatedAdminAccessDetails `json:"accessDetails,omitzero"`
	Status               DelegatedAdminStatus         `json:"status,omitzero"`
	AutoExtendDuration   string                       `json:"autoExtendDuration,omitzero"` // PT0S or P180D
	CreatedDateTime      string                       `json:"createdDateTime,omitzero"`
	LastModifiedDateTime string                       `json:"lastModifiedDateTime,omitzero"`
	ActivatedDateTime    string                       `json:"activatedDateTime,omitzero"`
	EndDateTime          string                       `json:"endDateTime,omitzero"`
}

// DelegatedAdminStatus is how far a relationship has come.
type DelegatedAdminStatus string

// The statuses that this server knows. Those of Graph between them take no time here.
const (
	DelegatedAdminCreated         DelegatedAdminStatus = "created"
	DelegatedAdminApprovalPending DelegatedAdminStatus = "approvalPending"
	DelegatedAdminActive          DelegatedAdminStatus = "active"
	DelegatedAdminExpired         DelegatedAdminStatus = "expired"
	DelegatedAdminTerminated      DelegatedAdminStatus = "terminated"
)

// DelegatedAdminCustomer is whose administrator approves it.
type DelegatedAdminCustomer struct {
	TenantID    string `json:"tenantId,omitzero"`
	DisplayName string `json:"displayName,omitzero"`
}

// DelegatedAdminAccessDetails are the roles that a relationship or an assignment is about.
type DelegatedAdminAccessDetails struct {
	UnifiedRoles []UnifiedRole `json:"unifiedRoles,omitempty"`
}

// UnifiedRole is a directory role, by its public template id.
type UnifiedRole struct {
	RoleDefinitionID string `json:"roleDefinitionId,omitzero"`
}

// DelegatedAdminRequest is what somebody did with a relationship. Microsoft Graph docs: delegatedadminrelationshiprequest.
type DelegatedAdminRequest struct {
	ODataType            string `json:"@odata.type,omitzero"`
	ODataContext         string `json:"@odata.context,omitzero"`
	ID                   string `json:"id,omitzero"`
	Action               string `json:"action,omitzero"` // lockForApproval, approve, terminate
	Status               string `json:"status,omitzero"` // created in the answer that begins it, succeeded from then on
	CreatedDateTime      string `json:"createdDateTime,omitzero"`
	LastModifiedDateTime string `json:"lastModifiedDateTime,omitzero"`
}

// DelegatedAdminAssignment gives some of a relationship's roles to a group of the partner's tenant.
// Microsoft Graph docs: delegatedadminaccessassignment.
type DelegatedAdminAssignment struct {
	ODataType            string                         `json:"@odata.type,omitzero"`
	ODataContext         string                         `json:"@odata.context,omitzero"`
	ETag                 string                         `json:"@odata.etag,omitzero"`
	ID                   string                         `json:"id,omitzero"`
	Status               string                         `json:"status,omitzero"`
	CreatedDateTime      string                         `json:"createdDateTime,omitzero"`
	LastModifiedDateTime string                         `json:"lastModifiedDateTime,omitzero"`
	AccessContainer      *DelegatedAdminAccessContainer `json:"accessContainer,omitzero"`
	AccessDetails        *DelegatedAdminAccessDetails   `json:"accessDetails,omitzero"`
}

// DelegatedAdminAccessContainer is the group.
type DelegatedAdminAccessContainer struct {
	AccessContainerID   string `json:"accessContainerId,omitzero"`
	AccessContainerType string `json:"accessContainerType,omitzero"` // securityGroup
}
