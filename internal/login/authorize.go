package login

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

func (h *Handler) authorizeV1(v *visit) error { return h.authorize(v, false) }

func (h *Handler) authorizeV2(v *visit) error { return h.authorize(v, true) }

// authorization is a request to the authorize endpoint on its way through the steps.
type authorization struct {
	h      *Handler
	v      *visit
	v2     bool
	tenant *csp.Tenant // nil on common, until the account tells
	app    *csp.App

	redirect string // where the answer goes: registered
	mode     string // how
	code     bool   // what it holds
	idToken  bool
	token    bool // an access token, without a code
	factor   bool // a second factor is asked for

	permissions []string // what the user is asked to allow
}

// authorize lets a user sign in to an application and answers it with a code. What is wrong with the application or its
// redirect URI is shown to the user and sent nowhere (RFC 6749, 4.1.2.1); all else is the application's to know.
func (h *Handler) authorize(v *visit, v2 bool) error {
	if v.form != nil && v.step() == "" {
		return v.fromForm()
	}
	a := &authorization{h: h, v: v, v2: v2}

	// 1. The application, and where its answers go.
	if err := a.readClient(); err != nil {
		return err
	}

	// 2. What it asks for.
	if err := a.readMode(); err != nil {
		return a.refuse(err)
	}
	if err := a.readRequest(); err != nil {
		return a.refuse(err)
	}

	// 3. The user.
	want, err := a.wanted()
	if err != nil {
		return a.refuse(err)
	}
	who, err := v.signedIn(want)
	if err != nil {
		return a.refuse(err)
	}
	if who == nil {
		return nil
	}
	if err := a.settleTenant(who); err != nil {
		return err
	}

	// 4. What the user allows.
	allowed, err := a.consented(who)
	if err != nil {
		return a.refuse(err)
	}
	if !allowed {
		return nil
	}

	// 5. The answer.
	answer, err := a.issue(who)
	if err != nil {
		return a.refuse(err)
	}
	return a.respond(answer)
}

// fromForm takes a request that a client has posted, as OpenID Connect lets it, to the same by GET: only then do the browser's
// cookies come with it, and only then can the page send its forms to itself.
func (v *visit) fromForm() error {
	var changes []string
	for name, value := range v.form {
		changes = append(changes, name, value)
	}
	return v.redirect(v.link(changes...))
}

// readClient finds the application, the tenant that it asks at, and the redirect URI.
func (a *authorization) readClient() error {
	query, ctx := a.v.query, a.v.r.Context()
	for name, values := range query {
		if len(values) > 1 {
			return ErrDuplicate.With(name)
		}
	}
	segment := a.v.r.PathValue("tenant")
	if !anyTenant(segment) {
		var err error
		if a.tenant, err = a.h.tenant(ctx, segment); err != nil {
			return err
		}
	}
	id := query.Get("client_id")
	if id == "" {
		return ErrQueryMissing.With("client_id")
	}
	app, err := a.h.app(ctx, id, &tokenRequest{segment: segment, tenant: a.tenant, grant: grantNamed("authorization_code")})
	if err != nil {
		return err
	}
	a.app, a.redirect = app, query.Get("redirect_uri")
	switch {
	case a.redirect == "" && len(app.RedirectURIs) == 1:
		a.redirect = app.RedirectURIs[0]
	case a.redirect == "":
		return ErrReplyMissing.With(app.ID.String())
	case !app.Redirects(a.redirect):
		return ErrReplyUnknown.With(a.redirect, app.ID.String())
	}
	return nil
}

// The ways in which an answer gets to the application.
const (
	modeQuery    = "query"
	modeFragment = "fragment"
	modeFormPost = "form_post"
)

// readMode reads in which form the answer is to come, which the refusals that follow have as well. A page that posts can lead
// to web pages only.
func (a *authorization) readMode() error {
	types := strings.Fields(strings.ToLower(a.v.query.Get("response_type")))
	slices.Sort(types)
	mode := strings.ToLower(a.v.query.Get("response_mode"))
	a.mode = modeQuery
	switch strings.Join(types, " ") {
	case "code":
		a.code = true
	case "id_token":
		a.idToken, a.mode = true, modeFragment
	case "code id_token":
		a.code, a.idToken, a.mode = true, true, modeFragment
	case "id_token token":
		a.token, a.idToken, a.mode = true, true, modeFragment
	case "token":
		a.token, a.mode = true, modeFragment
	case "":
		return ErrQueryMissing.With("response_type")
	default:
		if mode == modeFragment {
			a.mode = mode
		}
		return ErrResponseType.With(a.v.query.Get("response_type"))
	}
	switch {
	case mode == "":
	case mode == modeFragment, mode == modeQuery && !a.idToken && !a.token, mode == modeFormPost && strings.HasPrefix(a.redirect, "http"):
		a.mode = mode
	default:
		return ErrResponseMode.With(mode, a.v.query.Get("response_type"))
	}
	if a.token && !a.app.ImplicitTokens {
		return ErrImplicitOff.With(a.app.ID.String())
	}
	return nil
}

// challengeForm: RFC 7636, 4.2.
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// readRequest reads the rest, and refuses what could not be redeemed later.
func (a *authorization) readRequest() error {
	query := a.v.query
	challenge, method := query.Get("code_challenge"), query.Get("code_challenge_method")
	switch {
	case challenge == "" && method != "":
		return ErrParameter.With("code_challenge", "it is missing, though there is a code_challenge_method")
	case challenge != "" && !challengeForm.MatchString(challenge):
		return ErrParameter.With("code_challenge", "use 43 to 128 letters, digits or -._~")
	case method != "" && method != "S256" && method != "plain":
		return ErrParameter.With("code_challenge_method", "use S256")
	case a.idToken && query.Get("nonce") == "":
		return ErrQueryMissing.With("nonce")
	}
	asked, err := readClaims(query.Get("claims"))
	if err != nil {
		return err
	}
	a.factor = asked.factor || slices.Contains(words(query.Get("amr_values")), csp.MFA)
	prompts := a.v.prompts()
	for word := range prompts {
		if !slices.Contains([]string{promptNone, promptLogin, promptConsent, promptAdminConsent, promptSelectAccount}, word) || word == promptNone && len(prompts) > 1 {
			return ErrParameter.With("prompt", "use none alone, or login, select_account, consent or admin_consent")
		}
	}
	return a.readPermissions(query.Get("scope"), query.Get("resource"))
}

// readPermissions reads what the tokens will be for.
func (a *authorization) readPermissions(scope, resource string) error {
	ctx := a.v.r.Context()
	asked := &asking{
		tenant: a.tenant, app: func(id csp.ID) (*csp.App, error) { return a.h.Store.App(ctx, id) }, scope: scope, resource: resource,
	}
	if asked.tenant == nil {
		asked.tenant = &csp.Tenant{Name: a.v.r.PathValue("tenant")}
	}
	words := strings.Fields(strings.ToLower(asked.scope))
	var target *target
	var err error
	if a.v2 {
		if target, err = asked.targetV2(""); errors.Is(err, ErrMissing) {
			err = ErrQueryMissing.With("scope")
		}
	} else {
		target, err = asked.targetV1(true)
	}
	if err != nil {
		return err
	}
	if slices.Contains(words, "offline_access") {
		a.permissions = append(a.permissions, "offline_access")
	}
	if !a.v2 || slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(openIDScopes, word) }) {
		for permission := range strings.FieldsSeq(target.scope) {
			a.permissions = append(a.permissions, target.audience+"/"+permission)
		}
	}
	a.permissions = append(a.permissions, "openid") // signing in is what all ask for
	return nil
}

// wanted is the user that the request is for.
func (a *authorization) wanted() (*wanted, error) {
	want := &wanted{
		tenant: a.tenant, reason: a.v.T("signin.for", a.app.Name), beyond: []string{originOf(a.redirect)}, silent: a.v.prompts()[promptNone],
		factor: a.factor,
	}
	if text := a.v.query.Get("max_age"); text != "" {
		seconds, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return nil, ErrParameter.With("max_age", "use a number of seconds")
		}
		want.since = a.h.now().Add(-time.Duration(seconds) * time.Second)
	}
	if hint := a.v.query.Get("domain_hint"); isDomain(hint) {
		want.domain = hint
	}
	return want, nil
}

// words are those of a parameter that lists some, between blanks or commas, in lower case.
func words(list string) []string {
	return strings.FieldsFunc(strings.ToLower(list), func(c rune) bool { return c == ' ' || c == ',' })
}

// originOf is what a page has to allow its forms to lead to.
func originOf(uri string) string {
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		scheme, _, _ := strings.Cut(uri, ":")
		return scheme + ":"
	}
	return parsed.Scheme + "://" + parsed.Host
}

// settleTenant is the account's own tenant on common, if that knows the application.
func (a *authorization) settleTenant(who *account) error {
	if a.tenant != nil {
		return nil
	}
	a.tenant = who.tenant
	if _, isPublic := publicClients[a.app.ID]; isPublic {
		return nil
	}
	knows, err := a.h.Grants.Knows(a.v.r.Context(), a.tenant.ID, a.app)
	if err == nil && !knows {
		err = ErrAppUnknown.With(a.app.ID.String(), a.tenant.Name)
	}
	return err
}

// parameters are those of an answer, in order.
type parameters [][2]string

func (p *parameters) add(name, value string) {
	if value != "" {
		*p = append(*p, [2]string{name, value})
	}
}

// encode writes them as a query or fragment, in which some clients do not take a plus for a blank.
func (p parameters) encode() string {
	var text strings.Builder
	for i, pair := range p {
		if i > 0 {
			text.WriteByte('&')
		}
		text.WriteString(pair[0] + "=" + strings.ReplaceAll(url.QueryEscape(pair[1]), "+", "%20"))
	}
	return text.String()
}

// issue makes what the application asked for.
func (a *authorization) issue(who *account) (parameters, error) {
	ctx, query := a.v.r.Context(), a.v.query
	granted := who.grants(a.app.ID)
	granted.Tenant = a.tenant.ID
	granted.RedirectURI = query.Get("redirect_uri")
	granted.Scope, granted.Resource, granted.Nonce = query.Get("scope"), query.Get("resource"), query.Get("nonce")
	granted.Challenge, granted.ChallengeMethod = query.Get("code_challenge"), query.Get("code_challenge_method")
	if granted.Challenge != "" && granted.ChallengeMethod == "" {
		granted.ChallengeMethod = "plain" // RFC 7636, 4.3
	}

	var answer parameters
	var code, access string
	var err error
	p := &principal{
		tenant: a.tenant, client: &client{a.app, token.AppProvedByNothing}, subject: &subject{user: who.user, authorization: granted, nonce: granted.Nonce, signsIn: true},
	}
	if a.token {
		if access, err = a.issueToken(ctx, p, &answer); err != nil {
			return nil, err
		}
	}
	if a.code {
		if code, err = a.h.Grants.IssueCode(ctx, granted); err != nil {
			return nil, err
		}
		answer.add("code", code)
	}
	if a.idToken {
		idToken, err := a.signID(ctx, p, code, access)
		if err != nil {
			return nil, err
		}
		answer.add("id_token", idToken)
	}
	answer.add("client_info", p.info(isTrue(query.Get("client_info"))))
	answer.add("state", query.Get("state"))
	answer.add("session_state", who.session.String())
	return answer, nil
}

// issueToken adds an access token to the answer, by the steps of a token request. No refresh token comes with it.
// Microsoft Entra docs: v2-oauth2-implicit-grant-flow.
func (a *authorization) issueToken(ctx context.Context, p *principal, answer *parameters) (access string, err error) {
	query := a.v.query
	req := &tokenRequest{
		form: form{"scope": query.Get("scope"), "resource": query.Get("resource")}, v2: a.v2, tenant: a.tenant, client: p.client, grant: grantNamed("authorization_code"),
	}
	if err := a.h.admit(ctx, req, p.subject); err != nil {
		return "", err
	}
	if p.target, err = a.h.target(ctx, req, p.subject); err != nil {
		return "", err
	}
	if err := a.h.demandFactor(ctx, p, a.factor); err != nil {
		return "", err
	}
	life := a.h.lifeNow()
	if access, err = a.h.Keys.SignAccess(ctx, a.h.accessClaims(p, life)); err != nil {
		return "", err
	}
	scope := p.target.scope
	if a.v2 {
		scope = p.target.granted
	}
	answer.add("access_token", access)
	answer.add("token_type", "Bearer")
	answer.add("expires_in", strconv.FormatInt(life.Seconds(a.h.now()), 10))
	answer.add("scope", scope)
	return access, nil
}

// signID is the id token that comes with the code or the access token.
func (a *authorization) signID(ctx context.Context, p *principal, code, access string) (string, error) {
	origin, err := a.h.origin(a.v.r)
	if err != nil {
		return "", err
	}
	life := a.h.lifeNow()
	claims := a.h.idClaimsV1(p, life)
	if a.v2 {
		claims = a.h.idClaimsV2(p, life, origin)
	}
	claims.CodeHash, claims.AccessTokenHash = halfHash(code), halfHash(access)
	return a.h.Keys.SignID(ctx, claims)
}

// refuse tells the application, in the way in which it wants its answers.
func (a *authorization) refuse(err error) error {
	refusal := (*Error)(nil)
	if !errors.As(err, &refusal) || errors.Is(err, ErrFormForged) {
		return err
	}
	a.h.log().InfoContext(a.v.r.Context(), "refused", "code", refusal.Code, "correlation", a.v.correlation)
	body := a.h.errorBody(a.v.r, refusal, a.h.IDs.New(), a.v.correlation)
	var answer parameters
	answer.add("error", body.Error)
	answer.add("error_description", body.Description)
	answer.add("error_uri", body.URI)
	answer.add("error_subcode", refusal.Suberror)
	answer.add("state", a.v.query.Get("state"))
	return a.respond(answer)
}

// respond sends the answer to the redirect URI.
func (a *authorization) respond(answer parameters) error {
	location := a.redirect
	switch a.mode {
	case modeFormPost:
		return a.post(answer)
	case modeFragment:
		location += "#" + answer.encode()
	case modeQuery:
		if strings.Contains(location, "?") {
			location += "&" + answer.encode()
		} else {
			location += "?" + answer.encode()
		}
	}
	header := a.v.w.Header()
	header.Set("Location", location)
	header.Set("Referrer-Policy", "no-referrer")
	status := http.StatusFound
	if a.v.form != nil {
		status = http.StatusSeeOther
	}
	a.v.w.WriteHeader(status)
	return nil
}

// post shows a page whose form holds the answer. It sends itself where scripts run, and by a button where not.
func (a *authorization) post(answer parameters) error {
	p := &page{visit: a.v, Name: "form-post", Title: a.v.T("formpost.title"), Beyond: []string{originOf(a.redirect)}, Script: submitHash}
	p.Data = struct {
		To     string
		Answer parameters
	}{a.redirect, answer}
	return p.show()
}

// submitHash is that of the script in form-post.html.
var submitHash = "sha256-" + base64.StdEncoding.EncodeToString(sha256Of("document.forms[0].submit()"))
