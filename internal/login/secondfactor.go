package login

import (
	"context"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"time"

	"rsc.io/qr"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
	"github.com/tenantry/tenantry/internal/token"
)

const (
	stepSecondFactor = "second-factor"
	stepEnrol        = "enrol"

	codeField = "otp"
)

// codeIssuer is what authenticator apps call us.
const codeIssuer = "Tenantry"

// enrolWithin is how long after its password somebody may enrol a second factor: it would be of little use if whoever finds a
// browser open could.
const enrolWithin = 30 * time.Minute

// secondFactor is the one that the user has; nil without one.
func (h *Handler) secondFactor(ctx context.Context, user *csp.User) (*csp.SecondFactor, error) {
	factor, err := h.Store.SecondFactor(ctx, user)
	if errors.Is(err, csp.ErrNotFound) {
		return nil, nil
	}
	return factor, err
}

// enforcesFactor reports whether the user needs a second factor whatever is asked for. Partner Center docs:
// partner-security-requirements, which are for all users of a partner's tenant, and nobody else's.
func (h *Handler) enforcesFactor(ctx context.Context, user *csp.User) (bool, error) {
	if !h.EnforceMFA {
		return false, nil
	}
	_, err := h.Store.Partner(ctx, user.Tenant)
	if errors.Is(err, csp.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// isOld reports whether a second factor of that time counts no more.
func (h *Handler) isOld(at time.Time) bool {
	return h.SecondFactorLife > 0 && !h.now().Before(at.Add(h.SecondFactorLife))
}

// demandFactor refuses a token request that lacks the second factor that it needs: because the client asks for one, because the
// server does, or because the user has one and the request proves the password alone, which is worth nothing without it then.
// Microsoft Entra docs: v2-oauth-ropc, where users who need multi-factor authentication are refused.
func (h *Handler) demandFactor(ctx context.Context, p *principal, asked bool) error {
	user := p.user()
	if user == nil {
		return nil
	}
	demanded, err := h.enforcesFactor(ctx, user)
	if err != nil {
		return err
	}
	demanded = demanded || asked
	granted := p.subject.authorization
	switch {
	case granted.HasFactor() && demanded && h.isOld(granted.FactorTime):
		return ErrFactorOld.With(p.target.audience)
	case granted.HasFactor(), !demanded && !p.subject.passwordAlone:
		return nil
	}
	switch factor, err := h.secondFactor(ctx, user); {
	case err != nil:
		return err
	case factor != nil:
		return ErrFactorNeeded.With(p.target.audience)
	case demanded:
		return ErrFactorMissing.With(p.target.audience)
	}
	return nil
}

// proved is the account once it has proved itself with what the page and the server want. If it is nil the answer is given: a
// page that asks for the code of a second factor, or lets the user enrol one. Who has one is always asked.
func (v *visit) proved(want *wanted, who *account) (*account, error) {
	demanded, err := v.h.enforcesFactor(v.r.Context(), who.user)
	if err != nil {
		return nil, err
	}
	demanded = demanded || want.factor
	fresh := !who.factor.IsZero() && !(demanded && v.h.isOld(who.factorAt))
	switch step := v.step(); {
	case fresh || who.enrolled == nil && !demanded:
		if step == stepSecondFactor || step == stepEnrol { // sent twice
			return nil, v.redirect(v.self())
		}
		return who, nil
	case want.silent && !who.factor.IsZero():
		return nil, ErrFactorAgain
	case want.silent && who.enrolled != nil:
		return nil, ErrFactorAsked
	case want.silent:
		return nil, ErrEnrolmentAsked
	case who.enrolled != nil && step == stepSecondFactor:
		return nil, v.takeCode(want, who)
	case who.enrolled != nil:
		return nil, v.showCode(want, who)
	case v.h.now().After(who.since.Add(enrolWithin)):
		return nil, v.showSignIn(want, who.user.PrincipalName)
	case step == stepEnrol:
		return nil, v.enrol(want, who)
	}
	return nil, v.showEnrolment(want, who, nil)
}

// prove notes that the account has proved itself with the second factor.
func (v *visit) prove(who *account, factor *csp.SecondFactor) {
	who.enrolled, who.factor, who.factorAt = factor, factor.ID, v.h.now().Truncate(time.Second)
	who.session = v.h.IDs.New()
	v.keep(who)
}

// showCode asks for a code.
func (v *visit) showCode(want *wanted, who *account, problems ...problem) error {
	p := &page{visit: v, Name: "second-factor", Title: v.T("factor.title"), Account: who, Beyond: want.beyond, Problems: problems}
	if len(problems) > 0 {
		p.Status = http.StatusBadRequest
	}
	return p.show()
}

// takeCode reads the form of showCode.
func (v *visit) takeCode(want *wanted, who *account) error {
	if err := v.checkForm(who); err != nil {
		return err
	}
	wrong, err := v.acceptCode(who.user, who.enrolled)
	switch {
	case err != nil:
		return err
	case wrong != nil:
		return v.showCode(want, who, *wrong)
	}
	v.prove(who, who.enrolled)
	return v.redirect(v.self())
}

// acceptCode takes the code of the form for one of the second factor's, once. If it cannot, it says why not.
func (v *visit) acceptCode(user *csp.User, factor *csp.SecondFactor) (*problem, error) {
	if v.form[codeField] == "" {
		return &problem{codeField, v.T("factor.missing")}, nil
	}
	switch err := v.h.checkFactor(v.r.Context(), user, factor, v.form[codeField]); {
	case errors.Is(err, ErrLockedOut):
		return &problem{codeField, v.T("factor.locked")}, nil
	case errors.Is(err, csp.ErrRedeemed):
		return &problem{codeField, v.T("factor.used")}, nil
	case errors.Is(err, errCodeWrong):
		return &problem{codeField, v.T("factor.wrong")}, nil
	default:
		return nil, err
	}
}

var errCodeWrong = errors.New("the code is none of the second factor's")

// checkFactor refuses a code that is not the second factor's or was accepted before, and any after too many wrong ones.
func (h *Handler) checkFactor(ctx context.Context, user *csp.User, factor *csp.SecondFactor, code string) error {
	secret, err := h.Passwords.Root.OpenCodeSecret(user.ID, factor.Sealed)
	if err != nil {
		return err
	}
	who := throttle.Guess{Who: codeGuesser(user.ID), Meant: factor.Sealed, At: h.now()}
	refusal := errCodeWrong
	right, wait, err := h.factorLockouts.Try(ctx, h.Tally, who, func() (bool, error) {
		step, ok := secret.Match(code, h.now())
		if !ok {
			return false, nil
		}
		err := h.Store.UseSecondFactor(ctx, user, factor.ID, step)
		switch {
		case errors.Is(err, csp.ErrNotFound): // it was removed meanwhile
			return false, nil
		case errors.Is(err, csp.ErrRedeemed):
			refusal = err
			return false, nil
		}
		return err == nil, err
	})
	switch {
	case err != nil:
		return err
	case wait > 0:
		return ErrLockedOut
	case !right:
		return refusal
	}
	return nil
}

// enrolment is what the page shows of a second factor that is to be.
type enrolment struct {
	Sealed  string // comes back with the first code
	Text    string
	Link    template.URL
	Picture template.URL
}

// showEnrolment shows a secret, and asks for the first code of it. Without one a new secret is drawn; nothing is kept of it here
// until then.
func (v *visit) showEnrolment(want *wanted, who *account, sealed []byte, problems ...problem) error {
	root := v.h.Passwords.Root
	if sealed == nil {
		secret, err := token.NewCodeSecret(nil)
		if err != nil {
			return err
		}
		if sealed, err = root.SealCodeSecret(nil, who.user.ID, secret); err != nil {
			return err
		}
	}
	secret, err := root.OpenCodeSecret(who.user.ID, sealed)
	if err != nil {
		return err
	}
	uri := secret.URI(codeIssuer, who.user.PrincipalName)
	picture, err := qr.Encode(uri, qr.M)
	if err != nil {
		return err
	}
	p := &page{visit: v, Name: "enrol", Title: v.T("enrol.title"), Account: who, Beyond: want.beyond, Problems: problems}
	p.Data = enrolment{
		Sealed: base64.RawURLEncoding.EncodeToString(sealed), Text: inFours(secret.Text()),
		Link: template.URL(uri), Picture: template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(picture.PNG())),
	}
	if len(problems) > 0 {
		p.Status = http.StatusBadRequest
	}
	return p.show()
}

// inFours is a secret as people read it.
func inFours(text string) string {
	spaced := []byte{}
	for i := range len(text) {
		if i > 0 && i%4 == 0 {
			spaced = append(spaced, ' ')
		}
		spaced = append(spaced, text[i])
	}
	return string(spaced)
}

// enrol reads the form of showEnrolment. The secret is one that a page of ours showed to this user: it is sealed for it.
func (v *visit) enrol(want *wanted, who *account) error {
	if err := v.checkForm(who); err != nil {
		return err
	}
	sealed, err := base64.RawURLEncoding.DecodeString(v.form["secret"])
	if err != nil {
		return ErrFormForged
	}
	secret, err := v.h.Passwords.Root.OpenCodeSecret(who.user.ID, sealed)
	if err != nil {
		return ErrFormForged
	}
	if v.form[codeField] == "" {
		return v.showEnrolment(want, who, sealed, problem{codeField, v.T("factor.missing")})
	}
	step, ok := secret.Match(v.form[codeField], v.h.now())
	if !ok {
		return v.showEnrolment(want, who, sealed, problem{codeField, v.T("enrol.wrong")})
	}
	factor := &csp.SecondFactor{ID: v.h.IDs.New(), Sealed: sealed, Enrolled: v.h.now(), Step: step}
	err = v.h.Store.AddSecondFactor(v.r.Context(), who.user, factor)
	if errors.Is(err, csp.ErrExists) { // in another window; that one is asked for now
		return v.redirect(v.self())
	}
	if err != nil {
		return err
	}
	v.prove(who, factor)
	return v.redirect(v.self())
}
