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

	// ErrAssertionType answers a client_assertion that is not said to be a JWT.
	ErrAssertionType = row(9002313, 400, "invalid_request", "Invalid request. The client_assertion_type must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'.")

	// ErrTwoProofs answers a client that proves itself in two ways; RFC 6749, 2.3 forbids it.
	ErrTwoProofs = row(9002313, 400, "invalid_request", "Invalid request. Use either 'client_secret' or 'client_assertion'.")

	// ErrAssertionMalformed answers an assertion that is no signed JWT.
	ErrAssertionMalformed = row(50027, 400, "invalid_request", "JWT token is invalid or malformed.")

	// ErrAssertionKey answers a client assertion that no certificate of the application's signed.
	ErrAssertionKey = row(700027, 401, "invalid_client", "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - %s]")

	// ErrAssertionApp answers a client assertion of another application.
	ErrAssertionApp = row(700021, 401, "invalid_client", "Client assertion application identifier doesn't match 'client_id' parameter. The claims 'iss' and 'sub' must both be '%s'.")

	// ErrAssertionAudience answers a client assertion for another server or tenant.
	ErrAssertionAudience = row(700023, 401, "invalid_client", "Client assertion audience claim does not match Realm issuer. The claim 'aud' must be this token endpoint, for example '%s'.")

	// ErrAssertionTime answers a client assertion that is over, or not begun.
	ErrAssertionTime = row(700024, 401, "invalid_client", "Client assertion is not within its valid time range. Current time: %s.")

	// ErrCertificateTime answers a client assertion by a certificate that is over, or not begun.
	ErrCertificateTime = row(1000502, 401, "invalid_client", "The provided certificate is not within its specified validity period.")

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

	// ErrFactorNeeded answers what lacks the second factor that the user has, where one is asked for. A form with a password has no
	// place for it. Microsoft Entra docs: reference-error-codes; vscode#240536 (v2), vscode-azure-account#971 (v1).
	ErrFactorNeeded = row(50076, 400, "invalid_grant", "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '%s'.").sub("basic_action").v1("interaction_required")

	// ErrFactorMissing answers a user who has to enrol a second factor at an interactive sign-in first.
	ErrFactorMissing = row(50079, 400, "invalid_grant", "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '%s'.").sub("basic_action").v1("interaction_required")

	// ErrFactorOld answers what a second factor was given for too long ago.
	ErrFactorOld = row(50078, 400, "invalid_grant", "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access '%s'.").sub("basic_action").v1("interaction_required")

	// ErrUserForeign answers a user of another tenant who has no delegated admin here, or has it no more.
	ErrUserForeign = row(50020, 400, "invalid_grant", "User account {EmailHidden} from another identity provider does not exist in tenant '%s' and cannot access the application '%s'(%s) in that tenant. The account needs to be added as an external user in the tenant first, or its partner needs delegated admin there.")

	// ErrUserGone answers what a user granted who is no more.
	ErrUserGone = row(500341, 400, "invalid_grant", "The user account {EmailHidden} has been deleted from its directory. To sign into this application, the account must be added to the directory.")

	// ErrCodeInvalid answers a code or refresh token that this server did not make, or not for this client.
	ErrCodeInvalid = row(70000, 400, "invalid_grant", "The provided value for the input parameter '%s' is not valid.")

	// ErrCodeExpired answers an authorization code that was not redeemed in time.
	ErrCodeExpired = row(70008, 400, "invalid_grant", "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.")

	// ErrCodeRedeemed answers an authorization code that comes a second time.
	ErrCodeRedeemed = row(54005, 400, "invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.")

	// ErrOtherTenant answers a code that was issued at another tenant.
	ErrOtherTenant = row(700005, 400, "invalid_grant", "Provided Authorization Code is intended to use against other tenant, thus rejected.")

	// ErrVerifierMissing answers a code with a PKCE challenge and no verifier.
	ErrVerifierMissing = row(9002325, 400, "invalid_request", "Proof Key for Code Exchange is required: the authorization request had a 'code_challenge', so the request body must contain 'code_verifier'.")

	// ErrVerifierWrong answers a verifier that is not the challenge's, or of a code without a challenge.
	ErrVerifierWrong = row(501481, 400, "invalid_grant", "The Code_Verifier does not match the code_challenge supplied in the authorization request.")

	// ErrReplyAddress answers a redirect URI that is not the code's.
	ErrReplyAddress = row(500112, 400, "invalid_grant", "The reply address '%s' does not match the reply address provided when requesting Authorization code.")

	// ErrRefreshIdle answers a refresh token that nobody used for too long.
	ErrRefreshIdle = row(700082, 400, "invalid_grant", "The refresh token has expired due to inactivity. It was inactive for 90 days.").sub("bad_token")

	// ErrRevoked answers what was granted before the password changed, or was revoked.
	ErrRevoked = row(50173, 400, "invalid_grant", "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.").sub("bad_token")

	// ErrPending answers a device whose user has not answered yet.
	ErrPending = row(70016, 400, "authorization_pending", "OAuth 2.0 device flow error. Authorization is pending. Continue polling.")

	// ErrSlowDown answers a device that asks too often. RFC 8628, 3.5.
	ErrSlowDown = row(0, 400, "slow_down", "OAuth 2.0 device flow error. Polling too often. Wait %s seconds between two requests.")

	// ErrDeviceExpired answers a device whose user did not answer in time.
	ErrDeviceExpired = row(70020, 400, "expired_token", "OAuth 2.0 device flow error. The provided device code has expired.").v1("code_expired")

	// ErrDeclined answers a device whose user refused.
	ErrDeclined = row(65004, 400, "authorization_declined", "User declined to consent to access the app.")

	// ErrDeviceUnknown answers a device code that is not this client's, or was redeemed.
	ErrDeviceUnknown = row(70018, 400, "bad_verification_code", "OAuth 2.0 device flow error. The provided device code is not valid.")

	// ErrBehalf answers an on-behalf-of assertion that is not a user's access token for this client.
	ErrBehalf = row(50013, 400, "invalid_grant", "Assertion failed validation. [Reason - %s]")

	// ErrBehalfExpired answers an on-behalf-of assertion whose time is over.
	ErrBehalfExpired = row(500133, 400, "invalid_grant", "Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token.")

	// ErrBehalfUse answers a jwt-bearer grant for anything but on-behalf-of.
	ErrBehalfUse = row(9002313, 400, "invalid_request", "Invalid request. The parameter 'requested_token_use' must be 'on_behalf_of'.")

	// ErrClaims answers a claims request that is not JSON.
	ErrClaims = row(9002313, 400, "invalid_request", "Invalid request. The parameter 'claims' is not a claims request in well-formed JSON.")

	// ErrResourceUnknown answers a resource that no tenant has.
	ErrResourceUnknown = row(500011, 400, "invalid_resource", "The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.")

	// ErrScopeNotDefault answers an app-only request for anything but a resource's .default.
	ErrScopeNotDefault = row(1002012, 400, "invalid_scope", "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).")

	// ErrScopeInvalid answers a scope that is no resource with a permission.
	ErrScopeInvalid = row(70011, 400, "invalid_scope", "The provided value for the input parameter 'scope' is not valid. The scope '%s' is not a resource and a permission, as in 'https://api.partnercenter.microsoft.com/.default'.")

	// ErrScopeResources answers scopes that would need several tokens.
	ErrScopeResources = row(70011, 400, "invalid_scope", "The provided value for the input parameter 'scope' is not valid because it contains more than one resource: '%s'.")

	// ErrReplyMissing answers a sign-in that names no redirect URI, of an application that has not just one.
	ErrReplyMissing = row(900971, 400, "invalid_request", "No reply address provided. Name one of those that are registered for the application '%s' in 'redirect_uri'.")

	// ErrReplyUnknown answers a redirect URI that is not the application's. It is shown, and nothing is sent there.
	ErrReplyUnknown = row(50011, 400, "invalid_request", "The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application '%s'.")

	// ErrResponseType answers a response_type that this server does not make.
	ErrResponseType = row(70005, 400, "unsupported_response_type", "The response_type '%s' is not supported. Use 'code', 'id_token', 'code id_token' or 'id_token token'.")

	// ErrImplicitOff answers an access token without a code, where the registration of the application does not have it.
	ErrImplicitOff = row(700051, 400, "unsupported_response_type", "response_type 'token' is not enabled for the application '%s'. Use 'code', or register the application with implicit tokens.")

	// ErrResponseMode answers a response_mode that there is not, or not for the response_type or redirect URI.
	ErrResponseMode = row(70007, 400, "invalid_request", "'%s' is not a supported value of 'response_mode' for the response_type '%s' and this redirect URI.")

	// ErrParameter answers a parameter of a sign-in that cannot be followed.
	ErrParameter = row(90023, 400, "invalid_request", "The value of the parameter '%s' is not valid: %s.")

	// ErrLoginNeeded answers prompt=none where nobody has signed in. OpenID Connect Core, 3.1.2.6.
	ErrLoginNeeded = row(50058, 400, "login_required", "Session information is not sufficient for single-sign-on.")

	// ErrChoiceNeeded answers prompt=none where several have.
	ErrChoiceNeeded = row(16000, 400, "interaction_required", "Either multiple user identities are available for the current request or selected account is not supported for the scenario.")

	// ErrFactorAsked, ErrEnrolmentAsked and ErrFactorAgain answer prompt=none where a page would ask for a second factor.
	ErrFactorAsked    = row(50076, 400, "interaction_required", "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.")
	ErrEnrolmentAsked = row(50079, 400, "interaction_required", "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication.")
	ErrFactorAgain    = row(50078, 400, "interaction_required", "Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication.")

	// ErrConsentNeeded answers prompt=none where the user has not allowed it.
	ErrConsentNeeded = row(65001, 400, "consent_required", "The user or administrator has not consented to use the application with ID '%s' named '%s'. Send an interactive authorization request for this user and resource.")

	// ErrConsentMissing answers a token request for what the application is not allowed in the tenant.
	ErrConsentMissing = row(65001, 400, "invalid_grant", "The user or administrator has not consented to use the application with ID '%s' named '%s' for '%s'. Send an interactive authorization request for this user and resource, or give an application consent for the customer.").sub("consent_required")

	// ErrConsentRefused answers a user who refuses.
	ErrConsentRefused = row(65004, 400, "access_denied", "User declined to consent to access the app.")

	// ErrAdminNeeded answers prompt=admin_consent by somebody who is no administrator.
	ErrAdminNeeded = row(90094, 400, "access_denied", "An administrator of the tenant is needed to allow '%s' for all of its users.")

	// ErrFormForged answers a form that its page did not show to this browser for this account. Microsoft Entra docs:
	// reference-error-codes.
	ErrFormForged = row(165000, 400, "invalid_request", "Invalid Request: the form does not match the browser, account or address that its page was shown for. Open the page again.")

	// ErrInvitationForged answers a link to a partner's invitation that was not made here.
	ErrInvitationForged = row(0, 404, "invalid_request", "The link to the partner's request is not complete, or was not made by this server. Ask the partner for a new one.")

	// ErrInstanceUnknown answers an authority that is neither this server nor a known cloud. MSAL looks for this word.
	ErrInstanceUnknown = row(50049, 400, "invalid_instance", "Unknown or invalid instance.")

	// ErrNoEndpoint answers a path that the surface does not have.
	ErrNoEndpoint = row(0, 404, "invalid_request", "There is no endpoint '%s'.")

	// ErrNoUserToken answers a request for what is known of a user without a token of one. OpenID Connect Core, 5.3.3.
	ErrNoUserToken = row(50027, 401, "invalid_token", "JWT token is invalid or malformed. Send an access token of a user of this tenant as 'Authorization: Bearer <token>'.")

	// ErrTransient answers when the server cannot take the request now, or ran out of time over it.
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

// v1 gives the row another OAuth error at the v1 endpoints.
func (e *Error) v1(kind string) *Error {
	e.KindV1 = kind
	return e
}
