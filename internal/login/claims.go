package login

import (
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// claimsRequest is what the parameter claims asks for, as far as we have it. OpenID Connect Core, 5.5.
type claimsRequest struct {
	// capabilities are those that the client declares by asking for the claim xms_cc, which MSAL does in every request once it
	// is told that the program handles claims challenges: cp1. The token repeats them.
	capabilities []string

	// factor says that a second factor is asked for.
	factor bool
}

// askedClaim is a claim that is asked for; one that is asked for with no value in mind is there anyhow.
type askedClaim struct {
	Value  string   `json:"value"`
	Values []string `json:"values"`
}

func (c *askedClaim) has(value string) bool {
	return c != nil && (c.Value == value || slices.Contains(c.Values, value))
}

func (c *askedClaim) isThere() bool { return c != nil && (c.Value != "" || len(c.Values) > 0) }

// readClaims reads the parameter. A client asks for a second factor by the value mfa of amr, or for any authentication context
// (acrs): a second factor is all that there is to step up to. Other claims that are asked for are there anyhow, or not to be
// had, and the real service ignores those as well.
func readClaims(text string) (read claimsRequest, err error) {
	if text == "" {
		return read, nil
	}
	type claims struct {
		Capabilities *askedClaim `json:"xms_cc"`
		AMR          *askedClaim `json:"amr"`
		Contexts     *askedClaim `json:"acrs"`
	}
	var asked struct {
		AccessToken claims `json:"access_token"`
		IDToken     claims `json:"id_token"`
	}
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		return read, ErrClaims
	}
	if asked.AccessToken.Capabilities.has("cp1") {
		read.capabilities = []string{"cp1"}
	}
	for _, claims := range []claims{asked.AccessToken, asked.IDToken} {
		read.factor = read.factor || claims.AMR.has(csp.MFA) || claims.Contexts.isThere()
	}
	return read, nil
}
