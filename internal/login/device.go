package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// DevicePath is where people type the code that their device shows.
const DevicePath = "/common/oauth2/deviceauth"

// deviceCodeV1 is the answer to a device at the v1 endpoint, with numbers as strings.
type deviceCodeV1 struct {
	UserCode        string `json:"user_code"`
	DeviceCode      string `json:"device_code"`
	VerificationURL string `json:"verification_url"`
	ExpiresIn       int64  `json:"expires_in,string"`
	Interval        int64  `json:"interval,string"`
	Message         string `json:"message"`
}

// deviceCodeV2 is the answer to a device at the v2 endpoint.
type deviceCodeV2 struct {
	UserCode        string `json:"user_code"`
	DeviceCode      string `json:"device_code"`
	VerificationURI string `json:"verification_uri"`
	ExpiresIn       int64  `json:"expires_in"`
	Interval        int64  `json:"interval"`
	Message         string `json:"message"`
}

func (h *Handler) deviceCodeV1(w http.ResponseWriter, r *http.Request) error {
	return h.deviceCode(w, r, false)
}

func (h *Handler) deviceCodeV2(w http.ResponseWriter, r *http.Request) error {
	return h.deviceCode(w, r, true)
}

// deviceCode starts the sign-in of a device. Nobody proves anything yet: who polls for the tokens has to.
func (h *Handler) deviceCode(w http.ResponseWriter, r *http.Request, v2 bool) error {
	ctx := r.Context()
	f, err := readForm(w, r)
	if err != nil {
		return err
	}
	req := &tokenRequest{form: f, v2: v2, segment: r.PathValue("tenant"), grant: grantNamed(deviceGrant)}
	if req.tenant, err = h.tenantFor(ctx, req); err != nil {
		return err
	}
	if req.origin, err = h.origin(r); err != nil {
		return err
	}
	id, err := f.need("client_id")
	if err != nil {
		return err
	}
	app, err := h.app(ctx, id, req)
	if err != nil {
		return err
	}
	device := &csp.Device{Client: app.ID, Scope: f["scope"], Resource: f["resource"]}
	if err := h.checkDevice(ctx, req, device); err != nil {
		return err
	}
	code, err := h.Grants.StartDevice(ctx, device)
	if err != nil {
		return err
	}
	return h.answer(w, r, http.StatusOK, deviceAnswer(device, code, req.origin+DevicePath, v2))
}

// maxDevice is how much of what a device asks for is kept, as nobody has proved anything then.
const maxDevice = 2 << 10

// checkDevice refuses at once what would be refused when the user has signed in.
func (h *Handler) checkDevice(ctx context.Context, req *tokenRequest, device *csp.Device) error {
	if len(device.Scope)+len(device.Resource) > maxDevice {
		return ErrScopeInvalid.With(device.Scope)
	}
	tenant := req.tenant
	if tenant == nil {
		tenant = &csp.Tenant{Name: req.segment}
	} else {
		device.Tenant = tenant.ID
	}
	asked := &asking{tenant: tenant, app: func(id csp.ID) (*csp.App, error) { return h.Store.App(ctx, id) }, scope: device.Scope, resource: device.Resource}
	if !req.v2 {
		_, err := asked.targetV1(false)
		return err
	}
	_, err := asked.targetV2("")
	return err
}

func deviceAnswer(device *csp.Device, code, uri string, v2 bool) any {
	life, interval := int64(csp.DeviceLife/time.Second), int64(csp.PollInterval/time.Second)
	message := fmt.Sprintf("To sign in, use a web browser to open the page %s and enter the code %s to authenticate.", uri, device.UserCode)
	if v2 {
		return &deviceCodeV2{device.UserCode, code, uri, life, interval, message}
	}
	return &deviceCodeV1{device.UserCode, code, uri, life, interval, message}
}

// deviceSubject is the user who approved the sign-in of the device, once somebody has.
func (h *Handler) deviceSubject(ctx context.Context, req *tokenRequest) (*subject, error) {
	code := req.form["device_code"]
	if code == "" {
		code = req.form["code"] // v1
	}
	if code == "" {
		return nil, ErrMissing.With("device_code")
	}
	device, err := h.Grants.PollDevice(ctx, code)
	if errors.Is(err, csp.ErrNotFound) || err == nil && device.Client != req.client.app.ID {
		return nil, ErrDeviceUnknown
	}
	if err != nil {
		return nil, err
	}
	now := h.now()
	switch {
	case device.State == csp.DeviceFetched:
		return nil, ErrDeviceUnknown
	case device.State == csp.DeviceDenied:
		return nil, ErrDeclined
	case !now.Before(device.Expires):
		return nil, ErrDeviceExpired
	case device.State == csp.DevicePending && now.Sub(device.Polled) < csp.PollInterval-pollLeeway:
		return nil, ErrSlowDown.With(strconv.Itoa(int(csp.PollInterval / time.Second)))
	case device.State == csp.DevicePending:
		return nil, ErrPending
	}
	granted := device.Authorization
	granted.Client, granted.Scope, granted.Resource = device.Client, device.Scope, device.Resource // what the device asked for
	user, err := h.granter(ctx, granted)
	if err != nil {
		return nil, err
	}
	return &subject{
		user: user, authorization: granted, issuedAt: granted.Tenant, signsIn: true,
		use: func(ctx context.Context, _ csp.ID) error {
			err := h.Grants.FetchDevice(ctx, code)
			if errors.Is(err, csp.ErrRedeemed) {
				err = ErrDeviceUnknown
			}
			return err
		},
	}, nil
}

// pollLeeway is how much sooner than it should a device may poll: timers and networks are not exact.
const pollLeeway = time.Second
