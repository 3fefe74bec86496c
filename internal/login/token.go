package login

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
)

func (h *Handler) tokenV1(w http.ResponseWriter, r *http.Request) error { return h.token(w, r, false) }

func (h *Handler) tokenV2(w http.ResponseWriter, r *http.Request) error { return h.token(w, r, true) }

// token answers a token request. Every grant passes every step, and none can forget one.
func (h *Handler) token(w http.ResponseWriter, r *http.Request, v2 bool) error {
	ctx := r.Context()

	// 1. The form, and the grant that it asks for.
	f, err := readForm(w, r)
	if err != nil {
		return err
	}
	grant, err := grantOf(f)
	if err != nil {
		return err
	}

	// 2. The tenant: the path names it, or on common the user's domain does.
	tenant, err := h.tenantFor(ctx, r.PathValue("tenant"), grant, f)
	if err != nil {
		return err
	}

	// 3. The client, authenticated.
	client, err := h.client(ctx, r, f, tenant, grant)
	if err != nil {
		return err
	}

	// 4. The subject: the grant's own step.
	user, err := grant.subject(h, r, tenant, f)
	if err != nil {
		return err
	}

	// 5. What the token is for.
	readTarget := targetV1
	if v2 {
		readTarget = targetV2
	}
	target, err := readTarget(f, tenant, grant.appOnly)
	if err != nil {
		return err
	}

	// 6. The tokens.
	origin, err := h.origin(r)
	if err != nil {
		return err
	}
	p := &principal{tenant: tenant, client: client, user: user, target: target}
	minted, err := h.mint(ctx, p, origin, v2)
	if err != nil {
		return err
	}

	// 7. The answer.
	if !v2 {
		return h.answer(w, r, http.StatusOK, minted.answerV1(target))
	}
	return h.answer(w, r, http.StatusOK, minted.answerV2(target, p.info(isTrue(f["client_info"]))))
}

// principal is who a token speaks for, and to whom.
type principal struct {
	tenant *csp.Tenant
	client *client
	user   *csp.User // nil: the application speaks for itself
	target *target
}
