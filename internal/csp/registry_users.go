package csp

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tenantry/tenantry/partnercenter"
)

// PartnerUserRecord is a user of a partner's own tenant as whoever runs the server sees it.
type PartnerUserRecord struct {
	ID                 string    `json:"id"`
	TenantID           string    `json:"tenantId"`
	User               string    `json:"user"` // the principal name
	DisplayName        string    `json:"displayName"`
	Agents             []string  `json:"agents"` // the agent groups
	MustChangePassword bool      `json:"mustChangePassword"`
	Created            time.Time `json:"created"`
}

// PartnerUserRequest is what a user is to be.
type PartnerUserRequest struct {
	Name        string   `json:"name"` // the sign-in name, without the domain
	DisplayName string   `json:"displayName,omitzero"`
	Agents      []string `json:"agents,omitzero"`
}

// NewPassword is what a user is told once.
type NewPassword struct {
	ID          string   `json:"id"`
	TenantID    string   `json:"tenantId"`
	User        string   `json:"user"`
	DisplayName string   `json:"displayName"`
	Agents      []string `json:"agents"`
	Password    string   `json:"password"`
}

// Users are the users of a partner's own tenant, in the order of their principal names.
func (s *Registry) Users(ctx context.Context, partner string) ([]PartnerUserRecord, error) {
	owner, err := s.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	users, err := s.Store.PartnerUsers(ctx, owner.ID)
	if err != nil {
		return nil, err
	}
	records := make([]PartnerUserRecord, 0, len(users))
	for _, user := range users {
		records = append(records, *userRecord(user))
	}
	return records, nil
}

// User is the user of that principal name.
func (s *Registry) User(ctx context.Context, name string) (*PartnerUserRecord, error) {
	partner, err := s.home(ctx, name)
	if err != nil {
		return nil, err
	}
	user, err := s.Store.User(ctx, partner.ID, name)
	if err != nil {
		return nil, ofUser(name, err)
	}
	return userRecord(user), nil
}

// CreateUser adds a user to a partner's own tenant.
func (s *Registry) CreateUser(ctx context.Context, partner string, request *PartnerUserRequest) (*NewPassword, error) {
	found := checkAgents(request.Agents)
	if !IsSignInName(request.Name) {
		found.add("name", "%s is not a sign-in name; leave the domain out and use letters, digits and . _ -", quoted(request.Name))
	}
	if found != nil {
		return nil, partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	owner, err := s.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	user := &User{DisplayName: cmp.Or(strings.TrimSpace(request.DisplayName), request.Name), Agents: groups(request.Agents)}
	password, err := s.newUser(owner, request.Name, user)
	if err != nil {
		return nil, err
	}
	err = s.Store.CreateUser(ctx, user)
	if errors.Is(err, ErrExists) {
		return nil, partnercenter.ErrUserNameTaken.With(owner.Name + " has a user " + user.PrincipalName + " already; nothing was made.")
	}
	if err != nil {
		return nil, err
	}
	return newPassword(user, password), nil
}

// SetAgents puts the user into these agent groups and no others. Tokens tell of it from the next one on, also of a refresh.
func (s *Registry) SetAgents(ctx context.Context, name string, agents []string) (*PartnerUserRecord, error) {
	if found := checkAgents(agents); found != nil {
		return nil, partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	user, err := s.changeUser(ctx, name, func(user *User) { user.Agents = groups(agents) })
	if err != nil {
		return nil, err
	}
	return userRecord(user), nil
}

// ResetPassword gives the user a new first password, and ends what was signed in with the old one.
func (s *Registry) ResetPassword(ctx context.Context, name string) (*NewPassword, error) {
	partner, err := s.home(ctx, name)
	if err != nil {
		return nil, err
	}
	password, credential, err := s.FirstPassword(partner.ID)
	if err != nil {
		return nil, err
	}
	user, err := s.changeUser(ctx, name, func(user *User) { user.SetPassword(credential, true, s.Now()) })
	if err != nil {
		return nil, err
	}
	return newPassword(user, password), nil
}

// DeleteUser removes the user for good. Its refresh tokens and sessions end.
func (s *Registry) DeleteUser(ctx context.Context, name string) error {
	partner, err := s.home(ctx, name)
	if err != nil {
		return err
	}
	return ofUser(name, s.Store.DeletePartnerUser(ctx, partner.ID, name))
}

// changeUser lets the function change the user, and returns it as it is then.
func (s *Registry) changeUser(ctx context.Context, name string, change func(*User)) (changed *User, err error) {
	partner, err := s.home(ctx, name)
	if err != nil {
		return nil, err
	}
	err = s.Store.ChangePartnerUser(ctx, partner.ID, name, func(user *User) error {
		change(user)
		changed = user
		return nil
	})
	return changed, ofUser(name, err)
}

// home is the partner to whose own tenant a principal name belongs. Users of customers are none of the registry's.
func (s *Registry) home(ctx context.Context, name string) (*Partner, error) {
	at := strings.LastIndexByte(name, '@')
	if at < 0 {
		return nil, partnercenter.ErrUserNotFound.With(quoted(name) + " is no sign-in name with its domain, such as bo@northwind.onmicrosoft.com.")
	}
	return s.partner(ctx, name[at+1:])
}

// newUser fills in what a user of the partner starts with, and returns the first password.
func (s *Registry) newUser(partner *Partner, name string, user *User) (password string, err error) {
	user.ID, user.Tenant, user.PrincipalName = s.IDs.New(), partner.ID, name+"@"+partner.Domain
	user.MustChangePassword, user.Created = true, s.Now()
	password, user.Credential, err = s.FirstPassword(partner.ID)
	return password, err
}

func checkAgents(agents []string) (found violations) {
	for _, agent := range agents {
		if !slices.Contains(agentGroups[:], agent) {
			found.add("agents", "%s is not one of %s", quoted(agent), strings.Join(agentGroups[:], ", "))
		}
	}
	return found
}

// groups are the agent groups in their order, each once.
func groups(agents []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(agents)))
}

func userRecord(user *User) *PartnerUserRecord {
	return &PartnerUserRecord{
		ID: user.ID.String(), TenantID: user.Tenant.String(), User: user.PrincipalName, DisplayName: user.DisplayName,
		Agents: append([]string{}, user.Agents...), MustChangePassword: user.MustChangePassword, Created: user.Created.UTC(),
	}
}

func newPassword(user *User, password string) *NewPassword {
	return &NewPassword{
		ID: user.ID.String(), TenantID: user.Tenant.String(), User: user.PrincipalName, DisplayName: user.DisplayName,
		Agents: append([]string{}, user.Agents...), Password: password,
	}
}

// ofUser is the store's error where whoever runs the server names a user.
func ofUser(name string, err error) error {
	if errors.Is(err, ErrNotFound) {
		return partnercenter.ErrUserNotFound.With("No user of a partner has the sign-in name " + quoted(name) + ".")
	}
	return err
}
