package partnercenter

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Client speaks the Partner Center customers API, to the real service or to a Tenantry. It may be used by any number
// of goroutines at once.
//
// A call that fails on the network, or is answered 408, 429, 500, 502, 503 or 504, is sent again with the same
// MS-RequestId, so that a server which had carried it out answers what it answered then. Any answer that is not 2xx
// becomes an error in which errors.As finds a [*Fault] and an [*azcore.ResponseError].
type Client struct {
	// The parts of the API.
	Agreements             *AgreementsService
	AuditRecords           *AuditRecordsService
	CountryValidationRules *CountryValidationRulesService
	Customers              *CustomersService
	DirectoryRoles         *DirectoryRolesService
	Domains                *DomainsService
	MFAReports             *MFAReportsService
	Profiles               *ProfilesService
	Relationships          *RelationshipsService
	SelfServePolicies      *SelfServePoliciesService
	Users                  *UsersService
	Validations            *ValidationsService
	Webhooks               *WebhooksService

	azure    *azcore.Client
	endpoint string            // scheme, host and path, without a slash at the end
	headers  map[string]string // of every call
	common   service           // one allocation for all services
}

// service is what the services of a client are made of.
type service struct {
	client *Client
}

// ClientOptions are the options of [NewClient]. The zero value is for the real, global service.
//
// A try that gets no answer within three minutes is given up, as in the .NET SDK; Retry.TryTimeout changes that, and
// a negative one switches it off. Redirects are not followed, because they would carry the token along, unless
// Transport is an *http.Client with a CheckRedirect of its own.
type ClientOptions struct {
	azcore.ClientOptions

	// Locale is sent as X-Locale: the language of texts. It is en-US if empty.
	Locale string

	// ApplicationName is sent as MS-PartnerCenter-Application, for the logs of the service, unless it is empty.
	ApplicationName string

	// EnforceMFA asks the service, with ValidateMfa, to refuse calls on behalf of a user who signed in without a
	// second factor.
	EnforceMFA bool
}

// NewClient is a client of the service that opts.Cloud names, with the tokens of cred: any credential of azidentity, or
// one of [NewClientSecretCredential] and [NewPasswordCredential]. It sends nothing yet.
//
// An endpoint with plain http is refused unless its host is the machine itself, or
// opts.InsecureAllowCredentialWithHTTP is set.
func NewClient(cred azcore.TokenCredential, opts *ClientOptions) (*Client, error) {
	if cred == nil {
		return nil, errors.New("the credential is nil")
	}
	if opts == nil {
		opts = &ClientOptions{}
	}
	location, err := serviceIn(opts.Cloud)
	if err != nil {
		return nil, err
	}
	endpoint, err := parseEndpoint(location.Endpoint, opts.InsecureAllowCredentialWithHTTP)
	if err != nil {
		return nil, fmt.Errorf("endpoint of the service: %w", err)
	}
	headers := map[string]string{headerLocale: cmp.Or(opts.Locale, "en-US")}
	if opts.ApplicationName != "" {
		headers[headerApplication] = opts.ApplicationName
	}
	if opts.EnforceMFA {
		headers[headerValidateMFA] = "true"
	}
	for name, value := range headers {
		if err := checkHeader(name, value); err != nil {
			return nil, err
		}
	}

	settings := hardened(opts.ClientOptions)
	azure, err := azcore.NewClient(moduleName, moduleVersion(), runtime.PipelineOptions{
		AllowedHeaders: []string{headerRequestID, headerCorrelationID, headerServerID, headerLocale, headerApplication},
		PerRetry: []policy.Policy{
			runtime.NewBearerTokenPolicy(cred, []string{scopeOf(location.Audience)}, &policy.BearerTokenOptions{
				InsecureAllowCredentialWithHTTP: endpoint.plain, // it was allowed above
			}),
		},
	}, &settings)
	if err != nil {
		return nil, err
	}

	c := &Client{azure: azure, endpoint: endpoint.base, headers: headers}
	c.common.client = c
	c.Agreements = (*AgreementsService)(&c.common)
	c.AuditRecords = (*AuditRecordsService)(&c.common)
	c.CountryValidationRules = (*CountryValidationRulesService)(&c.common)
	c.Customers = (*CustomersService)(&c.common)
	c.DirectoryRoles = (*DirectoryRolesService)(&c.common)
	c.Domains = (*DomainsService)(&c.common)
	c.MFAReports = (*MFAReportsService)(&c.common)
	c.Profiles = (*ProfilesService)(&c.common)
	c.Relationships = (*RelationshipsService)(&c.common)
	c.SelfServePolicies = (*SelfServePoliciesService)(&c.common)
	c.Users = (*UsersService)(&c.common)
	c.Validations = (*ValidationsService)(&c.common)
	c.Webhooks = (*WebhooksService)(&c.common)
	return c, nil
}
