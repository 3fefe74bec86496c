package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/tenantry/tenantry/partnercenter"
)

// getToken asks the v1 token endpoint, and tells what was asked and answered.
func (t *tour) getToken(ctx context.Context, tenant string, form url.Values) (string, error) {
	path := "/" + tenant + "/oauth2/token"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	t.say("   POST %s", path)
	for _, name := range [...]string{"grant_type", "client_id", "client_secret", "username", "password", "resource"} {
		if form.Has(name) {
			t.say("     %-13s  %s", name, form.Get(name))
		}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		Type        string `json:"token_type"`
		ExpiresIn   any    `json:"expires_in"`
		AccessToken string `json:"access_token"`
		Description string `json:"error_description"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", err
	}
	if answer.AccessToken == "" {
		return "", fmt.Errorf("the token endpoint answered %s: %s", response.Status, answer.Description)
	}
	t.say("   %s: a %s token of %d characters, for %v seconds.", response.Status, answer.Type, len(answer.AccessToken), answer.ExpiresIn)
	return answer.AccessToken, expect("the status", response.StatusCode, http.StatusOK)
}

// shownClaims are the claims of a token: those that the tour checks, and all as they came.
type shownClaims struct {
	Audience string   `json:"aud"`
	Tenant   string   `json:"tid"`
	AppID    string   `json:"appid"`
	User     string   `json:"upn"`
	Roles    []string `json:"wids"`

	text []byte
}

// claimsOf decodes a token. Its signature is the server's business.
func claimsOf(token string) (*shownClaims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("the token has %d parts, not 3", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	claims := &shownClaims{text: text}
	return claims, json.Unmarshal(text, claims)
}

// indented are all claims, in the token's order, a line each.
func (c *shownClaims) indented(prefix string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, c.text, prefix, "  "); err != nil {
		return prefix + string(c.text)
	}
	return prefix + arrays.ReplaceAllStringFunc(b.String(), func(array string) string { return strings.Join(strings.Fields(array), " ") })
}

// arrays of strings are short enough for one line.
var arrays = regexp.MustCompile(`\[[^\[\]{}]*\]`)

// bearer is a token that was got before.
type bearer string

var _ azcore.TokenCredential = bearer("")

// GetToken implements [azcore.TokenCredential].
func (b bearer) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(b), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func azureOptions(url string) azcore.ClientOptions {
	return azcore.ClientOptions{Cloud: partnercenter.Cloud(url)}
}
