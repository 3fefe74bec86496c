package login

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
)

// The steps that every page knows.
const (
	stepSignIn         = "sign-in"
	stepChangePassword = "change-password"
	stepSignOut        = "sign-out"
)

// showSignIn asks for name and password.
func (v *visit) showSignIn(want *wanted, userName string, problems ...problem) error {
	p := &page{visit: v, Name: "sign-in", Title: v.T("signin.title"), Beyond: want.beyond, Problems: problems}
	p.Data = struct{ For, UserName string }{want.reason, userName}
	if len(problems) > 0 {
		p.Status = http.StatusBadRequest
	}
	return p.show()
}

// signIn reads the form of showSignIn. A name that there is not and a password that is wrong are answered alike: there are no
// codes on the page that a client would need.
func (v *visit) signIn(want *wanted) error {
	if err := v.checkForm(nil); err != nil {
		return err
	}
	name, password := userName(v.form), v.form["password"]
	var problems []problem
	if name == "" {
		problems = append(problems, problem{"username", v.T("signin.username.missing")})
	}
	if password == "" {
		problems = append(problems, problem{"password", v.T("signin.password.missing")})
	}
	if len(problems) > 0 {
		return v.showSignIn(want, name, problems...)
	}
	user, tenant, err := v.authenticate(want, name, password)
	switch {
	case errors.Is(err, ErrUserUnknown), errors.Is(err, ErrPasswordWrong):
		return v.showSignIn(want, name, problem{"username", v.T("signin.wrong")})
	case errors.Is(err, ErrLockedOut):
		return v.showSignIn(want, name, problem{"password", v.T("signin.locked")})
	case err != nil:
		return err
	case user.MustChangePassword:
		asked, err := v.factorUnproved(user)
		if err != nil {
			return err
		}
		return v.showChangePassword(want, changing{user.PrincipalName, true, asked != nil})
	}
	v.enter(user, tenant)
	return v.redirect(v.as(user.PrincipalName))
}

// authenticate is the user with the name and password that may use the tenant that is wanted, or else that of the name's domain;
// and the user's own tenant.
func (v *visit) authenticate(want *wanted, name, password string) (*csp.User, *csp.Tenant, error) {
	ctx := v.r.Context()
	tenant, err := want.tenant, error(nil)
	if tenant == nil {
		tenant, err = v.h.Store.TenantByDomain(ctx, domainOf(name))
	}
	if errors.Is(err, csp.ErrNotFound) {
		if err := v.h.Passwords.VerifyNobody(ctx, password); err != nil {
			return nil, nil, err
		}
		return nil, nil, v.refuseNobody(name, password)
	}
	if err != nil {
		return nil, nil, err
	}
	user, err := v.h.userWithPassword(ctx, tenant, guess{name, password, v.h.source(v.r)})
	switch {
	case errors.Is(err, ErrUserUnknown):
		err = v.refuseNobody(name, password)
	case err == nil && user.Tenant != tenant.ID:
		tenant, err = v.h.Store.Tenant(ctx, user.Tenant)
	}
	return user, tenant, err
}

// refuseNobody is the refusal of a name that there is not. It is locked out as any other: else the lock would tell on the pages which
// names there are.
func (v *visit) refuseNobody(name, password string) error {
	who := guesser(csp.ID{}.Derived(csp.FoldedName(name)), v.h.source(v.r))
	_, wait, err := v.h.lockouts.Try(v.r.Context(), v.h.Tally, throttle.Guess{Who: who, Text: password, At: v.h.now()}, never)
	switch {
	case err != nil:
		return err
	case wait > 0:
		return ErrLockedOut
	}
	return ErrUserUnknown
}

// never is what a password of nobody is.
func never() (right bool, err error) { return false, nil }

// changing is what the page to change a password shows.
type changing struct {
	UserName string
	Forced   bool // the user has to
	Code     bool // a code of the second factor is asked for
}

// showChangePassword asks for another password, and once more for the one that it replaces: so nothing has to be remembered of
// somebody who is not signed in yet.
func (v *visit) showChangePassword(want *wanted, shown changing, problems ...problem) error {
	p := &page{visit: v, Name: "change-password", Title: v.T("change.title"), Beyond: want.beyond, Problems: problems, Data: shown}
	if len(problems) > 0 {
		p.Status = http.StatusBadRequest
	}
	return p.show()
}

// brokenRules are the texts of what csp.CheckPassword finds.
var brokenRules = map[csp.PasswordRule]string{
	csp.PasswordTooShort:  "change.short",
	csp.PasswordTooLong:   "change.long",
	csp.PasswordUntypable: "change.control",
	csp.PasswordTooPlain:  "change.plain",
	csp.PasswordHasName:   "change.name",
	csp.PasswordExample:   "change.example",
}

// changePassword reads the form of showChangePassword, and signs the user in.
func (v *visit) changePassword(want *wanted) error {
	if err := v.checkForm(nil); err != nil {
		return err
	}
	name := userName(v.form)
	_, asked := v.form[codeField]
	shown := changing{UserName: name, Code: asked}
	if problems := v.chosenProblems(name); len(problems) > 0 {
		return v.showChangePassword(want, shown, problems...)
	}
	user, tenant, err := v.authenticate(want, name, v.form["current"])
	var factor *csp.SecondFactor
	if err == nil {
		factor, err = v.factorUnproved(user)
	}
	if err == nil && factor != nil {
		wrong, err := v.acceptCode(user, factor)
		if err != nil {
			return err
		}
		if wrong != nil {
			shown.Code = true
			return v.showChangePassword(want, shown, *wrong)
		}
	}
	if err == nil {
		user, err = v.setPassword(user, v.form["new"])
	}
	switch {
	case errors.Is(err, ErrUserUnknown), errors.Is(err, ErrPasswordWrong), errors.Is(err, csp.ErrNotFound):
		return v.showChangePassword(want, shown, problem{"current", v.T("signin.wrong")})
	case errors.Is(err, ErrLockedOut):
		return v.showChangePassword(want, shown, problem{"current", v.T("signin.locked")})
	case errors.Is(err, errUsedBefore):
		return v.showChangePassword(want, shown, problem{"new", v.T("change.former")})
	case err != nil:
		return err
	}
	v.enterWith(user, tenant, factor)
	if want.changed != "" {
		return v.redirect(want.changed + "?login_hint=" + url.QueryEscape(user.PrincipalName))
	}
	return v.redirect(v.as(user.PrincipalName))
}

// factorUnproved is the second factor that the user has and that nobody in this browser has proved; nil without one.
func (v *visit) factorUnproved(user *csp.User) (*csp.SecondFactor, error) {
	if v.provedFor(user) != nil {
		return nil, nil
	}
	return v.h.secondFactor(v.r.Context(), user)
}

// provedFor is the account of the user that has proved itself with its second factor in this browser; nil without one.
func (v *visit) provedFor(user *csp.User) *account {
	for _, who := range v.accounts {
		if who.user.ID == user.ID && !who.factor.IsZero() {
			return who
		}
	}
	return nil
}

// enterWith signs the user in who has changed its password, by it and by the second factor: the one that has been proved now,
// or when the user signed in before.
func (v *visit) enterWith(user *csp.User, tenant *csp.Tenant, factor *csp.SecondFactor) {
	before := v.provedFor(user)
	v.enter(user, tenant)
	switch who := v.accounts[0]; {
	case factor != nil:
		v.prove(who, factor)
	case before != nil:
		who.enrolled, who.factor, who.factorAt = before.enrolled, before.factor, before.factorAt
		v.keep(who)
	}
}

// chosenProblems are those of the form that can be told without looking at the user.
func (v *visit) chosenProblems(name string) (problems []problem) {
	current, chosen := v.form["current"], v.form["new"]
	if current == "" {
		problems = append(problems, problem{"current", v.T("signin.password.missing")})
	}
	var broken []string
	for _, rule := range csp.CheckPassword(name, chosen) {
		broken = append(broken, v.T(brokenRules[rule]))
	}
	if chosen == current && chosen != "" {
		broken = append(broken, v.T("change.same"))
	}
	if len(broken) > 0 {
		problems = append(problems, problem{"new", strings.Join(broken, " ")})
	}
	if chosen != v.form["again"] {
		problems = append(problems, problem{"again", v.T("change.differ")})
	}
	return problems
}

var errUsedBefore = errors.New("the password was the user's before")

// setPassword gives the user the password, unless it is one of the last, and returns the user as it is then.
func (v *visit) setPassword(user *csp.User, chosen string) (*csp.User, error) {
	ctx := v.r.Context()
	for _, credential := range user.Former {
		used, err := v.h.Passwords.Verify(ctx, credential, user.Tenant, chosen)
		if err == nil && used {
			err = errUsedBefore
		}
		if err != nil {
			return nil, err
		}
	}
	credential, err := v.h.Passwords.ChosenCredential(ctx, chosen)
	if err != nil {
		return nil, err
	}
	changed := *user
	changed.SetPassword(credential, false, v.h.now())
	return &changed, v.h.Store.ReplaceCredential(ctx, user, &changed)
}
