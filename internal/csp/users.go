package csp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// Users are the users of customers, whom the partner administers.
type Users struct {
	Store Store
	IDs   *IDs
	Now   func() time.Time

	// Credential is what proves a chosen password ever after, and Proves reports whether it is the password that a credential
	// of the tenant's proves. Both are slow on purpose.
	Credential func(ctx context.Context, password string) ([]byte, error)
	Proves     func(ctx context.Context, credential []byte, tenant ID, password string) (bool, error)
}

// UsersRestorable is how long a deleted user can be restored. Partner Center docs: delete-user-accounts-for-a-customer.
const UsersRestorable = 30 * 24 * time.Hour

// SortName is the name to display as users are sorted by it. It is never empty.
func (u *User) SortName() string {
	return FoldedName(cmp.Or(u.DisplayName, u.PrincipalName, u.ID.String()))
}

// HasRole reports whether the user has the directory role.
func (u *User) HasRole(role string) bool { return slices.Contains(u.Roles, role) }

// Account is the user as it is answered. Partner Center docs: get-a-user-account-by-id.
func (u *User) Account() *partnercenter.CustomerUser {
	account := &partnercenter.CustomerUser{
		UsageLocation:     u.UsageLocation,
		ID:                u.ID.String(),
		UserPrincipalName: u.PrincipalName,
		FirstName:         u.GivenName,
		LastName:          u.FamilyName,
		DisplayName:       u.DisplayName,
		ImmutableID:       u.ImmutableID,
		PhoneNumber:       u.PhoneNumber,
		UserDomainType:    partnercenter.UserDomainNone, // so in every sample
		State:             partnercenter.UserActive,
		Links:             partnercenter.LinkTo("/customers/" + u.Tenant.String() + "/users/" + u.ID.String()),
		Attributes:        &partnercenter.ResourceAttributes{ObjectType: "CustomerUser"},
	}
	if !u.Deleted.IsZero() {
		account.State = partnercenter.UserInactive
		account.SoftDeletionTime = u.Deleted.UTC().Format("2006-01-02T15:04:05Z")
	}
	return account
}

// mayRead lets in who may look at the users of customers.
func (s *Users) mayRead(ctx context.Context, caller *Caller, customer ID) error {
	_, err := s.entitled(ctx, caller, customer, &readUsers)
	return err
}

// Get is a user of a customer of the caller's.
func (s *Users) Get(ctx context.Context, caller *Caller, customer, id ID) (*partnercenter.CustomerUser, error) {
	user, err := s.active(ctx, caller, customer, id)
	if err != nil {
		return nil, err
	}
	return user.Account(), nil
}

// active is a user who is not deleted, for a caller who may read.
func (s *Users) active(ctx context.Context, caller *Caller, customer, id ID) (*User, error) {
	if err := s.mayRead(ctx, caller, customer); err != nil {
		return nil, err
	}
	user, err := s.Store.CustomerUser(ctx, caller.Partner.ID, customer, id)
	if err != nil {
		return nil, err
	}
	return user, s.mustBeThere(user, false)
}

// mustBeThere refuses a user who is deleted, but one who can be restored where that is wanted.
func (s *Users) mustBeThere(user *User, restored bool) error {
	switch {
	case user.Deleted.IsZero():
		return nil
	case !user.Deleted.After(s.Now().Add(-UsersRestorable)):
		return noUser(user.ID)
	case !restored:
		return partnercenter.ErrUserDeleted.With("The user " + user.ID.String() + ` is deleted. It can be restored by PATCH with {"state":"active"} for 30 days.`)
	default:
		return nil
	}
}

func noUser(id ID) error {
	return partnercenter.ErrUserNotFound.With("The customer has no user with the id " + id.String() + ".")
}

// Create adds a user to the tenant of a customer of the caller's.
func (s *Users) Create(ctx context.Context, caller *Caller, customer ID, request *partnercenter.CustomerUser, call Call) (*partnercenter.CustomerUser, error) {
	if _, err := s.entitled(ctx, caller, customer, &createUsers); err != nil {
		return nil, err
	}
	if recorded, err := s.Store.Recorded(ctx, call); err != nil || recorded != nil {
		return s.answered(recorded, err, nil, request.PasswordProfile)
	}
	found, err := s.invalid(ctx, customer, request, nil)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return nil, partnercenter.ErrUserInvalid.With("", found.data()...)
	}
	user := &User{ID: s.IDs.New(), Tenant: customer, Created: s.Now()}
	fill(user, request)
	if user.Credential, err = s.Credential(ctx, request.PasswordProfile.Password); err != nil {
		return nil, err
	}
	user.MustChangePassword = request.PasswordProfile.ForceChangePassword
	account := user.Account()
	answer, err := json.Marshal(account)
	if err != nil {
		return nil, err
	}
	recorded, err := s.Store.CreateCustomerUser(ctx, caller.Partner.ID, call, user, Outcome{Answer: answer, Audit: &AuditEntry{
		Operation: partnercenter.OperationCreateCustomerUser, Resource: partnercenter.AuditCustomerUser, ResourceID: user.ID.String(), New: answer,
	}})
	return s.answered(recorded, err, account, request.PasswordProfile)
}

// answered is the recorded answer or the fresh one with the password that the request set. It is recorded without it: the call
// that repeats it has it again, and no disk ever holds it.
func (s *Users) answered(recorded []byte, err error, fresh *partnercenter.CustomerUser, password *partnercenter.PasswordProfile) (*partnercenter.CustomerUser, error) {
	if err != nil {
		return nil, err
	}
	answer, err := answered(recorded, fresh)
	if err == nil {
		answer.PasswordProfile = password
	}
	return answer, err
}

// fill gives the user what the request says, and leaves alone what it does not speak of: the SDKs send null for it.
func fill(user *User, request *partnercenter.CustomerUser) {
	for _, field := range [...]struct {
		into *string
		text string
	}{
		{&user.PrincipalName, strings.TrimSpace(request.UserPrincipalName)},
		{&user.DisplayName, request.DisplayName},
		{&user.GivenName, request.FirstName},
		{&user.FamilyName, request.LastName},
		{&user.UsageLocation, strings.ToUpper(request.UsageLocation)},
		{&user.PhoneNumber, request.PhoneNumber},
		{&user.ImmutableID, request.ImmutableID},
	} {
		if field.text != "" {
			*field.into = field.text
		}
	}
}

// errPasswordChanged says that a password was set while another one was made ready.
var errPasswordChanged = errors.New("the password was changed meanwhile")

// Update changes a user of a customer of the caller's: what the request says, its password, and, by state active, its being
// deleted. A request that sets a password alone may come from the helpdesk.
func (s *Users) Update(ctx context.Context, caller *Caller, customer, id ID, request *partnercenter.CustomerUser, call Call) (*partnercenter.CustomerUser, error) {
	task := &changeUsers
	if onlyPassword(request) {
		task = &setPasswords
	}
	roles, err := s.entitled(ctx, caller, customer, task)
	if err != nil {
		return nil, err
	}
	if recorded, err := s.Store.Recorded(ctx, call); err != nil || recorded != nil {
		return s.answered(recorded, err, nil, request.PasswordProfile)
	}
	for attempt := 1; ; attempt++ {
		change, err := s.change(ctx, caller, roles, customer, id, request)
		if err != nil {
			return nil, err
		}
		var account *partnercenter.CustomerUser
		recorded, err := s.Store.UpdateCustomerUser(ctx, caller.Partner.ID, customer, id, call, func(user *User) (Outcome, error) {
			outcome, err := change.apply(user)
			account = user.Account()
			return outcome, err
		})
		if errors.Is(err, errPasswordChanged) && attempt < maxAttempts {
			continue
		}
		return s.answered(recorded, err, account, request.PasswordProfile)
	}
}

// onlyPassword reports whether nothing but the password would be changed.
func onlyPassword(request *partnercenter.CustomerUser) bool {
	var rest User
	fill(&rest, request)
	return request.PasswordProfile != nil && request.State == "" &&
		rest.PrincipalName+rest.DisplayName+rest.GivenName+rest.FamilyName+rest.UsageLocation+rest.PhoneNumber+rest.ImmutableID == ""
}

// userChange is an update that was looked at, with its password made ready.
type userChange struct {
	*Users
	request    *partnercenter.CustomerUser
	seen       []byte // the credential that the password was compared with
	credential []byte // the new one; nil: the password stays
}

// change looks at the update, and hashes its password before anybody waits for the write.
func (s *Users) change(ctx context.Context, caller *Caller, roles []string, customer, id ID, request *partnercenter.CustomerUser) (*userChange, error) {
	user, err := s.Store.CustomerUser(ctx, caller.Partner.ID, customer, id)
	if err != nil {
		return nil, err
	}
	if err := s.mustBeThere(user, request.State == partnercenter.UserActive); err != nil {
		return nil, err
	}
	if err := mayTouch(user, roles, onlyPassword(request)); err != nil {
		return nil, err
	}
	found, err := s.invalid(ctx, customer, request, user)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return nil, partnercenter.ErrUserInvalid.With("", found.data()...)
	}
	change := &userChange{Users: s, request: request, seen: user.Credential}
	if request.PasswordProfile != nil {
		change.credential, err = s.Credential(ctx, request.PasswordProfile.Password)
	}
	return change, err
}

// apply makes the change, and tells what it was.
func (c *userChange) apply(user *User) (Outcome, error) {
	restored := !user.Deleted.IsZero()
	if err := c.mustBeThere(user, c.request.State == partnercenter.UserActive); err != nil {
		return Outcome{}, err
	}
	old, name := *user, user.PrincipalName
	fill(user, c.request)
	user.Deleted = time.Time{}
	var operations []partnercenter.OperationType
	if restored {
		operations = append(operations, partnercenter.OperationRestoreCustomerUser)
	}
	if user.PrincipalName != name {
		operations = append(operations, partnercenter.OperationUpdateCustomerUserPrincipalName)
	}
	if !sameProfile(&old, user) {
		operations = append(operations, partnercenter.OperationUpdateCustomerUser)
	}
	if c.credential != nil {
		if !bytes.Equal(user.Credential, c.seen) {
			return Outcome{}, errPasswordChanged
		}
		user.SetPassword(c.credential, c.request.PasswordProfile.ForceChangePassword, c.Now())
		operations = append(operations, partnercenter.OperationResetCustomerUserPassword)
	}
	return userOutcome(&old, user, operations)
}

// sameProfile reports whether the two differ in nothing that has no operation of its own.
func sameProfile(a, b *User) bool {
	return a.DisplayName == b.DisplayName && a.GivenName == b.GivenName && a.FamilyName == b.FamilyName &&
		a.UsageLocation == b.UsageLocation && a.PhoneNumber == b.PhoneNumber && a.ImmutableID == b.ImmutableID
}

// userOutcome records each of the operations.
func userOutcome(before, after *User, operations []partnercenter.OperationType) (outcome Outcome, err error) {
	old, err := json.Marshal(before.Account())
	if err != nil {
		return outcome, err
	}
	if outcome.Answer, err = json.Marshal(after.Account()); err != nil {
		return outcome, err
	}
	for i, operation := range operations {
		entry := &AuditEntry{Operation: operation, Resource: partnercenter.AuditCustomerUser, ResourceID: after.ID.String(), Old: old, New: outcome.Answer}
		if i == 0 {
			outcome.Audit = entry
		} else {
			outcome.FurtherAudit = append(outcome.FurtherAudit, entry)
		}
	}
	return outcome, nil
}

// Delete removes a user of a customer of the caller's, who can be restored for 30 days.
func (s *Users) Delete(ctx context.Context, caller *Caller, customer, id ID, call Call) error {
	roles, err := s.entitled(ctx, caller, customer, &changeUsers)
	if err != nil {
		return err
	}
	_, err = s.Store.UpdateCustomerUser(ctx, caller.Partner.ID, customer, id, call, func(user *User) (Outcome, error) {
		if !user.Deleted.IsZero() {
			return Outcome{}, noUser(id)
		}
		if err := mayTouch(user, roles, false); err != nil {
			return Outcome{}, err
		}
		before := *user
		user.Deleted = s.Now()
		user.SessionsFrom = user.Deleted
		outcome, err := userOutcome(&before, user, []partnercenter.OperationType{partnercenter.OperationDeleteCustomerUser})
		outcome.Answer = []byte{}
		return outcome, err
	})
	return err
}

// UserPage is a page of users, and where the pages beside it begin.
type UserPage struct {
	Items    []partnercenter.CustomerUser
	Next     *UserPosition // nil: this is the last one
	Previous *UserPosition // nil: this is the first one
}

// List is a page of the users of a customer of the caller's.
func (s *Users) List(ctx context.Context, caller *Caller, customer ID, query UserQuery) (*UserPage, error) {
	if err := s.mayRead(ctx, caller, customer); err != nil {
		return nil, err
	}
	found, next, previous, err := s.page(ctx, caller, customer, query)
	if err != nil {
		return nil, err
	}
	page := &UserPage{Items: make([]partnercenter.CustomerUser, 0, len(found)), Next: next, Previous: previous}
	for _, user := range found {
		page.Items = append(page.Items, *user.Account())
	}
	return page, nil
}

// page is what the store has, and where the pages beside it begin.
func (s *Users) page(ctx context.Context, caller *Caller, customer ID, query UserQuery) (found []*User, next, previous *UserPosition, err error) {
	if query.Size <= 0 || query.Size > MaxPage {
		query.Size = MaxPage
	}
	query.DeletedAfter = s.Now().Add(-UsersRestorable)
	asked := query
	asked.Size++ // whether there is more
	found, err = s.Store.Users(ctx, caller.Partner.ID, customer, &asked)
	if err != nil || len(found) == 0 {
		return nil, nil, nil, err
	}
	found, beside := cut(found, query.Size, query.Backward, query.From != nil)
	if beside.next {
		next = query.position(found[len(found)-1])
	}
	if beside.previous {
		previous = query.position(found[0])
	}
	return found, next, previous, nil
}
