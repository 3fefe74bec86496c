package login

import (
	"context"
	"errors"
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
)

// deviceParameter holds the code that the visitor typed, as in the service's own links.
const deviceParameter = "otc"

const stepCode = "code"

// devicePage lets somebody sign in for a device that has no browser: the code that it shows, then the sign-in, then the question
// whether this is what was wanted. The question says which application asks and repeats the code, because the page may have been
// reached by somebody else's link (RFC 8628, 3.3.1 and 5.4).
func (h *Handler) devicePage(v *visit) error {
	if v.step() == stepCode {
		if err := v.checkForm(nil); err != nil {
			return err
		}
		if v.form[deviceParameter] == "" {
			return v.askCode("", problem{deviceParameter, v.T("device.missing")})
		}
		if _, err := h.Grants.DeviceByUserCode(v.r.Context(), v.form[deviceParameter]); errors.Is(err, csp.ErrNotFound) {
			return v.askCode(v.form[deviceParameter], problem{deviceParameter, v.T("device.wrong")})
		} else if err != nil {
			return err
		}
		return v.redirect(v.link(deviceParameter, v.form[deviceParameter]))
	}
	code := v.query.Get(deviceParameter)
	if code == "" {
		return v.askCode("")
	}
	device, err := h.Grants.DeviceByUserCode(v.r.Context(), code)
	if errors.Is(err, csp.ErrNotFound) {
		return v.askCode(code, problem{deviceParameter, v.T("device.wrong")})
	}
	if err != nil {
		return err
	}
	return h.confirmDevice(v, device)
}

// askCode asks for the code.
func (v *visit) askCode(typed string, problems ...problem) error {
	p := &page{visit: v, Name: "device-code", Title: v.T("device.title"), Problems: problems, Data: typed}
	if len(problems) > 0 {
		p.Status = http.StatusBadRequest
	}
	return p.show()
}

// confirmDevice asks whether the device may have what it asks for, and does as it is told.
func (h *Handler) confirmDevice(v *visit, device *csp.Device) error {
	ctx := v.r.Context()
	req := &tokenRequest{segment: "organizations", grant: grantNamed(deviceGrant)}
	if !device.Tenant.IsZero() {
		var err error
		if req.tenant, err = h.tenant(ctx, device.Tenant.String()); err != nil {
			return err
		}
	}
	app, err := h.app(ctx, device.Client.String(), req)
	if err != nil {
		return err
	}
	who, err := v.signedIn(&wanted{tenant: req.tenant, reason: v.T("signin.for", app.Name)})
	if who == nil || err != nil {
		return err
	}
	a := &authorization{h: h, v: v, app: app, tenant: req.tenant}
	if err := a.settleTenant(who); err != nil {
		return err
	}
	a.v2 = device.Resource == "" && device.Scope != ""
	if err := a.readPermissions(device.Scope, device.Resource); err != nil {
		return err
	}
	switch v.step() {
	case stepAllow, stepRefuse:
		if err := v.checkForm(who); err != nil {
			return err
		}
		return a.answerDevice(ctx, who, device)
	}
	return a.showDevice(who, device)
}

func (a *authorization) showDevice(who *account, device *csp.Device) error {
	data := struct {
		AppName, Publisher, Code string
		Permissions              []string
	}{AppName: a.app.Name, Code: device.UserCode, Permissions: a.v.said(a.permissions)}
	var err error
	if data.Publisher, err = a.publisher(); err != nil {
		return err
	}
	return (&page{visit: a.v, Name: "device", Title: a.v.T("device.confirm"), Account: who, Data: data}).show()
}

// answerDevice is final: the code is worth nothing after it.
func (a *authorization) answerDevice(ctx context.Context, who *account, device *csp.Device) error {
	var err error
	said := "device.refused"
	if a.v.step() == stepRefuse {
		err = a.h.Grants.DenyDevice(ctx, device.UserCode)
	} else {
		said = "device.done"
		granted := who.grants(a.app.ID)
		granted.Tenant, granted.Scope, granted.Resource = a.tenant.ID, device.Scope, device.Resource
		if err = a.h.Grants.ApproveDevice(ctx, device.UserCode, granted); err == nil {
			err = a.h.Store.AddConsent(ctx, csp.Consent{Tenant: a.tenant.ID, User: who.user.ID, App: a.app.ID}, a.permissions)
		}
	}
	if errors.Is(err, csp.ErrNotFound) { // it has expired, or was answered in another window
		return a.v.askCode(device.UserCode, problem{deviceParameter, a.v.T("device.wrong")})
	}
	if err != nil {
		return err
	}
	return a.v.message(http.StatusOK, nil, a.v.T("device.title"), a.v.T(said, a.app.Name))
}
