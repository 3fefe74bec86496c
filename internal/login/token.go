package login

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/tenantry/tenantry/internal/csp"
)

func (h *Handler) tokenV1(w http.ResponseWriter, r *http.Request) error { return h.token(w, r, false) }

func (h *Handler) tokenV2(w http.ResponseWriter, r *http.Request) error { return h.token(w, r, true) }

// tokenRequest is a token request on its way through the steps.
type tokenRequest struct {
	form    form
	v2      bool
	grant   *grant
	segment string      // the tenant as the path has it
	tenant  *csp.Tenant // nil on common, until the subject tells
	client  *client
	origin  string
	source  netip.Prefix
}

// token answers a token request. Every grant passes every step, and none can forget one. What a grant may be used for once
// is used in the last, so that a refused request uses nothing up.
func (h *Handler) token(w http.ResponseWriter, r *http.Request, v2 bool) error {
	ctx := r.Context()

	// 1. The form, and the grant that it asks for.
	f, err := readForm(w, r)
	if err != nil {
		return err
	}
	req := &tokenRequest{form: f, v2: v2, segment: r.PathValue("tenant"), source: h.source(r)}
	if req.grant, err = grantOf(f); err != nil {
		return err
	}

	// 2. The tenant: the path names it; on common the user's domain does, or what the grant has from an earlier sign-in.
	if req.tenant, err = h.tenantFor(ctx, req); err != nil {
		return err
	}
	if req.origin, err = h.origin(r); err != nil {
		return err
	}

	// 3. The client, authenticated.
	if req.client, err = h.client(ctx, r, req); err != nil {
		return err
	}

	// 4. The subject: the grant's own step; and whether the tenant lets it in.
	subject, err := req.grant.subject(h, ctx, req)
	if err != nil {
		return err
	}
	if err := h.admit(ctx, req, subject); err != nil {
		return err
	}

	// 5. What the token is for, and whether a second factor is missing for it.
	target, err := h.target(ctx, req, subject)
	if err != nil {
		return err
	}
	asked, err := readClaims(f["claims"])
	if err != nil {
		return err
	}
	p := &principal{tenant: req.tenant, client: req.client, subject: subject, target: target, capabilities: asked.capabilities}
	if err := h.demandFactor(ctx, p, asked.factor); err != nil {
		return err
	}

	// 6. The tokens.
	minted, err := h.mint(ctx, p, req.origin, v2)
	if err != nil {
		return err
	}

	// 7. The answer, when what it took is used up.
	if minted.refresh, err = h.conclude(ctx, p); err != nil {
		return err
	}
	if !v2 {
		return h.answer(w, r, http.StatusOK, minted.answerV1(target))
	}
	return h.answer(w, r, http.StatusOK, minted.answerV2(target, p.info(isTrue(f["client_info"]))))
}

// principal is who a token speaks for, and to whom.
type principal struct {
	tenant       *csp.Tenant
	client       *client
	subject      *subject
	target       *target
	capabilities []string // of the client, which the token repeats
}

// user is the user that the token speaks for; nil: the application speaks for itself.
func (p *principal) user() *csp.User { return p.subject.user }

// atHome reports whether the token is of the user's own tenant.
func (p *principal) atHome() bool { return p.subject.user.Tenant == p.tenant.ID }

// target is what the token is for: what the form says, or else what was granted before.
func (h *Handler) target(ctx context.Context, req *tokenRequest, s *subject) (*target, error) {
	asked := &asking{
		tenant: req.tenant, app: func(id csp.ID) (*csp.App, error) { return h.Store.App(ctx, id) },
		appOnly: req.grant.appOnly, scope: req.form["scope"], resource: req.form["resource"],
	}
	if err := h.restrict(ctx, asked, req, s); err != nil {
		return nil, err
	}
	granted := ""
	if s.authorization != nil {
		granted = s.authorization.Scope
		if asked.scope == "" {
			asked.scope = granted
		}
		if asked.resource == "" {
			asked.resource = s.authorization.Resource
		}
	}
	if req.v2 {
		return asked.targetV2(granted)
	}
	return asked.targetV1(s.signsIn)
}
