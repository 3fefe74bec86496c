package token

import "time"

// DefaultIssuer is the origin of the issuer of access tokens and v1 id tokens, whatever host made them.
const DefaultIssuer = "https://sts.windows.net"

// IssuerOf is the issuer of a tenant's access tokens under the origin.
func IssuerOf(origin, tenant string) string { return origin + "/" + tenant + "/" }

// Life is how long a token may be used, in seconds of Unix time.
type Life struct {
	IssuedAt  int64 `json:"iat"`
	NotBefore int64 `json:"nbf"`
	Expires   int64 `json:"exp"`
}

const (
	lifetime = time.Hour
	headway  = 5 * time.Minute // for clients and servers whose clock is behind
)

// LifeFrom is the life of a token that is made now: it may be used for an hour from now, and says that it was made five
// minutes ago. So iat = nbf and exp = iat + 3900, as seen in a token of 2021 (Partner-Center-Java#142), and the answer's
// not_before = expires_on - 3900, as in the Partner Center docs' sample.
func LifeFrom(now time.Time) Life {
	made := now.Add(-headway).Unix()
	return Life{IssuedAt: made, NotBefore: made, Expires: now.Add(lifetime).Unix()}
}

// Made is when the token was made.
func (l Life) Made() time.Time { return time.Unix(l.IssuedAt, 0).Add(headway) }

// Seconds is how long the token may be used from now on.
func (l Life) Seconds(now time.Time) int64 { return max(0, l.Expires-now.Unix()) }

// Claims are those of an access token in the v1 form, which Partner Center gets from either endpoint. The
// order is that of a real token (Partner-Center-Java#142).
type Claims struct {
	Audience string `json:"aud"`
	Issuer   string `json:"iss"`
	Life
	ACR              string   `json:"acr,omitzero"` // user only
	AMR              []string `json:"amr,omitzero"` // user only: how the user proved who it is
	AppID            string   `json:"appid"`
	AppIDACR         string   `json:"appidacr"` // one of the AppProvedBy constants
	FamilyName       string   `json:"family_name,omitzero"`
	GivenName        string   `json:"given_name,omitzero"`
	Groups           []string `json:"groups,omitzero"` // the agent groups, by name
	IdentityProvider string   `json:"idp,omitzero"`    // of an application, and of a user from another tenant
	IdentityType     string   `json:"idtyp,omitzero"`  // "app", app only
	Name             string   `json:"name,omitzero"`
	ObjectID         string   `json:"oid"`            // of the user, or of the application's service principal
	Roles            []string `json:"roles,omitzero"` // application permissions
	Scope            string   `json:"scp,omitzero"`   // user only
	Subject          string   `json:"sub"`
	TenantID         string   `json:"tid"`
	UniqueName       string   `json:"unique_name,omitzero"` // user only
	UPN              string   `json:"upn,omitzero"`         // user only
	TokenID          string   `json:"uti,omitzero"`
	Version          string   `json:"ver"`
	RoleTemplates    []string `json:"wids,omitzero"` // user only: directory roles
	Capabilities     []string `json:"xms_cc,omitzero"`
}

// AppOnly reports whether no user stands behind the token, which its scope tells.
func (c *Claims) AppOnly() bool { return c.Scope == "" }

// How the application proved who it is, in appidacr.
const (
	AppProvedByNothing     = "0" // a public client
	AppProvedBySecret      = "1"
	AppProvedByCertificate = "2"
)

// IDClaims are those of an id token; which of them there are is the v1 or the v2 form.
type IDClaims struct {
	Audience string `json:"aud"` // the client id
	Issuer   string `json:"iss"`
	Life
	AuthTime          int64    `json:"auth_time,omitzero"`   // v2
	AMR               []string `json:"amr,omitzero"`         // v1
	AccessTokenHash   string   `json:"at_hash,omitzero"`     // of an access token that comes with the token
	CodeHash          string   `json:"c_hash,omitzero"`      // of an authorization code that does
	FamilyName        string   `json:"family_name,omitzero"` // v1
	GivenName         string   `json:"given_name,omitzero"`  // v1
	Name              string   `json:"name,omitzero"`
	Nonce             string   `json:"nonce,omitzero"`
	ObjectID          string   `json:"oid"`
	PreferredUsername string   `json:"preferred_username,omitzero"` // v2
	Subject           string   `json:"sub"`
	TenantID          string   `json:"tid"`
	UniqueName        string   `json:"unique_name,omitzero"` // v1
	UPN               string   `json:"upn,omitzero"`         // v1
	TokenID           string   `json:"uti,omitzero"`
	Version           string   `json:"ver"`
}
