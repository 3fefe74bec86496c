package partnercenter

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// UsersService is the users of customers. All of it needs a token of the application and a user, and delegated admin.
type UsersService service

// CreateUserOptions are the options of [UsersService.Create].
type CreateUserOptions RequestOptions

// Create makes a user, who must have a sign-in name under one of the customer's domains, a name to display and a password.
// The answer has the password. [ErrUserInvalid] names everything that is wrong, [ErrUserNameTaken] is a sign-in name that
// another user has.
//
// Partner Center docs: create-user-accounts-for-a-customer.
//
//partnercenter:operation POST /v1/customers/{customer-id}/users
func (s *UsersService) Create(ctx context.Context, customer string, user *CustomerUser, opts *CreateUserOptions) (*CustomerUser, error) {
	if user == nil {
		return nil, errors.New("the user is nil")
	}
	path, err := usersPath(customer)
	if err != nil {
		return nil, err
	}
	return fetch[CustomerUser](ctx, s.client, call{
		name:    "UsersService.Create",
		method:  http.MethodPost,
		path:    path,
		area:    AreaUsers,
		body:    user,
		options: (*RequestOptions)(opts),
	})
}

// GetUserOptions are the options of [UsersService.Get].
type GetUserOptions RequestOptions

// Get is a user, [ErrUserNotFound], or [ErrUserDeleted] for one that can still be restored.
//
// Partner Center docs: get-a-user-account-by-id.
//
//partnercenter:operation GET /v1/customers/{customer-id}/users/{user-id}
func (s *UsersService) Get(ctx context.Context, customer, id string, opts *GetUserOptions) (*CustomerUser, error) {
	return userPart[CustomerUser](ctx, s, "UsersService.Get", customer, id, "", (*RequestOptions)(opts))
}

// ListUsersOptions are the options of [UsersService.List].
type ListUsersOptions struct {
	RequestOptions
	Size          int       // of a page; zero is the service's choice
	State         UserState // empty: the active ones
	ByDisplayName bool      // in the order of the names to display; else in the service's
	Descending    bool      // with ByDisplayName

	// ContinuationToken of a page asks for the next one. Everything else is in it.
	ContinuationToken string
}

// List is a page of the customer's users, the first one unless the options carry a continuation token.
//
// Partner Center docs: get-a-list-of-all-user-accounts-for-a-customer, view-a-deleted-user.
//
//partnercenter:operation GET /v1/customers/{customer-id}/users
func (s *UsersService) List(ctx context.Context, customer string, opts *ListUsersOptions) (*CustomerUserCollection, error) {
	if opts == nil {
		opts = &ListUsersOptions{}
	}
	path, err := usersPath(customer)
	if err != nil {
		return nil, err
	}
	query, err := opts.query()
	if err != nil {
		return nil, err
	}
	return fetch[CustomerUserCollection](ctx, s.client, call{
		name:    "UsersService.List",
		method:  http.MethodGet,
		path:    path + query,
		area:    AreaUsers,
		headers: map[string]string{"MS-ContinuationToken": opts.ContinuationToken},
		options: &opts.RequestOptions,
	})
}

// AllUsers are the customer's users, page by page as they are needed. It ends with the first error.
func (c *Client) AllUsers(ctx context.Context, customer string, opts *ListUsersOptions) iter.Seq2[*CustomerUser, error] {
	page := ListUsersOptions{}
	if opts != nil {
		page = *opts
	}
	return eachItem(page.ContinuationToken, func(token string) ([]CustomerUser, string, error) {
		page := page
		page.ContinuationToken = token
		found, err := c.Users.List(ctx, customer, &page)
		if err != nil {
			return nil, "", err
		}
		return found.Items, found.ContinuationToken, nil
	})
}

// query is the options as a query, with its question mark.
func (o *ListUsersOptions) query() (string, error) {
	query := url.Values{}
	if o.ContinuationToken != "" {
		query.Set("seekOperation", "Next")
		return "?" + query.Encode(), nil
	}
	if o.Size > 0 {
		query.Set("size", strconv.Itoa(o.Size))
	}
	if o.State != "" {
		if err := setFilter(query, "UserState", string(o.State), "equals"); err != nil {
			return "", err
		}
	}
	if o.ByDisplayName {
		query.Set("sortField", "DisplayName")
		query.Set("sortDirection", map[bool]string{false: "Ascending", true: "Descending"}[o.Descending])
	}
	if len(query) == 0 {
		return "", nil
	}
	return "?" + query.Encode(), nil
}

// UpdateUserOptions are the options of [UsersService.Update].
type UpdateUserOptions RequestOptions

// Update changes what is set in the user, and leaves the rest as it is. A password profile sets the password. State
// [UserActive] restores a deleted user. [ErrLastAdministrator] refuses what would leave the customer without an
// administrator.
//
// Partner Center docs: update-user-accounts-for-a-customer, restore-a-user-for-a-customer.
//
//partnercenter:operation PATCH /v1/customers/{customer-id}/users/{user-id}
func (s *UsersService) Update(ctx context.Context, customer, id string, user *CustomerUser, opts *UpdateUserOptions) (*CustomerUser, error) {
	return s.patch(ctx, "UsersService.Update", customer, id, "", user, (*RequestOptions)(opts))
}

// ResetPasswordOptions are the options of [UsersService.ResetPassword].
type ResetPasswordOptions RequestOptions

// ResetPassword gives the user another password. The answer has it.
//
// Partner Center docs since 2022: reset-user-password-for-a-customer.
//
//partnercenter:operation PATCH /v1/customers/{customer-id}/users/{user-id}/resetpassword
func (s *UsersService) ResetPassword(ctx context.Context, customer, id string, password *PasswordProfile, opts *ResetPasswordOptions) (*CustomerUser, error) {
	if password == nil {
		return nil, errors.New("the password profile is nil")
	}
	return s.patch(ctx, "UsersService.ResetPassword", customer, id, "/resetpassword", &CustomerUser{PasswordProfile: password}, (*RequestOptions)(opts))
}

func (s *UsersService) patch(ctx context.Context, name, customer, id, part string, user *CustomerUser, opts *RequestOptions) (*CustomerUser, error) {
	if user == nil {
		return nil, errors.New("the user is nil")
	}
	path, err := userPath(customer, id)
	if err != nil {
		return nil, err
	}
	return fetch[CustomerUser](ctx, s.client, call{
		name:    name,
		method:  http.MethodPatch,
		path:    path + part,
		area:    AreaUsers,
		body:    user,
		options: opts,
	})
}

// DeleteUserOptions are the options of [UsersService.Delete].
type DeleteUserOptions RequestOptions

// Delete removes a user, who can be restored for 30 days.
//
// Partner Center docs: delete-user-accounts-for-a-customer.
//
//partnercenter:operation DELETE /v1/customers/{customer-id}/users/{user-id}
func (s *UsersService) Delete(ctx context.Context, customer, id string, opts *DeleteUserOptions) error {
	path, err := userPath(customer, id)
	if err != nil {
		return err
	}
	_, err = s.client.do(ctx, call{
		name:    "UsersService.Delete",
		method:  http.MethodDelete,
		path:    path,
		area:    AreaUsers,
		options: (*RequestOptions)(opts),
	})
	return err
}

// userPart reads what lies at or below a user.
func userPart[T any](ctx context.Context, s *UsersService, name, customer, id, part string, opts *RequestOptions) (*T, error) {
	path, err := userPath(customer, id)
	if err != nil {
		return nil, err
	}
	return fetch[T](ctx, s.client, call{name: name, method: http.MethodGet, path: path + part, area: AreaUsers, options: opts})
}

func usersPath(customer string) (string, error) {
	segment, err := pathSegment("customer id", customer)
	return "/v1/customers/" + segment + "/users", err
}

func userPath(customer, id string) (string, error) {
	users, err := usersPath(customer)
	if err != nil {
		return "", err
	}
	segment, err := pathSegment("user id", id)
	return users + "/" + segment, err
}
