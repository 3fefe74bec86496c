package login

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

const (
	promptAdminConsent = "admin_consent"

	stepAllow  = "allow"
	stepRefuse = "refuse"
)

// consented reports whether the user allows what is asked for: once, or now, on a page. With false and no error the answer is
// given. The applications that every tenant has are allowed by that. An administrator who is asked for admin consent allows it
// for all users of the tenant.
func (a *authorization) consented(who *account) (bool, error) {
	ctx, prompts := a.v.r.Context(), a.v.prompts()
	forAll := prompts[promptAdminConsent]
	if forAll && !(who.user.Tenant == a.tenant.ID && slices.Contains(who.user.Roles, csp.CompanyAdministrator)) {
		return false, ErrAdminNeeded.With(a.app.Name)
	}
	switch a.v.step() {
	case stepAllow:
		if err := a.v.checkForm(who); err != nil {
			return false, err
		}
		consent := csp.Consent{Tenant: a.tenant.ID, User: who.user.ID, App: a.app.ID}
		if forAll {
			consent.User = csp.ID{}
		}
		return true, a.h.Store.AddConsent(ctx, consent, a.permissions)
	case stepRefuse:
		if err := a.v.checkForm(who); err != nil {
			return false, err
		}
		return false, ErrConsentRefused
	}
	if !forAll && !prompts[promptConsent] {
		missing, err := a.missing(who)
		if err != nil || !missing {
			return err == nil, err
		}
		if prompts[promptNone] {
			return false, ErrConsentNeeded.With(a.app.ID.String(), a.app.Name)
		}
	}
	return false, a.showConsent(who, forAll)
}

// missing reports whether something is asked for that was not allowed yet.
func (a *authorization) missing(who *account) (bool, error) {
	if _, isPublic := publicClients[a.app.ID]; isPublic {
		return false, nil
	}
	allowed, err := a.h.Store.Consents(a.v.r.Context(), csp.Consent{Tenant: a.tenant.ID, User: who.user.ID, App: a.app.ID})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(a.permissions, func(permission string) bool { return !slices.Contains(allowed, permission) }), nil
}

// showConsent asks the user. It says whose application it is and where the answer goes, which tells a stranger's with a
// well-known name.
func (a *authorization) showConsent(who *account, forAll bool) error {
	data := struct {
		AppName, Publisher, Host string
		Permissions              []string
		ForAll                   bool
	}{AppName: a.app.Name, Host: hostOf(a.redirect), ForAll: forAll}
	var err error
	if data.Publisher, err = a.publisher(); err != nil {
		return err
	}
	data.Permissions = a.v.said(a.permissions)
	p := &page{visit: a.v, Name: "consent", Title: a.v.T("consent.title"), Account: who, Beyond: []string{originOf(a.redirect)}, Data: data}
	return p.show()
}

// publisher is whose application it is; empty for one that every tenant has.
func (a *authorization) publisher() (string, error) {
	home, err := a.h.Store.Tenant(a.v.r.Context(), a.app.Tenant)
	if errors.Is(err, csp.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return home.Name, nil
}

// said are the permissions in words.
func (v *visit) said(permissions []string) (texts []string) {
	if slices.Contains(permissions, "openid") {
		texts = append(texts, v.T("consent.openid"))
	}
	for _, permission := range permissions {
		switch i := strings.LastIndexByte(permission, '/'); {
		case permission == "offline_access":
			texts = append(texts, v.T("consent.offline"))
		case i > 0 && permission[i+1:] == "user_impersonation":
			texts = append(texts, v.T("consent.all", resourceName(permission[:i])))
		case i > 0:
			texts = append(texts, v.T("consent.one", resourceName(permission[:i]), permission[i+1:]))
		}
	}
	return texts
}

// resourceName is what people call a resource.
func resourceName(audience string) string {
	for _, c := range clouds {
		switch audience {
		case c.api, partnerCenterApp.String(), devCenterApp.String():
			return "Microsoft Partner Center"
		case c.graph, aadGraphApp.String():
			return "Azure Active Directory Graph"
		case c.msGraph, msGraphApp.String():
			return "Microsoft Graph"
		case c.arm, armApp.String():
			return "Azure Resource Manager"
		}
	}
	return audience
}

// hostOf is the host of a URI, or its scheme where it has none that people know.
func hostOf(uri string) string {
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Host == "" || !strings.HasPrefix(uri, "http") {
		scheme, _, _ := strings.Cut(uri, ":")
		return scheme + ":"
	}
	return parsed.Host
}
