package partnercenter

import "slices"

// The sources that faults name.
const (
	sourceBusiness = "PartnerFD"                    // the business rules
	sourceInput    = "PartnerApiServiceControllers" // the binding of input
)

// The areas of the API.
const (
	AreaAgreements    = "agreements"
	AreaAuditRecords  = "auditrecords"
	AreaCustomers     = "customers"
	AreaGranular      = "delegatedadminrelationships"
	AreaMarkets       = "countryvalidationrules"
	AreaMFAReports    = "mfareports"
	AreaProfiles      = "profiles"
	AreaRelationships = "relationships"
	AreaUsers         = "users"
	AreaValidations   = "validations"
	AreaWebhooks      = "webhooks"
)

// The catalogue. A status, a code or a message of /v1 stands nowhere else.
// Codes: Partner Center docs, error-codes, unless said otherwise.
var (
	// ErrAccessDenied answers a bearer token that is expired, badly signed or meant for somebody else.
	ErrAccessDenied = row(401, 400, "", sourceBusiness, "Access denied. The bearer token is expired, not signed by this service, or not meant for it.")

	// ErrTokenMissing answers a request without a bearer token, or with one that cannot be read.
	ErrTokenMissing = row(401, 800001, "", sourceBusiness, "The partner's bearer token is missing. Send it as 'Authorization: Bearer <token>'.")

	// ErrAudienceRefused answers a token for the directory's graph where the server was told to refuse those.
	// Seen in reports of 2026.
	ErrAudienceRefused = row(401, 900420, "", sourceBusiness, "The audience of the token is not accepted. Ask for a token for https://api.partnercenter.microsoft.com.")

	// ErrMFARequired answers a user's call without a second factor where one is demanded. Seen in announcements since 2025.
	ErrMFARequired = row(401, 900421, "", sourceBusiness, "Unauthorized - MFA required. Sign in with a second factor and use the token of that sign-in.")

	// ErrNotAPartner answers a valid token of a tenant that is no partner, a customer's for example.
	ErrNotAPartner = row(403, 2032, "", sourceBusiness, "Access denied. The token's tenant is not enrolled as a partner.")

	// ErrAppOnly answers an app-only token where a user has to stand behind the request. Partner Center docs since 2023.
	ErrAppOnly = row(403, 900329, "", sourceBusiness, "This resource does not support app-only authentication. Use a token of the application and a user.")

	// ErrNotAllowed answers a caller who may not create customers. Seen in Partner-Center-DotNet-Samples#73.
	ErrNotAllowed = row(403, 600006, AreaCustomers, sourceBusiness, "The requested action is not allowed.")

	// ErrNoRelationship answers a request about somebody else's customer.
	ErrNoRelationship = row(403, 20002, "", sourceBusiness, "The partner does not have a reseller relationship with the customer.")

	// ErrTenantNotFound answers a customer id that no tenant has.
	ErrTenantNotFound = row(404, 60003, "", sourceBusiness, "The tenant was not found.")

	// ErrMalformedID answers an id in the path that is not a GUID. Seen in the verify-indirect-reseller-mpa-status sample.
	ErrMalformedID = row(400, 2000, "", sourceInput, "Tenant Id must be a GUID.")

	// ErrMalformedHeader answers, in strict mode, a request or correlation id that is absent or not a GUID.
	ErrMalformedHeader = row(400, 2000, "", sourceInput, "A request header is missing or malformed.")

	// ErrMalformedBody answers a body that is too large, no JSON, or of the wrong form.
	ErrMalformedBody = row(400, 800002, "", sourceInput, "The request body could not be read.")

	// ErrDetailsMissing names every path of the create request that is missing. Seen in CloudBlue KB 131706.
	ErrDetailsMissing = row(400, 2001, AreaCustomers, sourceBusiness, "Customer details are missing")

	// ErrInvalidProperty names every property with a bad value. Seen in PartnerCenterPowerShellModule#82.
	ErrInvalidProperty = row(400, 27002, AreaCustomers, sourceBusiness, "A property has invalid data.")

	// ErrDomainTaken answers a create whose domain belongs to a tenant already.
	ErrDomainTaken = row(409, 27002, AreaCustomers, sourceBusiness, "The domain is already used by another tenant.")

	// ErrRegistrationNumberUnsupported is only answered under --strict-registration.
	ErrRegistrationNumberUnsupported = row(400, 600002, AreaCustomers, sourceBusiness, "An organization registration number is not supported for this country.")

	// ErrRegistrationNumberMissing answers a customer of a country whose companies must name theirs.
	ErrRegistrationNumberMissing = row(400, 600049, AreaCustomers, sourceBusiness, "Organization registration id information is missing.")

	// ErrRegistrationNumberInvalid carries the expected regular expression in its words.
	ErrRegistrationNumberInvalid = row(400, 600050, AreaCustomers, sourceBusiness, "The organization registration id does not have the right format.")

	// ErrPhoneNumberMissing answers a customer of a country where the phone number is mandatory.
	ErrPhoneNumberMissing = row(400, 600051, AreaCustomers, sourceBusiness, "The phone number of the customer is missing.")

	// ErrResellerNotFound answers an associatedPartnerId that no partner has.
	ErrResellerNotFound = row(404, 800015, AreaCustomers, sourceBusiness, "The indirect reseller was not found.")

	// ErrNotAReseller answers an associatedPartnerId that is no indirect reseller of the caller.
	ErrNotAReseller = row(400, 800016, AreaCustomers, sourceBusiness, "The partner is not a valid indirect reseller.")

	// ErrResellerAgreement answers an indirect reseller who has not accepted the partner agreement.
	ErrResellerAgreement = row(403, 900123, AreaCustomers, sourceBusiness, "The indirect reseller has not accepted the Microsoft Partner Agreement.")

	// ErrSandboxLimit answers a sandbox account that is full.
	ErrSandboxLimit = row(400, 800018, AreaCustomers, sourceBusiness, "The limit of the sandbox account is met.")

	// ErrStaleETag answers a change to a resource that has changed, whose etag came with the resource.
	ErrStaleETag = row(400, 2055, "", sourceBusiness, "The etag is no longer valid.")

	// ErrPreconditionFailed is the same where the etag came in If-Match.
	ErrPreconditionFailed = row(412, 2055, "", sourceBusiness, "The etag of If-Match is no longer valid.")

	// ErrSandboxOnly answers what only integration sandboxes can do.
	ErrSandboxOnly = row(400, 900127, AreaCustomers, sourceBusiness, "The operation is not supported in this environment: customers of sandbox accounts alone can be deleted.")

	// ErrNotInSandbox answers what integration sandboxes alone cannot do. Partner Center docs: test-and-debug; the code is inferred.
	ErrNotInSandbox = row(400, 900127, AreaCustomers, sourceBusiness, "The operation is not supported in this environment: a sandbox account adds customers, but cannot request relationships with them.")

	// ErrMalformedQuery answers a query that cannot be followed.
	ErrMalformedQuery = row(400, 2000, "", sourceInput, "The query could not be followed.")

	// ErrUnknownField answers a filter on what cannot be searched.
	ErrUnknownField = row(400, 3000, "", sourceBusiness, "The filter names a field that cannot be searched.")

	// ErrContinuationToken answers a continuation token that this service did not make for the caller.
	ErrContinuationToken = row(400, 800002, "", sourceInput, "The continuation token is not one of this list.")

	// ErrNoCountryRules answers a country code that is no market. Seen in partner-center-docs-powershell#147.
	ErrNoCountryRules = row(404, 1000, AreaMarkets, sourceBusiness, "No validation rules were found for the country/region.")

	// ErrRouteNotFound answers a path that the API does not have.
	ErrRouteNotFound = row(404, 1000, "", sourceBusiness, "The resource was not found.")

	// ErrMethodNotAllowed answers a path that exists, for other methods.
	ErrMethodNotAllowed = row(405, 0, "", sourceBusiness, "The method is not allowed for this resource.")

	// ErrNotImplemented answers a documented operation that this server does not carry.
	ErrNotImplemented = row(501, 0, "", sourceBusiness, "The operation is not implemented by this server.")

	// ErrUnexpected stands for everything that is not a fault: the cause is logged and never sent.
	ErrUnexpected = row(500, 800003, "", sourceBusiness, "The service met an unexpected error.")

	// ErrBusy answers when the server cannot take the request now; Retry-After says when to come back.
	ErrBusy = row(503, 800003, "", sourceBusiness, "The service is busy. Try again later.")

	// ErrMPNIDNotFound answers an MPN id that no partner has. Words and status: the get-partner-by-mpn-id sample.
	ErrMPNIDNotFound = row(404, 3000, AreaProfiles, sourceBusiness, "The Partner Organization with that partner_id could not be found")

	// ErrProfileMissing names every path that a profile of a partner must fill and does not. The code is that of customers.
	ErrProfileMissing = row(400, 2001, AreaProfiles, sourceBusiness, "Profile details are missing")

	// ErrProfileInvalid names every property of a partner's profile with a bad value. The code is that of customers.
	ErrProfileInvalid = row(400, 27002, AreaProfiles, sourceBusiness, "A property has invalid data.")

	// ErrWrongKindOfPartner answers a partner about relationships that its kind has none of.
	// Seen in Partner-Center-PowerShell#75 and #49, and raw in PartnerCenterPowerShellModule#83; the status is inferred.
	ErrWrongKindOfPartner = row(403, 1002, AreaRelationships, sourceBusiness, "Authorization Failed")

	// ErrInvalidEnum answers a word that stands for none of the values of an enumeration.
	ErrInvalidEnum = row(400, 900126, "", sourceInput, "The enum value cannot be parsed.")

	// ErrAddressMissing names every path that an address to validate must fill and does not.
	ErrAddressMissing = row(400, 2001, AreaValidations, sourceBusiness, "Address details are missing")

	// ErrAddressInvalid names every text of an address to validate that no address can have.
	ErrAddressInvalid = row(400, 27002, AreaValidations, sourceBusiness, "A property has invalid data.")

	// ErrAddressRejected is only answered under --address-validation=legacy; its words are a JSON text.
	// Partner Center docs before May 2021: validate-an-address.
	ErrAddressRejected = row(400, 2007, AreaValidations, sourceBusiness, "The address is not valid.")

	// ErrAgreementExists answers the confirmation of an agreement by a contact who has confirmed one for the customer before.
	// Partner Center docs: confirm-customer-consent-customer-agreement; the status is inferred.
	ErrAgreementExists = namedRow(400, 600061, AreaCustomers, "PartnerConfirmedAgreementAlreadyExists", "The partner has confirmed an agreement with this contact for the customer already.")

	// ErrTemplateNotFound answers a template id that no agreement has. The code is inferred.
	ErrTemplateNotFound = row(404, 1000, AreaAgreements, sourceBusiness, "The agreement template was not found.")

	// ErrThrottled answers a partner that calls too often; Retry-After says when to come back. The gateway before the service
	// answers it, in a shape without code and source. Partner Center docs: api-throttling-guidance.
	ErrThrottled = row(429, 0, "", "", "Rate limit is exceeded.")

	// ErrPolicyNotFound answers the id of a self-serve policy that the caller does not have.
	ErrPolicyNotFound = row(404, 600039, AreaCustomers, sourceBusiness, "The self-serve policy was not found.")

	// ErrMalformedPolicyID answers what cannot be the id of a self-serve policy.
	ErrMalformedPolicyID = row(404, 600040, AreaCustomers, sourceBusiness, "The id of the self-serve policy is not correct.")

	// ErrPolicyExists answers a second self-serve policy for a customer.
	ErrPolicyExists = row(409, 600041, AreaCustomers, sourceBusiness, "The self-serve policy exists already.")

	// ErrWebhookNotFound answers a partner that has registered no webhook. Statuses of webhooks: Partner Center docs,
	// partner-center-webhooks; their codes are inferred.
	ErrWebhookNotFound = row(404, 1000, AreaWebhooks, sourceBusiness, "The partner has no webhook registration; make one by POST /webhooks/v1/registration.")

	// ErrWebhookExists answers a second registration of a partner.
	ErrWebhookExists = row(409, 3000, AreaWebhooks, sourceBusiness, "The partner has a webhook registration already; change it by PUT /webhooks/v1/registration.")

	// ErrWebhookMissing names what a registration lacks.
	ErrWebhookMissing = row(400, 2001, AreaWebhooks, sourceBusiness, "Webhook details are missing")

	// ErrWebhookInvalid names every property of a registration with a bad value.
	ErrWebhookInvalid = row(400, 27002, AreaWebhooks, sourceBusiness, "A property has invalid data.")

	// ErrWebhookNoTest answers the wish for a test event that nobody would receive.
	ErrWebhookNoTest = row(400, 3000, AreaWebhooks, sourceBusiness, "The partner has no webhook registered for the event test-created; add it to webhookEvents by PUT /webhooks/v1/registration.")

	// ErrValidationEventNotFound answers a correlation id that no test event has, or had too long ago.
	ErrValidationEventNotFound = row(404, 1000, AreaWebhooks, sourceBusiness, "The validation event was not found.")

	// ErrQualificationExists answers a qualification of a customer that has one, approved or in review. The code is inferred:
	// that of an invalid property.
	ErrQualificationExists = row(409, 3000, AreaCustomers, sourceBusiness, "The customer has a qualification already.")

	// ErrQualificationNotFound answers a question about a qualification, or its validation code, that the customer does not
	// have. The code is inferred: that of a resource that is not there.
	ErrQualificationNotFound = row(404, 1000, AreaCustomers, sourceBusiness, "The customer has no such qualification.")

	// ErrValidationCodeUsedUp answers the use of a validation code that has none left. The code is inferred: that of an offer
	// whose uses are exceeded.
	ErrValidationCodeUsedUp = row(400, 27006, AreaCustomers, sourceBusiness, "The validation code has no creates remaining.")

	// ErrRightMissing answers a caller whose agent groups do not entitle it.
	ErrRightMissing = row(403, 900150, "", sourceBusiness, "The role of the caller lacks the right for this operation.")

	// ErrNoDelegatedAdmin answers a partner that does not administer the tenant of its customer. Partner Center docs since 2023.
	ErrNoDelegatedAdmin = row(403, 900308, "", sourceBusiness, "The partner has no delegated admin privileges for the customer.")

	// ErrUserNotFound answers the id of a user that the tenant does not have.
	ErrUserNotFound = row(404, 60002, AreaUsers, sourceBusiness, "The user was not found.")

	// ErrUserDeleted answers the id of a user that is deleted and can be restored. The code is that of the .NET SDK's sample
	// DeleteCustomerUser, the status is inferred.
	ErrUserDeleted = row(404, 3000, AreaUsers, sourceBusiness, "The user is deleted.")

	// ErrUserInvalid names every property of a user with a bad value.
	ErrUserInvalid = row(400, 3000, AreaUsers, sourceBusiness, "A property is invalid.")

	// ErrUserNameTaken answers a sign-in name that another user of the tenant has. No source tells what the service answers.
	ErrUserNameTaken = row(409, 3000, AreaUsers, sourceBusiness, "Another user has this sign-in name already.")

	// ErrLastAdministrator keeps a tenant from losing its last administrator. No source tells what the service answers; its
	// directory refuses as well.
	ErrLastAdministrator = row(403, 600006, AreaUsers, sourceBusiness, "The last Company Administrator of a tenant cannot be removed.")

	// ErrRoleNotFound answers a directory role that there is not, and a member that a role does not have. The code is inferred.
	ErrRoleNotFound = row(404, 1000, AreaUsers, sourceBusiness, "The directory role was not found.")

	// ErrConsentExists answers a second consent of an application for a customer. The status is known, the code is inferred.
	ErrConsentExists = row(409, 3000, AreaCustomers, sourceBusiness, "The application has a consent for the customer already.")

	// ErrGranularNotFound answers the id of a granular relationship, of a request or an assignment of it, that the partner does not
	// have. These faults are answered in Microsoft Graph's shape, which has words for codes.
	ErrGranularNotFound = graphRow(404, 1000, AreaGranular, sourceBusiness, "The delegated admin relationship was not found.")

	// ErrGranularInvalid names everything that is missing or wrong in a granular relationship or an assignment.
	ErrGranularInvalid = graphRow(400, 27002, AreaGranular, sourceBusiness, "A property has invalid data.")

	// ErrGranularState answers what the status of a granular relationship does not allow.
	ErrGranularState = graphRow(400, 3000, AreaGranular, sourceBusiness, "The status of the delegated admin relationship does not allow it.")

	// ErrGranularExists answers a name or a group that there is already.
	ErrGranularExists = graphRow(409, 3000, AreaGranular, sourceBusiness, "There is such a delegated admin relationship or assignment already.")

	// ErrGranularETagMissing answers a change without If-Match, which Microsoft Graph's docs demand.
	ErrGranularETagMissing = graphRow(400, 2055, AreaGranular, sourceBusiness, "The header If-Match is missing; give the @odata.etag that was answered last.")

	// ErrNoLicensesLeft answers an assignment of a licence that the customer has no more of. Partner Center docs:
	// assign-licenses-to-a-user.
	ErrNoLicensesLeft = row(400, 60012, AreaUsers, sourceBusiness, "No licenses are left for this product.")
)

var catalogue []*Fault

// row adds a fault to the catalogue.
func row(status, code int, area, source, description string) *Fault {
	fault := &Fault{Status: status, Code: code, Area: area, Source: source, Description: description, Data: []string{}}
	catalogue = append(catalogue, fault)
	return fault
}

// graphRow is a fault of what is Microsoft Graph's. Its answers have no code to know it again by, so it is not in the catalogue.
func graphRow(status, code int, area, source, description string) *Fault {
	return &Fault{Status: status, Code: code, Area: area, Source: source, Description: description, Data: []string{}}
}

// namedRow is a row that is answered in the form of the newer services.
func namedRow(status, code int, area, name, description string) *Fault {
	fault := row(status, code, area, "", description)
	fault.ErrorName = name
	return fault
}

// Faults is the whole catalogue.
func Faults() []*Fault { return slices.Clone(catalogue) }
