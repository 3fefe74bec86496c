package login

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// target is what a token is asked for.
type target struct {
	audience string
	resource string // as it was asked for, which v1 answers repeat
	scope    string // the claim scp: permissions without their resource; empty for an application that speaks for itself
	granted  string // the scope of a v2 answer
	asked    string // the scopes as they were asked for, for the tokens that continue this one
	openID   bool   // an id token is asked for
	offline  bool   // a refresh token is
}

// asking is a request as far as it says what a token is for.
type asking struct {
	tenant   *csp.Tenant
	app      func(csp.ID) (*csp.App, error)
	appOnly  bool
	scope    string
	resource string

	// allowed are the permissions that the application has for the audience. Nil: all that there are.
	allowed func(audience string) ([]string, error)
	missing func(what string) error // refuses what is not among them
}

const defaultScope = ".default"

// openIDScopes are no permissions of a resource. The last asks for a refresh token.
var openIDScopes = []string{"openid", "profile", "email", "offline_access"}

// targetV1 reads the resource of a v1 request. Without one the token is for the directory's graph, by its id [known].
func (a *asking) targetV1(signsIn bool) (*target, error) {
	t := &target{resource: a.resource, asked: a.scope}
	if t.resource == "" {
		t.resource = aadGraphApp.String()
	}
	permission, err := a.audience(t, t.resource)
	if err != nil {
		return nil, err
	}
	if !a.appOnly {
		t.scope = permission
		t.openID = signsIn || slices.Contains(strings.Fields(a.scope), "openid")
		t.offline = true
	}
	return t, nil
}

// audience sets the target's audience to the resource, and returns the permissions that a user has there if none is named.
func (a *asking) audience(t *target, resource string) (permission string, err error) {
	named, permission, known := audience(resource)
	if !known && !a.appOnly {
		if named, permission, known, err = a.application(resource); err != nil {
			return "", err
		}
	}
	if !known {
		return "", ErrResourceUnknown.With(resource, a.tenant.Name)
	}
	t.audience = named
	if a.allowed != nil {
		allowed, err := a.allowed(named)
		return strings.Join(allowed, " "), err
	}
	return permission, nil
}

// mayAsk refuses a permission that the application does not have.
func (a *asking) mayAsk(t *target, permission string) error {
	if a.allowed == nil {
		return nil
	}
	allowed, err := a.allowed(t.audience)
	if err == nil && !slices.ContainsFunc(allowed, func(other string) bool { return strings.EqualFold(other, permission) }) {
		err = a.missing(permission)
	}
	return err
}

// application is the resource that is an application of somebody's, by its client id or api:// and that. It is for users only:
// no application has permissions to grant to another. The tokens are for the on-behalf-of grant.
func (a *asking) application(resource string) (named, permission string, known bool, err error) {
	named = strings.TrimRight(strings.ToLower(resource), "/")
	id, err := csp.ParseID(strings.TrimPrefix(named, "api://"))
	if err != nil {
		return "", "", false, nil
	}
	app, err := a.app(id)
	switch {
	case errors.Is(err, csp.ErrNotFound):
		return "", "", false, nil
	case err != nil:
		return "", "", false, err
	}
	return named, "user_impersonation", !app.Public && app.Tenant == a.tenant.ID, nil
}

// targetV2 reads the scopes of a v2 request. A scope is the resource, a slash and a permission of it; one without a slash
// is Microsoft Graph's (Microsoft Entra docs: scopes-oidc). An id token and a refresh token that were granted before need not
// be asked for again.
func (a *asking) targetV2(granted string) (*target, error) {
	if a.scope == "" {
		return nil, ErrMissing.With("scope")
	}
	t := &target{asked: a.scope}
	var openID, permissions, named []string
	for _, word := range strings.Fields(a.scope) {
		if slices.Contains(openIDScopes, strings.ToLower(word)) {
			openID = append(openID, strings.ToLower(word))
			continue
		}
		permission, err := a.add(t, word)
		if err != nil {
			return nil, err
		}
		permissions = append(permissions, strings.Fields(permission)...)
		named = append(named, word)
	}
	switch {
	case a.appOnly && t.audience == "":
		return nil, ErrScopeNotDefault.With(a.scope)
	case a.appOnly:
		return t, nil
	case t.audience == "":
		permission, err := a.audience(t, msGraphApp.String())
		if err != nil {
			return nil, err
		}
		t.resource = clouds[0].msGraph
		permissions = append(permissions, strings.Fields(permission)...)
	}
	for _, word := range strings.Fields(strings.ToLower(granted)) {
		if slices.Contains(openIDScopes, word) && !slices.Contains(openID, word) {
			openID = append(openID, word)
			t.asked += " " + word
		}
	}
	t.grant(openID, permissions, named)
	return t, nil
}

// add reads one scope, which must be of the same resource as those before it. A .default may stand for several permissions.
func (a *asking) add(t *target, word string) (permission string, err error) {
	resource, permission := clouds[0].msGraph, word
	if i := strings.LastIndexByte(word, '/'); i >= 0 {
		resource, permission = word[:i], word[i+1:]
	}
	isDefault := strings.EqualFold(permission, defaultScope)
	isOwn := strings.HasPrefix(strings.ToLower(resource), "api://") // whose owner names its permissions
	switch _, _, isResource := audience(word); {
	case a.appOnly && !isDefault:
		return "", ErrScopeNotDefault.With(a.scope)
	case isResource, permission == "", !isDefault && !isOwn && !strings.Contains(permission, ".") && permission != "user_impersonation",
		resource == clouds[0].msGraph && permission == "user_impersonation":
		return "", ErrScopeInvalid.With(word)
	}
	before := t.audience
	usual, err := a.audience(t, resource)
	if err != nil {
		return "", err
	}
	if before != "" && before != t.audience {
		return "", ErrScopeResources.With(a.scope)
	}
	t.resource = resource
	if isDefault {
		return usual, nil
	}
	return permission, a.mayAsk(t, permission)
}

// grant puts together what a user's token may do: all that was asked for. The answer repeats the scopes as they were
// asked, because MSAL Go takes those that it misses for declined, and spells out what .default came to, as the real
// service does.
func (t *target) grant(openID, permissions, granted []string) {
	slices.Sort(permissions)
	permissions = slices.Compact(permissions)
	t.scope = strings.Join(permissions, " ")
	t.openID = slices.Contains(openID, "openid")
	t.offline = slices.Contains(openID, "offline_access")

	answer := []string{}
	for _, word := range openID {
		if word != "offline_access" {
			answer = append(answer, word)
		}
	}
	for _, permission := range permissions {
		answer = append(answer, t.resource+"/"+permission)
	}
	for _, word := range granted {
		if !slices.Contains(answer, word) {
			answer = append(answer, word)
		}
	}
	t.granted = strings.Join(answer, " ")
}
