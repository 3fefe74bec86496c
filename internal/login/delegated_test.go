package login_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/partnercenter"
)

// panelApp is the application of a control panel vendor.
var panelApp = csp.MustParseID("aaaaaaaa-0000-4000-8000-000000000009")

const graph = "https://graph.windows.net"

// agent adds somebody to the partner's tenant.
func (w *world) agent(t testing.TB, name string, groups ...string) *csp.User {
	t.Helper()
	credential, err := chosenCredential()
	must(t, err)
	user := &csp.User{ID: contoso.Derived(name), Tenant: contoso, PrincipalName: name + "@contoso.onmicrosoft.com", DisplayName: name, Agents: groups, Credential: credential, Created: start}
	must(t, w.db.CreateUser(t.Context(), user))
	return user
}

// refreshOf is a refresh token that the user has for the application, which has the secret.
func (w *world) refreshOf(t testing.TB, user *csp.User, app csp.ID) url.Values {
	t.Helper()
	granted := csp.AuthorizationOf(user, app, start, "pwd", "mfa")
	granted.Scope = pc + "/user_impersonation offline_access"
	family := &csp.Family{Authorization: *granted, ID: w.IDs.New(), Used: start}
	must(t, w.db.AddFamily(t.Context(), family))
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {app.String()}, "refresh_token": {w.RefreshToken(family.ID, 0)}, "resource": {graph}}
	if app != publicApp {
		form.Set("client_secret", appSecret)
	}
	return form
}

// rolesIn is what the answer's access token says of the user's roles; it must be of the customer's tenant.
func (w *world) rolesIn(t testing.TB, access string) []string {
	t.Helper()
	verifier := &token.Verifier{Keys: w.Keys, Now: w.Now, Audiences: login.PartnerCenterAudiences(true)}
	claims, err := verifier.Verify(t.Context(), access)
	must(t, err)
	if claims.TenantID != w.customer.ID || len(claims.Groups) != 0 {
		t.Errorf("claims at the customer's: %+v", claims)
	}
	return claims.RoleTemplates
}

// TestDelegatedRoles looks at what each agent group is at a customer's, by every grant, before and after delegated admin and the
// relationship end.
func TestDelegatedRoles(t *testing.T) {
	admin, helpdesk := []string{csp.CompanyAdministrator}, []string{csp.HelpdeskAdministrator}
	for _, test := range []struct {
		name   string
		groups []string
		roles  []string
	}{
		{"admin", []string{csp.AdminAgents}, admin},
		{"helpdesk", []string{csp.HelpdeskAgents}, helpdesk},
		{"both", []string{csp.HelpdeskAgents, csp.AdminAgents}, append(admin, helpdesk...)},
		{"sales", []string{csp.SalesAgents}, nil},
		{"nobody", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			handler, path := w.serve(), "/"+w.customer.ID+"/oauth2/token"
			user := w.agent(t, test.name, test.groups...)
			refresh := w.refreshOf(t, user, publicApp)
			password := url.Values{"grant_type": {"password"}, "client_id": {publicApp.String()}, "username": {user.PrincipalName}, "password": {chosenPassword}, "resource": {graph}}
			devices := []url.Values{w.deviceAtCustomer(t, user), w.deviceAtCustomer(t, user), w.deviceAtCustomer(t, user)}
			for i, state := range []struct {
				name               string
				end                func(testing.TB)
				refused, byRefresh int // the codes of a password and device, and of a refresh token
			}{
				{"with delegated admin", func(testing.TB) {}, 0, 0},
				{"without delegated admin", w.endDelegatedAdmin, 50034, 50020},
				{"without a relationship", w.endRelationship, 700016, 700016},
			} {
				state.end(t)
				byPassword, byDevice := state.refused, state.byRefresh
				if state.refused == 0 && test.roles == nil {
					byPassword, byDevice, state.byRefresh = 50034, 50020, 50020
				}
				for name, got := range map[string]struct {
					form url.Values
					code int
				}{"refresh token": {refresh, state.byRefresh}, "password": {password, byPassword}, "device": {devices[i], byDevice}} {
					answer := post(t, handler, path, got.form)
					wantCode(t, state.name+", by "+name, answer, got.code)
					if got.code == 0 && !slices.Equal(w.rolesIn(t, answer.AccessToken), test.roles) {
						t.Errorf("%s, by %s: got %v, want %v", state.name, name, w.rolesIn(t, answer.AccessToken), test.roles)
					}
				}
			}
			wantCode(t, "at home", post(t, handler, "/common/oauth2/token", refresh), 0)
		})
	}
}

// deviceAtCustomer is a device that the user has approved for the customer's tenant, and that has no tokens yet.
func (w *world) deviceAtCustomer(t testing.TB, user *csp.User) url.Values {
	t.Helper()
	customer := csp.MustParseID(w.customer.ID)
	device := &csp.Device{Client: publicApp, Tenant: customer, Resource: graph}
	code, err := w.Grants.StartDevice(t.Context(), device)
	must(t, err)
	approval := csp.AuthorizationOf(user, publicApp, start, "pwd")
	approval.Tenant = customer
	must(t, w.Grants.ApproveDevice(t.Context(), device.UserCode, approval))
	return url.Values{"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "code": {code}}
}

// panel registers the vendor's application and gives it a consent for the customer, unless there are no grants.
func (w *world) panel(t testing.TB, grants ...partnercenter.ApplicationGrant) {
	t.Helper()
	if _, err := w.db.App(t.Context(), panelApp); err != nil {
		must(t, w.db.CreateApp(t.Context(), &csp.App{
			ID: panelApp, Tenant: contoso, Name: "Panel", NeedsConsent: true, RedirectURIs: []string{"https://panel.example/"},
			Secrets: []csp.AppSecret{{ID: w.IDs.New(), Hash: w.root.HashSecret(panelApp, appSecret), Hint: "the", Expires: start.AddDate(100, 0, 0)}},
		}))
	}
	if len(grants) > 0 {
		_, err := w.consents().Create(t.Context(), w.contosoAdmin(t), csp.MustParseID(w.customer.ID), &partnercenter.ApplicationConsent{ApplicationID: panelApp.String(), ApplicationGrants: grants}, csp.Call{})
		must(t, err)
	}
}

func (w *world) consents() *csp.ApplicationConsents {
	return &csp.ApplicationConsents{Store: w.db, Now: w.Now}
}

func (w *world) contosoAdmin(t testing.TB) *csp.Caller {
	t.Helper()
	partner, err := w.db.Partner(t.Context(), contoso)
	must(t, err)
	return &csp.Caller{Partner: partner, User: contoso.Derived("admin"), Agents: []string{csp.AdminAgents}}
}

var graphGrant = partnercenter.ApplicationGrant{EnterpriseApplicationID: "00000002-0000-0000-c000-000000000000", Scope: "User.Read,Directory.AccessAsUser.All"}

// but is the form with another value, or without one.
func but(form url.Values, name, value string) url.Values { return with(maps.Clone(form), name, value) }

// TestApplicationConsent asks for tokens at a customer's tenant with and without a consent.
func TestApplicationConsent(t *testing.T) {
	w := newWorld(t)
	w.panel(t)
	handler := w.serve()
	v1, v2 := "/"+w.customer.ID+"/oauth2/token", "/"+w.customer.ID+"/oauth2/v2.0/token"
	refresh := w.refreshOf(t, w.megan(t), panelApp)
	refreshV2 := func(scope string) url.Values { return but(but(refresh, "resource", ""), "scope", scope) }
	byItself := url.Values{"grant_type": {"client_credentials"}, "client_id": {panelApp.String()}, "client_secret": {appSecret}, "resource": {graph}}
	ownUser, ownPassword := w.signIn()
	own := url.Values{"grant_type": {"password"}, "client_id": {panelApp.String()}, "client_secret": {appSecret}, "username": {ownUser}, "password": {ownPassword}, "resource": {graph}}
	check := func(state string, codes map[string]int) {
		t.Helper()
		for name, request := range map[string]struct {
			path string
			form url.Values
		}{
			"user":                              {v1, refresh},
			"user, v2":                          {v2, refreshV2(graph + "/.default")},
			"user, a granted scope":             {v2, refreshV2(graph + "/directory.accessasuser.all")},
			"user, another scope":               {v2, refreshV2(graph + "/Directory.ReadWrite.All")},
			"user, another resource":            {v1, but(refresh, "resource", pc)},
			"user, OpenID alone":                {v2, refreshV2("openid")},
			"application":                       {v1, byItself},
			"application, v2":                   {v2, but(but(byItself, "resource", ""), "scope", graph+"/.default")},
			"application, other resource":       {v1, but(byItself, "resource", pc)},
			"customer's user":                   {v1, own},
			"customer's user, at organizations": {"/organizations/oauth2/token", own},
		} {
			want, ok := codes[name]
			if !ok {
				t.Fatalf("%s: nothing is wanted", name)
			}
			wantCode(t, state+", "+name, post(t, handler, request.path, request.form), want)
		}
		wantCode(t, state+", at home", post(t, handler, "/contoso.onmicrosoft.com/oauth2/token", refresh), 0)
		wantCode(t, state+", by itself at home", post(t, handler, "/contoso.onmicrosoft.com/oauth2/token", byItself), 0)
		wantCode(t, state+", a pre-consented one", post(t, handler, v1, w.refreshOf(t, w.megan(t), contosoApp)), codes["pre-consented"])
		wantCode(t, state+", a pre-consented one by itself", post(t, handler, v1, but(byItself, "client_id", contosoApp.String())), 700016)
	}
	without := map[string]int{
		"user": 65001, "user, v2": 65001, "user, a granted scope": 65001, "user, another scope": 65001, "user, another resource": 65001, "user, OpenID alone": 65001,
		"application": 700016, "application, v2": 700016, "application, other resource": 700016, "customer's user": 65001, "customer's user, at organizations": 65001,
	}
	check("without a consent", without)

	w.panel(t, graphGrant)
	check("with a consent", map[string]int{
		"user, another scope": 65001, "user, another resource": 65001, "user, OpenID alone": 65001, "application, other resource": 65001,
		"user": 0, "user, v2": 0, "user, a granted scope": 0, "application": 0, "application, v2": 0, "customer's user": 0, "customer's user, at organizations": 0,
	})
	answer := post(t, handler, v1, refresh)
	if claims := w.claims(t, answer.AccessToken); claims.Scope != "Directory.AccessAsUser.All User.Read" || claims.AppID != panelApp.String() {
		t.Errorf("a user's token: %+v", claims)
	}
	if claims := w.claims(t, post(t, handler, v1, byItself).AccessToken); claims.Scope != "" || claims.TenantID != w.customer.ID || claims.ObjectID == "" || !claims.AppOnly() {
		t.Errorf("an application's token: %+v", claims)
	}
	must(t, w.consents().Delete(t.Context(), w.contosoAdmin(t), csp.MustParseID(w.customer.ID), panelApp, csp.Call{}))
	check("after its deletion", without)

	w.panel(t, graphGrant)
	w.endDelegatedAdmin(t)
	foreign := map[string]int{"customer's user": 65001, "customer's user, at organizations": 65001, "pre-consented": 50020}
	for name, code := range without {
		switch {
		case strings.HasPrefix(name, "user"):
			foreign[name] = 50020
		case strings.HasPrefix(name, "application"):
			foreign[name] = code
		}
	}
	check("without delegated admin", foreign)
	w.endRelationship(t)
	for name := range foreign {
		foreign[name] = 700016
	}
	foreign["customer's user, at organizations"] = 700016
	check("without a relationship", foreign)
}

func (w *world) claims(t testing.TB, access string) *token.Claims {
	t.Helper()
	verifier := &token.Verifier{Keys: w.Keys, Now: w.Now, Audiences: login.PartnerCenterAudiences(true)}
	claims, err := verifier.Verify(t.Context(), access)
	must(t, err)
	return claims
}

// TestConsentOnPage lets an administrator of the customer allow the vendor's application itself.
func TestConsentOnPage(t *testing.T) {
	w := newWorld(t)
	w.panel(t)
	handler := w.serve()
	name, password := w.signIn()
	own := url.Values{"grant_type": {"password"}, "client_id": {panelApp.String()}, "client_secret": {appSecret}, "username": {name}, "password": {password}, "resource": {graph}}
	path := "/" + w.customer.ID + "/oauth2/token"
	wantCode(t, "before", post(t, handler, path, own), 65001)
	user, err := w.db.User(t.Context(), csp.MustParseID(w.customer.ID), name)
	must(t, err)
	must(t, w.db.AddConsent(t.Context(), csp.Consent{Tenant: user.Tenant, User: user.ID, App: panelApp}, []string{"00000002-0000-0000-c000-000000000000/user_impersonation", "openid"}))
	wantCode(t, "after", post(t, handler, path, own), 0)
	wantCode(t, "another resource", post(t, handler, path, but(own, "resource", pc)), 65001)
	wantCode(t, "OpenID", post(t, handler, "/"+w.customer.ID+"/oauth2/v2.0/token", but(but(own, "resource", ""), "scope", "openid profile")), 0)
	if answer := post(t, handler, path, but(own, "resource", pc)); answer.status != http.StatusBadRequest {
		t.Errorf("got %d", answer.status)
	}
}
