package partnercenter

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
)

// refreshMargin is how long before a token expires a new one is asked for: azcore's own.
const refreshMargin = 5 * time.Minute

// longestLife is how long a token is believed to live, whatever is said.
const longestLife = 30 * 24 * time.Hour

// request asks the token endpoint.
func (c *Credential) request(ctx context.Context, key tokenKey, claims string) (azcore.AccessToken, error) {
	var none azcore.AccessToken
	tenant, err := pathSegment("tenant", key.tenant)
	if err != nil {
		return none, err
	}
	req, err := runtime.NewRequest(ctx, http.MethodPost, c.endpoint+"/"+tenant+"/oauth2/v2.0/token")
	if err != nil {
		return none, err
	}
	form := c.grant()
	form.Set("scope", key.scope)
	if claims != "" {
		form.Set("claims", claims)
	}
	body := streaming.NopCloser(strings.NewReader(form.Encode()))
	if err := req.SetBody(body, "application/x-www-form-urlencoded"); err != nil {
		return none, err
	}
	req.Raw().Header.Set("Accept", "application/json")

	asked := time.Now()
	resp, err := c.pipeline.Do(req)
	if err != nil {
		return none, err
	}
	if resp.StatusCode != http.StatusOK {
		return none, newAuthenticationError(resp, c.clean)
	}
	return parseToken(resp, asked)
}

// parseToken reads the answer of the token endpoint. Its expires_in is a number in v2 and a string in v1.
func parseToken(resp *http.Response, asked time.Time) (azcore.AccessToken, error) {
	var answer struct {
		AccessToken string          `json:"access_token"`
		ExpiresIn   json.RawMessage `json:"expires_in"`
	}
	if err := decode(resp, &answer); err != nil {
		return azcore.AccessToken{}, fmt.Errorf("answer of the token endpoint: %w", err)
	}
	seconds, err := strconv.Atoi(textOf(answer.ExpiresIn))
	if answer.AccessToken == "" || err != nil || seconds <= 0 {
		return azcore.AccessToken{}, errors.New("answer of the token endpoint: no access_token, or no expires_in")
	}
	life := time.Duration(min(seconds, int(longestLife/time.Second))) * time.Second
	return azcore.AccessToken{
		Token:     answer.AccessToken,
		ExpiresOn: asked.Add(life),
		RefreshOn: asked.Add(life - min(refreshMargin, life/2)),
	}, nil
}

// AuthenticationError is the answer of a token endpoint that gave no token. It never holds what was sent.
// Its AADSTS number, the first of Codes, tells what is wrong: 7000215 is a wrong secret, 50126 a wrong password.
type AuthenticationError struct {
	Code          string `json:"error"` // of OAuth: invalid_client, invalid_grant, …
	Suberror      string `json:"suberror,omitzero"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"` // of AADSTS
	Timestamp     string `json:"timestamp,omitzero"`
	TraceID       string `json:"trace_id,omitzero"`
	CorrelationID string `json:"correlation_id,omitzero"`
	ErrorURI      string `json:"error_uri,omitzero"`

	// Claims, if any, go into the next request for a token (conditional access).
	Claims string `json:"claims,omitzero"`

	Status int `json:"-"` // the HTTP status
}

// Error names the status, the OAuth error and the description, which has the ids that support asks for.
func (e *AuthenticationError) Error() string {
	code := cmp.Or(e.Code, "no OAuth error")
	if e.Suberror != "" {
		code += ", " + e.Suberror
	}
	return fmt.Sprintf("no token (status %d, %s): %s", e.Status, code, e.Description)
}

// newAuthenticationError reads the error of a token endpoint. Whatever answered may have sent the form back, hence clean.
func newAuthenticationError(resp *http.Response, clean func(string) string) error {
	body, err := payload(resp)
	if err != nil {
		return err
	}
	refused := &AuthenticationError{}
	_ = json.Unmarshal(body, refused) // what is no JSON, or not all of it, is told by its text
	refused.Status = resp.StatusCode
	if refused.Code == "" && refused.Description == "" {
		refused.Description = cmp.Or(excerpt(clean(string(body))), statusText(resp.StatusCode))
	}
	for _, text := range []*string{
		&refused.Code, &refused.Suberror, &refused.Description, &refused.Timestamp,
		&refused.TraceID, &refused.CorrelationID, &refused.ErrorURI, &refused.Claims,
	} {
		*text = clean(*text)
	}
	return refused
}
