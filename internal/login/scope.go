package login

import (
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
	openID   bool   // an id token is asked for
}

const defaultScope = ".default"

// openIDScopes are no permissions of a resource. The last asks for a refresh token.
var openIDScopes = []string{"openid", "profile", "email", "offline_access"}

// targetV1 reads the resource of a v1 request. Without one the token is for the directory's graph, by its id [known].
func targetV1(f form, tenant *csp.Tenant, appOnly bool) (*target, error) {
	t := &target{resource: f["resource"]}
	if t.resource == "" {
		t.resource = aadGraphApp.String()
	}
	var ok bool
	if t.audience, ok = audience(t.resource); !ok {
		return nil, ErrResourceUnknown.With(t.resource, tenant.Name)
	}
	if !appOnly {
		t.scope = resources[t.audience]
		t.openID = slices.Contains(strings.Fields(f["scope"]), "openid")
	}
	return t, nil
}

// targetV2 reads the scopes of a v2 request. A scope is the resource, a slash and a permission of it; one without a slash
// is Microsoft Graph's (Microsoft Entra docs: scopes-oidc).
func targetV2(f form, tenant *csp.Tenant, appOnly bool) (*target, error) {
	asked, err := f.need("scope")
	if err != nil {
		return nil, err
	}
	t := &target{}
	var openID, permissions, granted []string
	for _, word := range strings.Fields(asked) {
		if slices.Contains(openIDScopes, strings.ToLower(word)) {
			openID = append(openID, strings.ToLower(word))
			continue
		}
		permission, err := t.add(word, asked, tenant, appOnly)
		if err != nil {
			return nil, err
		}
		permissions = append(permissions, permission)
		granted = append(granted, word)
	}
	switch {
	case appOnly && t.audience == "":
		return nil, ErrScopeNotDefault.With(asked)
	case appOnly:
		return t, nil
	case t.audience == "":
		t.audience, t.resource = msGraphApp.String(), clouds[0].msGraph
		permissions = append(permissions, resources[t.audience])
	}
	t.grant(openID, permissions, granted)
	return t, nil
}

// add reads one scope, which must be of the same resource as those before it.
func (t *target) add(word, asked string, tenant *csp.Tenant, appOnly bool) (permission string, err error) {
	resource, permission := clouds[0].msGraph, word
	if i := strings.LastIndexByte(word, '/'); i >= 0 {
		resource, permission = word[:i], word[i+1:]
	}
	isDefault := strings.EqualFold(permission, defaultScope)
	named, known := audience(resource)
	switch _, isResource := audience(word); {
	case appOnly && !isDefault:
		return "", ErrScopeNotDefault.With(asked)
	case isResource, !isDefault && !strings.Contains(permission, ".") && permission != "user_impersonation",
		resource == clouds[0].msGraph && permission == "user_impersonation":
		return "", ErrScopeInvalid.With(word)
	case !known:
		return "", ErrResourceUnknown.With(resource, tenant.Name)
	case t.audience != "" && t.audience != named:
		return "", ErrScopeResources.With(asked)
	}
	t.audience, t.resource = named, resource
	if isDefault {
		permission = resources[named]
	}
	return permission, nil
}

// grant puts together what a user's token may do: all that was asked for. The answer repeats the scopes as they were
// asked, because MSAL Go takes those that it misses for declined, and spells out what .default came to, as the real
// service does.
func (t *target) grant(openID, permissions, granted []string) {
	slices.Sort(permissions)
	permissions = slices.Compact(permissions)
	t.scope = strings.Join(permissions, " ")
	t.openID = slices.Contains(openID, "openid")

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
