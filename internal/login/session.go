package login

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// account is somebody who has signed in, in this browser.
type account struct {
	user   *csp.User
	tenant *csp.Tenant
	since  time.Time

	session csp.ID // names the sign-in to applications

	factor   csp.ID            // the second factor that was there; zero: none
	factorAt time.Time         // when
	enrolled *csp.SecondFactor // the one that the user has; nil: none
}

// grants is what the account grants to the application, by what it proved itself with; the caller fills in what was asked for.
func (a *account) grants(client csp.ID) *csp.Authorization {
	granted := csp.AuthorizationOf(a.user, client, a.since, csp.Password)
	granted.Prove(a.factor, a.factorAt)
	granted.Session = a.session
	return granted
}

// UserName is the principal name.
func (a *account) UserName() string { return a.user.PrincipalName }

// TenantName is the organization's.
func (a *account) TenantName() string { return a.tenant.Name }

// What a browser remembers of sign-ins.
const (
	sessionLife = 24 * time.Hour
	maxAccounts = 5
)

// remembered is an account as the cookie holds it. The cookie is proved by the root key; nothing is kept of it here.
type remembered struct {
	Tenant string `json:"t"`
	User   string `json:"u"`
	Name   string `json:"n"`
	Since  int64  `json:"s"` // in seconds of Unix
	ID     string `json:"i"`
	Mark   []byte `json:"m"` // a password that is changed or reset ends the sessions that it began

	Factor   string `json:"f,omitzero"` // so does a second factor that is removed
	FactorAt int64  `json:"a,omitzero"`
}

var sessionPurpose = [16]byte([]byte("browser session "))

// session is who of the cookie's accounts is still signed in.
func (v *visit) session() ([]*account, error) {
	said, ok := v.h.Passwords.Root.Proved(sessionPurpose, v.cookie(sessionCookie))
	if !ok {
		return nil, nil
	}
	var all []remembered
	if err := json.Unmarshal(said, &all); err != nil {
		return nil, err
	}
	var accounts []*account
	for _, one := range all {
		found, err := v.recall(one)
		if err != nil && !errors.Is(err, csp.ErrNotFound) {
			return nil, err
		}
		if found != nil {
			accounts = append(accounts, found)
		}
	}
	return accounts, nil
}

// recall is the account, or nil if its session is over.
func (v *visit) recall(one remembered) (*account, error) {
	since := time.Unix(one.Since, 0)
	id, err := csp.ParseID(one.Tenant)
	if err != nil || !v.h.now().Before(since.Add(sessionLife)) {
		return nil, err
	}
	ctx := v.r.Context()
	tenant, err := v.h.Store.Tenant(ctx, id)
	if err != nil {
		return nil, err
	}
	userID, err := csp.ParseID(one.User)
	if err != nil {
		return nil, err
	}
	user, err := v.h.userOf(ctx, id, userID, one.Name)
	if err != nil || user.MustChangePassword || since.Before(user.SessionsFrom.Truncate(time.Second)) || !sameBytes(user.CredentialMark(), one.Mark) {
		return nil, err
	}
	session, err := csp.ParseID(one.ID)
	if err != nil {
		return nil, err
	}
	who := &account{user: user, tenant: tenant, since: since, session: session}
	if who.enrolled, err = v.h.secondFactor(ctx, user); err != nil || one.Factor == "" {
		return who, err
	}
	who.factor, err = csp.ParseID(one.Factor)
	if err != nil || who.enrolled == nil || who.factor != who.enrolled.ID {
		return nil, err
	}
	who.factorAt = time.Unix(one.FactorAt, 0)
	return who, nil
}

// enter signs the user in, by a password. Whatever the browser held of this user before is replaced, as is its mark: what somebody else may
// have put there before the sign-in is worth nothing after it.
func (v *visit) enter(user *csp.User, tenant *csp.Tenant) {
	v.keep(&account{user: user, tenant: tenant, since: v.h.now().Truncate(time.Second), session: v.h.IDs.New()})
}

// keep puts the account first, in the place of what there was of its user.
func (v *visit) keep(who *account) {
	accounts := []*account{who}
	for _, other := range v.accounts {
		if other.user.ID != who.user.ID && len(accounts) < maxAccounts {
			accounts = append(accounts, other)
		}
	}
	v.accounts = accounts
	v.remember()
	v.newBrowser()
}

// leave signs everybody out of this browser.
func (v *visit) leave() {
	v.accounts = nil
	v.setCookie(sessionCookie, "")
	v.newBrowser()
}

func (v *visit) remember() {
	var all []remembered
	for _, a := range v.accounts {
		one := remembered{
			Tenant: a.tenant.ID.String(), User: a.user.ID.String(), Name: a.user.PrincipalName,
			Since: a.since.Unix(), ID: a.session.String(), Mark: a.user.CredentialMark(),
		}
		if !a.factor.IsZero() {
			one.Factor, one.FactorAt = a.factor.String(), a.factorAt.Unix()
		}
		all = append(all, one)
	}
	said, err := json.Marshal(all)
	if err != nil {
		panic("login: " + err.Error()) // texts and numbers
	}
	v.setCookie(sessionCookie, v.h.Passwords.Root.Prove(sessionPurpose, said))
}

// wanted is who a page is for.
type wanted struct {
	tenant *csp.Tenant // those alone who may use it; nil: anybody
	domain string      // of the tenant whose users are preferred; empty: none
	since  time.Time   // whoever signed in before has to do so again; zero: nobody
	factor bool        // a second factor is asked for, also of who has none yet
	silent bool        // no page is shown: what would need one is refused
	reason string      // what signing in is for
	beyond []string    // as of page

	// changed is the path of ours that somebody who has chosen another password is led to; empty: the page itself.
	changed string
}

// signedIn is the account that the page is for. If it is nil the answer is given: a page on the way there.
func (v *visit) signedIn(want *wanted) (*account, error) {
	switch v.step() {
	case stepSignIn:
		return nil, v.signIn(want)
	case stepChangePassword:
		return nil, v.changePassword(want)
	}
	hint := strings.TrimSpace(v.query.Get("login_hint"))
	fitting, err := v.fitting(want, hint)
	if err != nil {
		return nil, err
	}
	prompts := v.prompts()
	switch {
	case want.silent && len(fitting) == 0:
		return nil, ErrLoginNeeded
	case want.silent && len(fitting) > 1:
		return nil, ErrChoiceNeeded
	case len(fitting) == 0, prompts[promptLogin]:
		return nil, v.showSignIn(want, hint)
	case prompts[promptSelectAccount], len(fitting) > 1:
		return nil, v.showAccounts(want, fitting)
	}
	return v.proved(want, fitting[0])
}

// fitting are the accounts that the page may be for.
func (v *visit) fitting(want *wanted, hint string) (fitting []*account, err error) {
	for _, a := range v.accounts {
		if a.since.Before(want.since.Truncate(time.Second)) || hint != "" && !strings.EqualFold(a.user.PrincipalName, hint) {
			continue
		}
		if want.tenant != nil {
			reaches, err := v.h.Grants.Reaches(v.r.Context(), a.user, want.tenant.ID)
			if err != nil {
				return nil, err
			}
			if !reaches {
				continue
			}
		}
		fitting = append(fitting, a)
	}
	if want.domain == "" || hint != "" {
		return fitting, nil
	}
	preferred := slices.DeleteFunc(slices.Clone(fitting), func(a *account) bool { return !strings.EqualFold(a.tenant.Domain, want.domain) })
	if len(preferred) > 0 {
		return preferred, nil
	}
	return fitting, nil
}

// The values of the parameter prompt. OpenID Connect Core, 3.1.2.1.
const (
	promptNone          = "none"
	promptLogin         = "login"
	promptConsent       = "consent"
	promptSelectAccount = "select_account"
)

// prompts are what the query asks to be shown.
func (v *visit) prompts() map[string]bool {
	asked := map[string]bool{}
	for word := range strings.FieldsSeq(v.query.Get("prompt")) {
		asked[strings.ToLower(word)] = true
	}
	return asked
}

// as is the page for the account, which has now been asked for or chosen.
func (v *visit) as(name string) string {
	var left []string
	for word := range strings.FieldsSeq(v.query.Get("prompt")) {
		if !strings.EqualFold(word, promptLogin) && !strings.EqualFold(word, promptSelectAccount) {
			left = append(left, word)
		}
	}
	return v.link("login_hint", name, "prompt", strings.Join(left, " "), "max_age", "")
}

// showAccounts lets the visitor choose. The choices are links: nothing changes by following one.
func (v *visit) showAccounts(want *wanted, accounts []*account) error {
	type choice struct {
		*account
		Link string
	}
	data := struct {
		For      string
		Accounts []choice
	}{For: want.reason}
	for _, a := range accounts {
		data.Accounts = append(data.Accounts, choice{a, v.as(a.user.PrincipalName)})
	}
	return (&page{visit: v, Name: "accounts", Title: v.T("accounts.title"), Beyond: want.beyond, Data: data}).show()
}
