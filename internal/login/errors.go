package login

import "slices"

// The catalogue. A status, a code or a text of this surface stands nowhere else.
// Statuses and OAuth errors: contract facts from captured answers and client sources; the texts are close to the real
// ones where tools look at them, and say more where that helps.
var (
	// ErrMalformedType answers a body of another type.
	ErrMalformedType = row(9002313, 400, "invalid_request", "Invalid request. The body must be application/x-www-form-urlencoded.")

	// ErrMalformedSize answers a body that no token request needs.
	ErrMalformedSize = row(9002313, 400, "invalid_request", "Invalid request. The body is larger than 64 KiB.")

	// ErrMalformedForm answers a body that ends early or has a broken escape.
	ErrMalformedForm = row(9002313, 400, "invalid_request", "Invalid request. The body is not a well-formed form.")

	// ErrMalformedBasic answers an Authorization header that says Basic and is not.
	ErrMalformedBasic = row(9002313, 400, "invalid_request", "Invalid request. The Authorization header is not well-formed Basic authentication.")

	// ErrMalformedHost answers a Host header that could not be part of a URL.
	ErrMalformedHost = row(9002313, 400, "invalid_request", "Invalid request. The Host header is not a host and port.")

	// ErrTwoClients answers a request whose header and body name different applications.
	ErrTwoClients = row(9002313, 400, "invalid_request", "Invalid request. The Authorization header and the body name different clients.")

	// ErrDuplicate answers a form that has a parameter twice; RFC 6749, 3.2 forbids it. Seen in azure-sdk-for-java#31733.
	ErrDuplicate = row(9000411, 400, "invalid_request", "The request is not properly formatted. The parameter '%s' is duplicated.")

	// ErrMissing answers a form that lacks a parameter.
	ErrMissing = row(900144, 400, "invalid_request", "The request body must contain the following parameter: '%s'.")

	// ErrQueryMissing is the same for a query.
	ErrQueryMissing = row(900144, 400, "invalid_request", "The query must contain the following parameter: '%s'.")

	// ErrWrongMethod answers an endpoint that takes another method. Seen in database-assessment#331.
	ErrWrongMethod = row(900561, 400, "invalid_request", "The endpoint only accepts %s requests. Received a %s request.")

	// ErrGrantUnsupported answers a grant that there is not, or not yet.
	ErrGrantUnsupported = row(70003, 400, "unsupported_grant_type", "The app requested an unsupported grant type '%s'. This server supports: %s.")

	// ErrTenantMalformed answers a tenant segment that can be no tenant.
	ErrTenantMalformed = row(900023, 400, "invalid_request", "Specified tenant identifier '%s' is neither a valid DNS name, nor a valid external domain.")

	// ErrTenantUnknown answers a tenant that does not exist.
	ErrTenantUnknown = row(90002, 400, "invalid_request", "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct server.")

	// ErrTenantInvalid is the same on the discovery documents, whose readers look for this word.
	ErrTenantInvalid = row(90002, 400, "invalid_tenant", "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct server.")

	// ErrTenantMissing answers a request on common that names no tenant in another way.
	ErrTenantMissing = row(50059, 400, "invalid_request", "No tenant-identifying information found in either the request or implied by any provided credentials.")

	// ErrConsumers answers the directory of personal accounts. Microsoft Entra docs: reference-error-codes.
	ErrConsumers = row(9001023, 400, "invalid_request", "The grant type isn't supported over the /consumers endpoint. Please use the /organizations or tenant-specific endpoint.")

	// ErrAppUnknown answers a client id that the tenant does not have.
	ErrAppUnknown = row(700016, 400, "unauthorized_client", "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.")

	// ErrSecretWrong answers a secret that is not the application's.
	ErrSecretWrong = row(7000215, 401, "invalid_client", "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.")

	// ErrSecretExpired answers a secret that was the application's.
	ErrSecretExpired = row(7000222, 401, "invalid_client", "The provided client secret keys for app '%s' are expired. Create a new secret for the app.")

	// ErrSecretMissing answers an application that has to prove itself and does not.
	ErrSecretMissing = row(7000218, 401, "invalid_client", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")

	// ErrAssertion answers a client_assertion: this server does not read them yet.
	ErrAssertion = row(7000218, 401, "invalid_client", "The request body must contain the following parameter: 'client_secret'. This server does not support 'client_assertion' yet.")

	// ErrSecretOfPublic answers a public client that tries to prove itself.
	ErrSecretOfPublic = row(700025, 401, "invalid_client", "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.")

	// ErrUserUnknown answers a sign-in name that the tenant does not have.
	ErrUserUnknown = row(50034, 400, "invalid_grant", "The user account {EmailHidden} does not exist in the %s directory. To sign into this application, the account must be added to the directory.")

	// ErrPasswordWrong answers a password that is not the user's.
	ErrPasswordWrong = row(50126, 400, "invalid_grant", "Error validating credentials due to invalid username or password.")

	// ErrLockedOut answers any password from where too many wrong ones came for the user.
	ErrLockedOut = row(50053, 400, "invalid_grant", "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.")

	// ErrPasswordExpired answers a first password that has to be changed.
	ErrPasswordExpired = row(50055, 400, "invalid_grant", "The password is expired. It must be changed at an interactive sign-in first.").sub("user_password_expired")

	// ErrResourceUnknown answers a resource that no tenant has.
	ErrResourceUnknown = row(500011, 400, "invalid_resource", "The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.")

	// ErrScopeNotDefault answers an app-only request for anything but a resource's .default.
	ErrScopeNotDefault = row(1002012, 400, "invalid_scope", "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).")

	// ErrScopeInvalid answers a scope that is no resource with a permission.
	ErrScopeInvalid = row(70011, 400, "invalid_scope", "The provided value for the input parameter 'scope' is not valid. The scope '%s' is not a resource and a permission, as in 'https://api.partnercenter.microsoft.com/.default'.")

	// ErrScopeResources answers scopes that would need several tokens.
	ErrScopeResources = row(70011, 400, "invalid_scope", "The provided value for the input parameter 'scope' is not valid because it contains more than one resource: '%s'.")

	// ErrInstanceUnknown answers an authority that is neither this server nor a known cloud. MSAL looks for this word.
	ErrInstanceUnknown = row(50049, 400, "invalid_instance", "Unknown or invalid instance.")

	// ErrNoEndpoint answers a path that the surface does not have.
	ErrNoEndpoint = row(0, 404, "invalid_request", "There is no endpoint '%s'.")

	// ErrNotBuilt answers a documented endpoint that this server does not carry.
	ErrNotBuilt = row(0, 501, "not_implemented", "The endpoint '%s' is not implemented by this server.")

	// ErrTransient answers when the request ran out of time.
	ErrTransient = row(90033, 503, "temporarily_unavailable", "A transient error has occurred. Please try again.")

	// ErrUnexpected stands for everything that is no refusal: the cause is logged and never sent.
	ErrUnexpected = row(50000, 500, "server_error", "There was an error issuing a token or an issue with our sign-in service.")
)

var catalogue []*Error

// row adds an error to the catalogue.
func row(code, status int, kind, text string) *Error {
	e := &Error{Code: code, Status: status, Kind: kind, Text: text}
	e.row = e
	catalogue = append(catalogue, e)
	return e
}

// sub gives the row a suberror.
func (e *Error) sub(suberror string) *Error {
	e.Suberror = suberror
	return e
}

// Errors is the whole catalogue.
func Errors() []*Error { return slices.Clone(catalogue) }
