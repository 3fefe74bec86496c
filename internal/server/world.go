package server

import (
	_ "embed"

	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/tailscale/hujson"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/partnercenter"
)

// World is what a store is filled with: partners and all that is theirs.
type World struct {
	Partners []WorldPartner `json:"partners"`
}

// WorldPartner is a partner of a world.
type WorldPartner struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Domain    string          `json:"domain"`
	Kind      csp.PartnerKind `json:"kind"`
	Country   string          `json:"country"`
	MPNID     string          `json:"mpnId"`
	Sandbox   bool            `json:"sandbox"`
	Providers []string        `json:"providers"` // the tenant ids of an indirect reseller's providers
	// AgreementPending is a partner who has not accepted the Microsoft Partner Agreement yet.
	AgreementPending bool                     `json:"agreementPending"`
	Apps             []WorldApp               `json:"apps"`
	Users            []WorldUser              `json:"users"`
	Customers        []partnercenter.Customer `json:"customers"` // as the bodies that create them
	ValidationCodes  []WorldValidationCode    `json:"validationCodes"`
}

// WorldValidationCode is a code that the partner qualifies customers as GovernmentCommunityCloud by.
type WorldValidationCode struct {
	ID string `json:"validationId"` // digits
	csp.ValidationCodeRequest
}

// WorldApp is an application of a world. One with neither secret nor certificates is public.
type WorldApp struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Secret       string   `json:"secret"`
	Certificates []string `json:"certificates"` // in PEM
	RedirectURIs []string `json:"redirectUris"` // http://localhost stands for all its ports
	NeedsConsent bool     `json:"needsConsent"` // at the tenants of customers; else it is pre-consented there

	ImplicitTokens bool     `json:"implicitTokens"` // the authorize endpoint may hand out access tokens
	Permissions    []string `json:"permissions"`    // what it may do by itself at Microsoft Graph
}

// WorldUser is a user of a partner's tenant.
type WorldUser struct {
	PrincipalName string   `json:"principalName"`
	DisplayName   string   `json:"displayName"`
	Password      string   `json:"password"`
	Agents        []string `json:"agents"`

	// PasswordHash stands in for Password where hashing it at the start would take too long.
	PasswordHash string `json:"passwordHash"`

	// TOTPSecret is that of an authenticator app, in base32. Without one the user has no second factor.
	TOTPSecret string `json:"totpSecret"`
}

//go:embed devworld.json
var devWorld []byte

// DevWorld is the ready-made world of tenantry dev, the same on every machine.
func DevWorld() *World {
	world, err := ReadWorld(devWorld)
	if err != nil {
		panic("server: devworld.json: " + err.Error()) // embedded, and read by a test
	}
	return world
}

// ReadWorld reads a seed file: JSON, with comments and trailing commas if you like.
func ReadWorld(text []byte) (*World, error) {
	standard, err := hujson.Standardize(append([]byte(nil), text...))
	if err != nil {
		return nil, err
	}
	world := &World{}
	if err := json.Unmarshal(standard, world, json.RejectUnknownMembers(true), jsontext.AllowDuplicateNames(false)); err != nil {
		return nil, err
	}
	for i := range world.Partners {
		if err := world.Partners[i].check(); err != nil {
			return nil, fmt.Errorf("partner %d, %s: %w", i+1, world.Partners[i].Name, err)
		}
	}
	return world, nil
}

func (p *WorldPartner) check() error {
	ids := append([]string{p.ID}, p.Providers...)
	for _, app := range p.Apps {
		ids = append(ids, app.ID)
		for _, permission := range app.Permissions {
			if err := csp.CheckPermission(permission); err != nil {
				return fmt.Errorf("app %s: permission %q: %w", app.Name, permission, err)
			}
		}
		for _, uri := range app.RedirectURIs {
			if err := csp.CheckRedirectURI(uri); err != nil {
				return fmt.Errorf("app %s: redirect URI %q: %w", app.Name, uri, err)
			}
		}
		for i, certificate := range app.Certificates {
			if _, err := token.ReadCertificate([]byte(certificate)); err != nil {
				return fmt.Errorf("app %s: certificate %d: %w", app.Name, i+1, err)
			}
		}
	}
	for _, user := range p.Users {
		if user.TOTPSecret == "" {
			continue
		}
		if _, err := token.ParseCodeSecret(user.TOTPSecret); err != nil {
			return fmt.Errorf("user %s: %w", user.PrincipalName, err)
		}
	}
	for _, id := range ids {
		if _, err := csp.ParseID(id); err != nil {
			return fmt.Errorf("id %q: %w", id, err)
		}
	}
	switch p.Kind {
	case csp.DirectReseller, csp.IndirectProvider, csp.IndirectReseller:
		return nil
	default:
		return fmt.Errorf("kind %q is not one of %s, %s, %s", p.Kind, csp.DirectReseller, csp.IndirectProvider, csp.IndirectReseller)
	}
}

// And is the world with all of the other added. A partner of both is the first's, with what the other adds to it.
func (w *World) And(other *World) *World {
	both := &World{Partners: slices.Clone(w.Partners)}
	for _, partner := range other.Partners {
		i := slices.IndexFunc(both.Partners, func(known WorldPartner) bool { return strings.EqualFold(known.ID, partner.ID) })
		if i < 0 {
			both.Partners = append(both.Partners, partner)
			continue
		}
		known := &both.Partners[i]
		known.Providers = slices.Concat(known.Providers, partner.Providers)
		known.Apps = slices.Concat(known.Apps, partner.Apps)
		known.Users = slices.Concat(known.Users, partner.Users)
		known.Customers = slices.Concat(known.Customers, partner.Customers)
		known.ValidationCodes = slices.Concat(known.ValidationCodes, partner.ValidationCodes)
	}
	return both
}
