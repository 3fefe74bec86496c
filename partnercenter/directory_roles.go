package partnercenter

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// DirectoryRole is a role that users can have in a customer's tenant. Its id is the same in every tenant.
// Partner Center docs: user-resources.
type DirectoryRole struct {
	Name       string              `json:"name,omitzero"`
	ID         string              `json:"id,omitzero"`
	Attributes *ResourceAttributes `json:"attributes,omitzero"`
}

// UserMember is a user who has a directory role.
// Partner Center docs: user-resources.
type UserMember struct {
	DisplayName       string              `json:"displayName,omitzero"`
	UserPrincipalName string              `json:"userPrincipalName,omitzero"`
	RoleID            string              `json:"roleId,omitzero"`
	ID                string              `json:"id,omitzero"` // the user's
	Attributes        *ResourceAttributes `json:"attributes,omitzero"`
}

// UserMemberCollection is a page of the members of a role.
// Partner Center docs: get-user-roles-for-a-customer.
type UserMemberCollection struct {
	TotalCount int          `json:"totalCount"` // of this page
	Items      []UserMember `json:"items"`
	// ContinuationToken is what the link to the next page carries as MS-ContinuationToken.
	ContinuationToken string              `json:"continuationToken,omitzero"`
	Links             *ResourceLinks      `json:"links,omitzero"`
	Attributes        *ResourceAttributes `json:"attributes,omitzero"`
}

// DirectoryRolesService is who has which role in the tenants of customers. All of it needs a token of the application and a
// user, and delegated admin.
type DirectoryRolesService service

// ListDirectoryRolesOptions are the options of [DirectoryRolesService.List].
type ListDirectoryRolesOptions RequestOptions

// List is the roles that users of the customer can have.
//
// Partner Center docs: get-user-roles-for-a-customer.
//
//partnercenter:operation GET /v1/customers/{customer-id}/directoryroles
func (s *DirectoryRolesService) List(ctx context.Context, customer string, opts *ListDirectoryRolesOptions) (*Collection[DirectoryRole], error) {
	segment, err := pathSegment("customer id", customer)
	if err != nil {
		return nil, err
	}
	return fetch[Collection[DirectoryRole]](ctx, s.client, call{
		name:    "DirectoryRolesService.List",
		method:  http.MethodGet,
		path:    "/v1/customers/" + segment + "/directoryroles",
		area:    AreaUsers,
		options: (*RequestOptions)(opts),
	})
}

// GetUserRolesOptions are the options of [UsersService.DirectoryRoles].
type GetUserRolesOptions RequestOptions

// DirectoryRoles is the roles that the user has.
//
// Partner Center docs: get-user-roles-for-a-customer.
//
//partnercenter:operation GET /v1/customers/{customer-id}/users/{user-id}/directoryroles
func (s *UsersService) DirectoryRoles(ctx context.Context, customer, id string, opts *GetUserRolesOptions) (*Collection[DirectoryRole], error) {
	return userPart[Collection[DirectoryRole]](ctx, s, "UsersService.DirectoryRoles", customer, id, "/directoryroles", (*RequestOptions)(opts))
}

// ListUserMembersOptions are the options of [DirectoryRolesService.Members].
type ListUserMembersOptions struct {
	RequestOptions
	Size int // of a page; zero is the service's choice

	// ContinuationToken of a page asks for the next one. The size is in it.
	ContinuationToken string
}

// Members is a page of the users who have the role, the first one unless the options carry a continuation token.
//
// Partner Center docs: get-user-roles-for-a-customer.
//
//partnercenter:operation GET /v1/customers/{customer-id}/directoryroles/{role-id}/usermembers
func (s *DirectoryRolesService) Members(ctx context.Context, customer, role string, opts *ListUserMembersOptions) (*UserMemberCollection, error) {
	if opts == nil {
		opts = &ListUserMembersOptions{}
	}
	path, err := membersPath(customer, role)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	switch {
	case opts.ContinuationToken != "":
		query.Set("seekOperation", "Next")
	case opts.Size > 0:
		query.Set("size", strconv.Itoa(opts.Size))
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return fetch[UserMemberCollection](ctx, s.client, call{
		name:    "DirectoryRolesService.Members",
		method:  http.MethodGet,
		path:    path,
		area:    AreaUsers,
		headers: map[string]string{"MS-ContinuationToken": opts.ContinuationToken},
		options: &opts.RequestOptions,
	})
}

// AddUserMemberOptions are the options of [DirectoryRolesService.AddMember].
type AddUserMemberOptions RequestOptions

// AddMember gives the role to the user whom the member's id names; the rest of the member may be left out. Who has the role
// already keeps it.
//
// Partner Center docs: set-user-roles-for-a-customer.
//
//partnercenter:operation POST /v1/customers/{customer-id}/directoryroles/{role-id}/usermembers
func (s *DirectoryRolesService) AddMember(ctx context.Context, customer, role string, member *UserMember, opts *AddUserMemberOptions) (*UserMember, error) {
	if member == nil {
		return nil, errors.New("the member is nil")
	}
	path, err := membersPath(customer, role)
	if err != nil {
		return nil, err
	}
	return fetch[UserMember](ctx, s.client, call{
		name:    "DirectoryRolesService.AddMember",
		method:  http.MethodPost,
		path:    path,
		area:    AreaUsers,
		body:    member,
		options: (*RequestOptions)(opts),
	})
}

// RemoveUserMemberOptions are the options of [DirectoryRolesService.RemoveMember].
type RemoveUserMemberOptions RequestOptions

// RemoveMember takes the role from the user. [ErrLastAdministrator] keeps the last Company Administrator.
//
// Partner Center docs: remove-customer-user-from-a-role.
//
//partnercenter:operation DELETE /v1/customers/{customer-id}/directoryroles/{role-id}/usermembers/{user-id}
func (s *DirectoryRolesService) RemoveMember(ctx context.Context, customer, role, user string, opts *RemoveUserMemberOptions) error {
	path, err := membersPath(customer, role)
	if err != nil {
		return err
	}
	segment, err := pathSegment("user id", user)
	if err != nil {
		return err
	}
	_, err = s.client.do(ctx, call{
		name:    "DirectoryRolesService.RemoveMember",
		method:  http.MethodDelete,
		path:    path + "/" + segment,
		area:    AreaUsers,
		options: (*RequestOptions)(opts),
	})
	return err
}

func membersPath(customer, role string) (string, error) {
	segment, err := pathSegment("customer id", customer)
	if err != nil {
		return "", err
	}
	roleSegment, err := pathSegment("role id", role)
	return "/v1/customers/" + segment + "/directoryroles/" + roleSegment + "/usermembers", err
}
