package csp

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tenantry/tenantry/partnercenter"
)

// Authorization is what a user granted to an application by signing in.
type Authorization struct {
	Tenant          ID        `json:"tenant"`             // that the application asked at: the user's own, or one that the user administers
	Home            ID        `json:"home"`               // the user's own
	User            ID        `json:"user"`               //
	UserName        string    `json:"userName"`           // the principal name
	Credential      []byte    `json:"credential"`         // see [User.CredentialMark]
	Client          ID        `json:"client"`             //
	RedirectURI     string    `json:"redirect,omitzero"`  // as the request named it; empty if it named none
	Scope           string    `json:"scope,omitzero"`     // v2: as it was asked for, words with blanks between them
	Resource        string    `json:"resource,omitzero"`  // v1: as it was asked for; may be empty
	Nonce           string    `json:"nonce,omitzero"`     // goes into the id token
	Challenge       string    `json:"challenge,omitzero"` // of PKCE
	ChallengeMethod string    `json:"method,omitzero"`    // S256 or plain; empty if there is no challenge
	AuthTime        time.Time `json:"authTime"`           // when the user signed in
	AMR             []string  `json:"amr"`                // how: pwd, mfa
	Session         ID        `json:"session"`            // the browser's, or zero
	Factor          ID        `json:"factor,omitzero"`    // the second factor that was there; zero: none
	FactorTime      time.Time `json:"factorTime,omitzero"`
}

// AuthorizationOf is an authorization by the user in its own tenant, as of now; the caller fills in what was asked for.
func AuthorizationOf(user *User, client ID, now time.Time, amr ...string) *Authorization {
	return &Authorization{
		Tenant: user.Tenant, Home: user.Tenant, User: user.ID, UserName: user.PrincipalName, Credential: user.CredentialMark(),
		Client: client, AuthTime: now, AMR: amr,
	}
}

// SecondFactor is what a user proves itself with beside its password: a secret that an app makes one-time codes of.
type SecondFactor struct {
	ID       ID     // of the enrolment
	Sealed   []byte // the secret; package token reads it
	Enrolled time.Time
	Step     int64 // of the last code that was accepted; none of that step or an earlier one is again
}

// Prove adds the second factor to what the user proved itself with.
func (a *Authorization) Prove(factor ID, at time.Time) {
	if !factor.IsZero() && !slices.Contains(a.AMR, MFA) {
		a.AMR = append(slices.Clone(a.AMR), MFA)
	}
	a.Factor, a.FactorTime = factor, at
}

// HasFactor reports whether a second factor was there.
func (a *Authorization) HasFactor() bool { return slices.Contains(a.AMR, MFA) }

// How a user proved who it is, in the claim amr.
const (
	Password = "pwd"
	MFA      = "mfa"
)

// CredentialMark changes when the password does, and tells nothing of it. What was granted under another one is void.
func (u *User) CredentialMark() []byte {
	sum := sha256.Sum256(u.Credential)
	return sum[:16]
}

// Hash is what a store keeps of a code; the code itself is random and known to who holds it alone.
type Hash [sha256.Size]byte

// IssuedCode is an authorization code as a store holds it.
type IssuedCode struct {
	Authorization
	Expires  time.Time
	Redeemed bool
}

// How long codes may be redeemed.
const (
	CodeLife   = 10 * time.Minute
	DeviceLife = 15 * time.Minute
	// PollInterval is how long a device waits between two questions.
	PollInterval = 5 * time.Second
)

// ErrRedeemed is what a store answers when a code was redeemed before.
var ErrRedeemed = errors.New("the code was redeemed before")

// Family is all refresh tokens that come from one sign-in.
type Family struct {
	Authorization
	ID         ID
	Used       time.Time // when a token of the family was made or redeemed last, to the hour
	Generation int64     // the highest that was redeemed
	Revoked    bool
}

// DeviceState is how far the sign-in for a device has come.
type DeviceState string

// The states of a device's sign-in.
const (
	DevicePending  DeviceState = "pending"
	DeviceApproved DeviceState = "approved"
	DeviceDenied   DeviceState = "denied"
	DeviceFetched  DeviceState = "fetched" // the tokens were handed out
)

// Device is the sign-in that a device without a browser asks somebody else's browser for.
type Device struct {
	UserCode string // what people type, in upper case
	Client   ID
	Tenant   ID     // zero: whichever the user is of
	Scope    string // v2, as for an Authorization
	Resource string // v1
	State    DeviceState
	Expires  time.Time
	Polled   time.Time // zero: not yet

	Authorization *Authorization // of a device that is approved, or was
}

// Grants are the codes by which what a user granted reaches the application. Fill in the fields.
type Grants struct {
	Store Store
	Now   func() time.Time // nil: the real clock
	Rand  io.Reader        // nil: real chance
}

// IssueCode is an authorization code that stands for the authorization for ten minutes, and once.
func (g *Grants) IssueCode(ctx context.Context, a *Authorization) (string, error) {
	code, err := g.secret("1.")
	if err != nil {
		return "", err
	}
	return code, g.Store.AddCode(ctx, hashOf(code), &IssuedCode{Authorization: *a, Expires: g.now().Add(CodeLife)})
}

// Code is what the authorization code stands for, expired or redeemed or not. ErrNotFound if there is no such code.
func (g *Grants) Code(ctx context.Context, code string) (*IssuedCode, error) {
	return g.Store.Code(ctx, hashOf(code))
}

// RedeemCode redeems the code for tokens of the family; zero is one that will not be continued. ErrRedeemed if that was done
// before: then what it was redeemed for is revoked, because one of the two had no right to it.
func (g *Grants) RedeemCode(ctx context.Context, code string, family ID) error {
	return g.Store.RedeemCode(ctx, hashOf(code), family)
}

// StartDevice is the code by which a device asks how far its sign-in is. It gives the device its user code.
func (g *Grants) StartDevice(ctx context.Context, device *Device) (deviceCode string, err error) {
	if deviceCode, err = g.secret("2."); err != nil {
		return "", err
	}
	device.State, device.Expires = DevicePending, g.now().Add(DeviceLife)
	for range 5 { // two at once with one code are a matter of chance
		if device.UserCode, err = g.userCode(); err != nil {
			return "", err
		}
		if err = g.Store.AddDevice(ctx, hashOf(deviceCode), device); !errors.Is(err, ErrExists) {
			break
		}
	}
	return deviceCode, err
}

// DeviceByUserCode is the sign-in that somebody typed the code of, in whatever case and with whatever hyphens and blanks.
// ErrNotFound if there is none that waits for an answer.
func (g *Grants) DeviceByUserCode(ctx context.Context, userCode string) (*Device, error) {
	device, err := g.Store.DeviceByUserCode(ctx, plainUserCode(userCode))
	if err == nil && (device.State != DevicePending || !g.now().Before(device.Expires)) {
		return nil, ErrNotFound
	}
	return device, err
}

// ApproveDevice lets the device have tokens for what the user granted. ErrNotFound if nobody waits for an answer.
func (g *Grants) ApproveDevice(ctx context.Context, userCode string, a *Authorization) error {
	return g.Store.AnswerDevice(ctx, plainUserCode(userCode), g.now(), a)
}

// DenyDevice tells the device that the user refused. ErrNotFound if nobody waits for an answer.
func (g *Grants) DenyDevice(ctx context.Context, userCode string) error {
	return g.Store.AnswerDevice(ctx, plainUserCode(userCode), g.now(), nil)
}

// PollDevice is the sign-in as the device asks for it, and notes that it did. ErrNotFound if there is no such code.
func (g *Grants) PollDevice(ctx context.Context, deviceCode string) (*Device, error) {
	return g.Store.PollDevice(ctx, hashOf(deviceCode), g.now())
}

// FetchDevice takes what was granted to the device, once. ErrRedeemed if it was taken before, or is not there to be taken.
func (g *Grants) FetchDevice(ctx context.Context, deviceCode string) error {
	return g.Store.FetchDevice(ctx, hashOf(deviceCode))
}

// userCodeCharacters cannot be taken for each other, nor make a word.
const userCodeCharacters = "BCDFGHJKLMNPQRSTVWXZ23456789"

const userCodeSize = 9

// userCode is what people type: nine characters, as the real service's, 43 bits for a quarter of an hour.
func (g *Grants) userCode() (string, error) {
	code := make([]byte, 0, userCodeSize)
	chunk := make([]byte, 2*userCodeSize)
	for {
		if _, err := io.ReadFull(g.chance(), chunk); err != nil {
			return "", fmt.Errorf("random bytes: %w", err)
		}
		for _, b := range chunk {
			if int(b) < 256-256%len(userCodeCharacters) {
				if code = append(code, userCodeCharacters[int(b)%len(userCodeCharacters)]); len(code) == userCodeSize {
					return string(code), nil
				}
			}
		}
	}
}

// plainUserCode is a user code as it was made, however somebody typed it.
func plainUserCode(typed string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(typed))
}

// secret is a code that nobody guesses: 256 bits.
func (g *Grants) secret(prefix string) (string, error) {
	bytes := make([]byte, 32)
	if _, err := io.ReadFull(g.chance(), bytes); err != nil {
		return "", fmt.Errorf("random bytes: %w", err)
	}
	return prefix + base64.RawURLEncoding.EncodeToString(bytes), nil
}

func hashOf(code string) Hash { return sha256.Sum256([]byte(code)) }

func (g *Grants) now() time.Time {
	if g.Now == nil {
		return time.Now()
	}
	return g.Now()
}

func (g *Grants) chance() io.Reader {
	if g.Rand == nil {
		return rand.Reader
	}
	return g.Rand
}

// Reaches reports whether the user may have tokens of the tenant: of its own, and of those where it has a role on behalf of its
// partner.
func (g *Grants) Reaches(ctx context.Context, user *User, tenant ID) (bool, error) {
	if user.Tenant == tenant {
		return true, nil
	}
	roles, err := g.RolesAt(ctx, user, tenant)
	return len(roles) > 0, err
}

// Knows reports whether the tenant has the application: its own, or one of the partner whose customer it is, for what is done
// there in the name of a user (Partner Center docs: pre-consent). What a user of the partner may do there is [Grants.Reaches].
func (g *Grants) Knows(ctx context.Context, tenant ID, app *App) (bool, error) {
	if app.Tenant == tenant {
		return true, nil
	}
	customer, err := g.customer(ctx, app.Tenant, tenant)
	return customer != nil, err
}

// customer is the tenant as a customer of the partner's, or nil.
func (g *Grants) customer(ctx context.Context, partner, tenant ID) (*Customer, error) {
	customer, err := g.Store.Customer(ctx, partner, tenant)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, partnercenter.ErrNoRelationship), errors.Is(err, partnercenter.ErrTenantNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return customer, nil
}
