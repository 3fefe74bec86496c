package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/partnercenter"
)

// worldSecretLife is how long the secret of a world's application lasts: a world is meant to stay as it is.
const worldSecretLife = 100 * 365 * 24 * time.Hour

// fill puts the world into the store. What is there already stays as it is, so that a world can be filled in at each start.
func (s *Server) fill(ctx context.Context, world *World) error {
	if world == nil {
		return nil
	}
	// What does not build on each other is written at once and shares its commits.
	for _, step := range [...]func(context.Context, *WorldPartner) error{s.fillPartner, s.fillAccounts, s.fillCustomers} {
		var group sync.WaitGroup
		errs := make([]error, len(world.Partners))
		for i := range world.Partners {
			group.Go(func() {
				if err := step(ctx, &world.Partners[i]); err != nil {
					errs[i] = fmt.Errorf("partner %s: %w", world.Partners[i].Name, err)
				}
			})
		}
		group.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) fillPartner(ctx context.Context, p *WorldPartner) error {
	id := csp.MustParseID(p.ID) // ReadWorld has seen to it
	if _, err := s.store.Partner(ctx, id); !errors.Is(err, csp.ErrNotFound) {
		return err
	}
	err := s.store.CreatePartner(ctx, &csp.Partner{
		ID: id, Name: p.Name, Domain: p.Domain, Kind: p.Kind, Country: p.Country, MPNID: p.MPNID, Sandbox: p.Sandbox, AgreementAccepted: !p.AgreementPending,
	})
	if errors.Is(err, csp.ErrExists) {
		if _, found := s.store.Partner(ctx, id); found == nil { // another server was quicker
			return nil
		}
	}
	return err
}

func (s *Server) fillAccounts(ctx context.Context, p *WorldPartner) error {
	var group sync.WaitGroup
	errs := make([]error, 4)
	group.Go(func() { errs[0] = s.fillPartnerships(ctx, p) })
	group.Go(func() { errs[1] = s.fillApps(ctx, p) })
	group.Go(func() { errs[2] = s.fillUsers(ctx, p) })
	group.Go(func() { errs[3] = s.fillValidationCodes(ctx, p) })
	group.Wait()
	return errors.Join(errs...)
}

func (s *Server) fillPartnerships(ctx context.Context, p *WorldPartner) error {
	for _, provider := range p.Providers {
		if err := s.store.CreatePartnership(ctx, csp.MustParseID(provider), csp.MustParseID(p.ID)); err != nil {
			return fmt.Errorf("provider %s: %w", provider, err)
		}
	}
	return nil
}

func (s *Server) fillValidationCodes(ctx context.Context, p *WorldPartner) error {
	if len(p.ValidationCodes) == 0 {
		return nil
	}
	partner := csp.MustParseID(p.ID)
	kept, err := s.store.ValidationCodes(ctx, partner)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, code := range kept {
		known[code.ID] = true
	}
	codes := &csp.ValidationCodes{Store: s.store}
	for _, c := range p.ValidationCodes {
		if known[c.ID] {
			continue
		}
		if _, err := codes.Put(ctx, partner, c.ID, &c.ValidationCodeRequest); err != nil {
			return fmt.Errorf("validation code %q: %w", c.ID, err)
		}
		known[c.ID] = true
	}
	return nil
}

func (s *Server) fillApps(ctx context.Context, p *WorldPartner) error {
	for _, a := range p.Apps {
		app := &csp.App{ID: csp.MustParseID(a.ID), Tenant: csp.MustParseID(p.ID), Name: a.Name, Public: a.Secret == "" && len(a.Certificates) == 0, RedirectURIs: a.RedirectURIs, NeedsConsent: a.NeedsConsent, ImplicitTokens: a.ImplicitTokens, Permissions: a.Permissions}
		if _, err := s.store.App(ctx, app.ID); !errors.Is(err, csp.ErrNotFound) {
			if err != nil {
				return err
			}
			continue
		}
		if a.Secret != "" {
			app.Secrets = []csp.AppSecret{{
				ID: app.ID.Derived("secret"), Hash: s.root.HashSecret(app.ID, a.Secret), Hint: a.Secret[:min(3, len(a.Secret))], Expires: s.config.Now().Add(worldSecretLife),
			}}
		}
		for i, text := range a.Certificates {
			der, err := token.ReadCertificate([]byte(text))
			if err != nil {
				return fmt.Errorf("app %s: certificate %d: %w", a.Name, i+1, err)
			}
			app.Certificates = append(app.Certificates, csp.AppCertificate{ID: app.ID.Derived(token.Thumbprint(der)), DER: der})
		}
		if err := s.store.CreateApp(ctx, app); err != nil && !errors.Is(err, csp.ErrExists) { // another server may have been quicker
			return fmt.Errorf("app %s: %w", a.Name, err)
		}
	}
	return nil
}

func (s *Server) fillUsers(ctx context.Context, p *WorldPartner) error {
	tenant := csp.MustParseID(p.ID)
	for _, u := range p.Users {
		if _, err := s.store.User(ctx, tenant, u.PrincipalName); !errors.Is(err, csp.ErrNotFound) {
			if err != nil {
				return err
			}
			continue
		}
		credential := []byte(u.PasswordHash)
		if u.Password != "" {
			var err error
			if credential, err = s.passwords.ChosenCredential(ctx, u.Password); err != nil {
				return fmt.Errorf("user %s: %w", u.PrincipalName, err)
			}
		}
		user := &csp.User{
			ID: tenant.Derived("user:" + u.PrincipalName), Tenant: tenant, PrincipalName: u.PrincipalName, DisplayName: u.DisplayName,
			Roles: []string{csp.CompanyAdministrator}, Agents: u.Agents, Credential: credential, Created: s.config.Now(),
		}
		err := s.fillSecondFactor(ctx, user, u.TOTPSecret)
		if err == nil {
			err = s.store.CreateUser(ctx, user)
		}
		if err != nil && !errors.Is(err, csp.ErrExists) { // as above
			return fmt.Errorf("user %s: %w", u.PrincipalName, err)
		}
	}
	return nil
}

// fillSecondFactor gives a user who is about to be made the second factor of the secret, if there is one.
func (s *Server) fillSecondFactor(ctx context.Context, user *csp.User, text string) error {
	if text == "" {
		return nil
	}
	secret, err := token.ParseCodeSecret(text)
	if err != nil {
		return err
	}
	sealed, err := s.root.SealCodeSecret(nil, user.ID, secret)
	if err != nil {
		return err
	}
	factor := &csp.SecondFactor{ID: user.ID.Derived("second factor"), Sealed: sealed, Enrolled: s.config.Now()}
	err = s.store.AddSecondFactor(ctx, user, factor)
	if errors.Is(err, csp.ErrExists) { // of a start that did not come further
		return nil
	}
	return err
}

// fillCustomers creates the partner's customers as its admin agent would.
func (s *Server) fillCustomers(ctx context.Context, p *WorldPartner) error {
	if len(p.Customers) == 0 {
		return nil
	}
	partner, err := s.store.Partner(ctx, csp.MustParseID(p.ID))
	if err != nil {
		return err
	}
	caller := &csp.Caller{Partner: partner, User: partner.ID.Derived("seed"), Agents: []string{csp.AdminAgents}}
	for i := range p.Customers {
		_, err := s.customers.Create(ctx, caller, &p.Customers[i], csp.Call{})
		if err != nil && !errors.Is(err, partnercenter.ErrDomainTaken) {
			return fmt.Errorf("customer %d: %w", i+1, err)
		}
	}
	return nil
}

// firstSalt is the salt of a tenant's very first password; a reset draws another.
var firstSalt = []byte("original")

func firstPassword(root token.Root) func(csp.ID) string {
	return func(tenant csp.ID) string { return root.FirstPassword(tenant, firstSalt) }
}
