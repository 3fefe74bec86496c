package csp

import (
	"errors"
	"time"
)

// Tenant is a directory: a customer's, or a partner's own.
type Tenant struct {
	ID     ID
	Name   string
	Domain string // the initial domain
}

// Federation is the server, somebody else's, that checks the passwords of a domain's users.
type Federation struct {
	SAML                   bool // spoken to by SAML 2.0; else by WS-Trust
	MetadataURL, ActiveURL string
}

// User is somebody who can sign in to a tenant.
type User struct {
	ID                 ID
	Tenant             ID
	PrincipalName      string // the sign-in name, admin@contoso.onmicrosoft.com
	DisplayName        string
	GivenName          string
	FamilyName         string
	UsageLocation      string // ISO 3166-1 alpha-2, or empty
	PhoneNumber        string
	ImmutableID        string
	Roles              []string // template ids of directory roles
	Agents             []string // agent groups, in a partner's tenant
	Credential         []byte   // what proves a password; package token reads it
	Former             [][]byte // what proved the passwords before, the last one first
	MustChangePassword bool
	SessionsFrom       time.Time // who signed in before has to do so again; zero: nobody has
	Created            time.Time
	Deleted            time.Time // zero: it is not
}

// App is an application that is registered in its home tenant.
type App struct {
	ID           ID // the client id
	Tenant       ID
	Name         string
	Public       bool     // has neither secrets nor certificates
	RedirectURIs []string // where answers to sign-ins may be sent; see [App.Redirects]
	Secrets      []AppSecret
	Certificates []AppCertificate

	// NeedsConsent is the application of a control panel vendor: at the tenants of customers it does what an application consent
	// of the partner's or somebody of the tenant allows, and nothing else. Any other is pre-consented for users there.
	// Partner Center docs: partner-center-authentication; pre-consent.
	NeedsConsent bool

	// ImplicitTokens lets the authorize endpoint hand out access tokens: the implicit grant, for old single-page applications. It
	// is the registration's switch "access tokens" (Microsoft Entra docs: v2-oauth2-implicit-grant-flow); id tokens need none here.
	ImplicitTokens bool

	// Permissions are what the application may do by itself at Microsoft Graph, of AppPermissions.
	Permissions []string
}

// The permissions of applications that there are: to read granular delegated admin, and to change it too. Microsoft Graph docs:
// permissions-reference.
const (
	PermissionReadDelegation   = "DelegatedAdminRelationship.Read.All"
	PermissionChangeDelegation = "DelegatedAdminRelationship.ReadWrite.All"
)

// CheckPermission says what is wrong with a permission of an application.
func CheckPermission(permission string) error {
	if permission == PermissionReadDelegation || permission == PermissionChangeDelegation {
		return nil
	}
	return errors.New("there is no such permission of applications; use " + PermissionReadDelegation + " or " + PermissionChangeDelegation)
}

// Consent is whose permission it is for what application to do something in whose name.
type Consent struct {
	Tenant ID
	User   ID // zero: all users, by an administrator
	App    ID
}

// AppSecret is what proves a secret of an application; the secret itself is shown once and not kept.
type AppSecret struct {
	ID      ID
	Hash    []byte
	Hint    string // the first characters, to tell secrets apart
	Expires time.Time
}

// AppCertificate is a certificate by whose key an application proves itself.
type AppCertificate struct {
	ID  ID
	DER []byte
}

// ServicePrincipal is the object id that an application has in a tenant.
func (a *App) ServicePrincipal(tenant ID) ID {
	return tenant.Derived("servicePrincipal:" + a.ID.String())
}
