package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

const helpdeskRole = "729827e3-9c14-49f7-bb1b-9608f156bbb8"

// newUser is a user of the customer's, with something in each field.
func (s *suite) newUser(customer csp.ID, name string) *csp.User {
	return &csp.User{
		ID: s.ids.New(), Tenant: customer, PrincipalName: name + "@kestrel.onmicrosoft.com", DisplayName: "Ü " + name, GivenName: "A", FamilyName: "B",
		UsageLocation: "US", PhoneNumber: "+1", ImmutableID: "i", Credential: []byte{1, 0, 255}, Former: [][]byte{{2, 0}, {3}},
		MustChangePassword: true, SessionsFrom: s.clock.Add(time.Microsecond), Created: s.clock,
	}
}

func (s *suite) mustCreateUser(t *testing.T, partner csp.ID, user *csp.User) {
	t.Helper()
	recorded, err := s.CreateCustomerUser(t.Context(), partner, csp.Call{}, user, csp.Outcome{})
	if err != nil || len(recorded) > 0 {
		t.Fatalf("create user %s: got %q, %v", user.PrincipalName, recorded, err)
	}
}

// change updates a user and forgets the answer.
func (s *suite) change(t *testing.T, user *csp.User, change func(*csp.User)) error {
	t.Helper()
	_, err := s.UpdateCustomerUser(t.Context(), s.contoso.ID, user.Tenant, user.ID, csp.Call{}, func(user *csp.User) (csp.Outcome, error) {
		change(user)
		return csp.Outcome{}, nil
	})
	return err
}

// reader is a test, of either kind.
type reader interface {
	Context() context.Context
	Helper()
	Fatalf(format string, args ...any)
}

// usersOf are the names of all users that the query finds, read a page at a time.
func (s *suite) usersOf(t reader, customer csp.ID, query csp.UserQuery) (names []string) {
	t.Helper()
	for {
		page, err := s.Users(t.Context(), s.contoso.ID, customer, &query)
		if err != nil || len(page) > query.Size {
			t.Fatalf("users: got %d, %v, want at most %d", len(page), err, query.Size)
		}
		if len(page) == 0 {
			return names
		}
		var found []string
		for _, user := range page {
			found = append(found, strings.Split(user.PrincipalName, "@")[0])
		}
		edge := page[len(page)-1]
		if query.Backward {
			edge = page[0]
			names = append(found, names...)
		} else {
			names = append(names, found...)
		}
		query.From = &csp.UserPosition{Text: edge.SortName(), ID: edge.ID}
		if query.Role == "" && !query.Deleted && !query.ByDisplayName {
			query.From = &csp.UserPosition{Text: csp.FoldedName(edge.PrincipalName)}
		}
	}
}

func testUsers(t *testing.T, s *suite) {
	ctx := t.Context()
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	customer := creation.Customer.ID
	bo := s.newUser(customer, "Bo")
	for range 2 { // the second time the ledger answers
		recorded, err := s.CreateCustomerUser(ctx, s.contoso.ID, call(s.contoso.ID, "one"), bo, csp.Outcome{Answer: []byte("bo")})
		if err != nil || recorded != nil && string(recorded) != "bo" {
			t.Fatalf("create: got %q, %v", recorded, err)
		}
	}
	if recorded, err := s.Recorded(ctx, call(s.contoso.ID, "one")); err != nil || string(recorded) != "bo" {
		t.Errorf("recorded: got %q, %v", recorded, err)
	}
	for _, unknown := range []csp.Call{{}, call(s.contoso.ID, "other")} {
		if recorded, err := s.Recorded(ctx, unknown); err != nil || recorded != nil {
			t.Errorf("recorded of an unknown call: got %q, %v", recorded, err)
		}
	}
	for _, want := range []*csp.User{bo, creation.Admin} {
		got, err := s.CustomerUser(ctx, s.contoso.ID, customer, want.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("user by id: %v (-want +got):\n%s", err, diff)
		}
		got, err = s.User(ctx, customer, strings.ToUpper(want.PrincipalName))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("user by name: %v (-want +got):\n%s", err, diff)
		}
	}
	if _, err := s.CreateCustomerUser(ctx, s.contoso.ID, csp.Call{}, s.newUser(customer, "BO"), csp.Outcome{}); !errors.Is(err, partnercenter.ErrUserNameTaken) {
		t.Errorf("a name in another case: got %v", err)
	}
	for range 2 { // a refusal is remembered
		if err := s.change(t, creation.Admin, func(user *csp.User) { user.PrincipalName = bo.PrincipalName }); !errors.Is(err, partnercenter.ErrUserNameTaken) {
			t.Errorf("renamed to a taken name: got %v", err)
		}
	}
	deleted := s.clock.Add(time.Second)
	for _, change := range []func(*csp.User){
		func(user *csp.User) { user.PrincipalName = "BO@kestrel.onmicrosoft.com"; user.DisplayName = "" },
		func(user *csp.User) {
			user.PrincipalName = "cleo@kestrel.onmicrosoft.com"
			user.Credential = []byte("x")
		},
		func(user *csp.User) { user.Roles = []string{helpdeskRole, csp.CompanyAdministrator} },
		func(user *csp.User) { user.Deleted = deleted },
		func(user *csp.User) { user.GivenName = "Cleo" },
		func(user *csp.User) { user.Deleted = time.Time{} },
		func(user *csp.User) { user.Roles = nil },
	} {
		change(bo)
		if err := s.change(t, bo, change); err != nil {
			t.Fatal(err)
		}
		got, err := s.CustomerUser(ctx, s.contoso.ID, customer, bo.ID)
		if diff := cmp.Diff(bo, got); err != nil || diff != "" {
			t.Errorf("after a change: %v (-want +got):\n%s", err, diff)
		}
		if _, err := s.User(ctx, customer, bo.PrincipalName); errors.Is(err, csp.ErrNotFound) != !bo.Deleted.IsZero() {
			t.Errorf("by name, deleted %t: got %v", !bo.Deleted.IsZero(), err)
		}
	}
	if _, err := s.User(ctx, customer, "bo@kestrel.onmicrosoft.com"); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("by the name before: got %v", err)
	}
	s.refusedUsers(t, bo)
	if err := s.DeleteCustomer(ctx, s.contoso.ID, customer, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.User(ctx, customer, bo.PrincipalName); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("of a deleted customer: got %v", err)
	}
}

// refusedUsers asks for the user as those who have no right to.
func (s *suite) refusedUsers(t *testing.T, user *csp.User) {
	t.Helper()
	ctx := t.Context()
	other := NewCreation(s.ids, s.contoso.ID, "other.onmicrosoft.com")
	s.mustCreate(t, other)
	for _, test := range []struct {
		name                  string
		partner, customer, id csp.ID
		want                  error
	}{
		{"of somebody else's customer", s.fabrikam.ID, user.Tenant, user.ID, partnercenter.ErrNoRelationship},
		{"of no customer", s.contoso.ID, s.ids.New(), user.ID, partnercenter.ErrTenantNotFound},
		{"of another customer", s.contoso.ID, other.Customer.ID, user.ID, partnercenter.ErrUserNotFound},
		{"nobody", s.contoso.ID, user.Tenant, s.ids.New(), partnercenter.ErrUserNotFound},
	} {
		if _, err := s.CustomerUser(ctx, test.partner, test.customer, test.id); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, err, test.want)
		}
		_, err := s.UpdateCustomerUser(ctx, test.partner, test.customer, test.id, csp.Call{}, func(*csp.User) (csp.Outcome, error) {
			t.Errorf("%s: the change was asked for", test.name)
			return csp.Outcome{}, nil
		})
		if !errors.Is(err, test.want) {
			t.Errorf("change %s: got %v, want %v", test.name, err, test.want)
		}
		if test.want == partnercenter.ErrUserNotFound {
			continue
		}
		if _, err := s.Users(ctx, test.partner, test.customer, &csp.UserQuery{Size: 9}); !errors.Is(err, test.want) {
			t.Errorf("list %s: got %v, want %v", test.name, err, test.want)
		}
		stolen := s.newUser(test.customer, "stolen")
		if _, err := s.CreateCustomerUser(ctx, test.partner, csp.Call{}, stolen, csp.Outcome{}); !errors.Is(err, test.want) {
			t.Errorf("create %s: got %v, want %v", test.name, err, test.want)
		}
	}
}

// testFounder looks at the administrator that came with a customer before anybody joins it, and after.
func testFounder(t *testing.T, s *suite) {
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	customer := creation.Customer.ID
	queries := map[string]csp.UserQuery{
		"all": {}, "by display name": {ByDisplayName: true}, "administrators": {Role: csp.CompanyAdministrator}, "helpdesk": {Role: helpdeskRole},
		"deleted": {Deleted: true},
	}
	look := func(when string) {
		t.Helper()
		got, err := s.CustomerUser(t.Context(), s.contoso.ID, customer, creation.Admin.ID)
		if diff := cmp.Diff(creation.Admin, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", when, err, diff)
		}
		for name, query := range queries {
			for _, backward := range []bool{false, true} {
				query.Backward, query.Size = backward, 1
				want := []string{"admin"}
				if name == "helpdesk" || name == "deleted" {
					want = nil
				}
				if got := s.usersOf(t, customer, query); !slices.Equal(got, want) {
					t.Errorf("%s, %s: got %q, want %q", when, name, got, want)
				}
			}
		}
	}
	look("alone")
	bo := s.newUser(customer, "bo")
	s.mustCreateUser(t, s.contoso.ID, bo)
	if err := s.change(t, bo, func(user *csp.User) { user.Deleted = s.clock.Add(-40 * 24 * time.Hour) }); err != nil {
		t.Fatal(err)
	}
	if n, err := s.ForgetUsers(t.Context(), 30*24*time.Hour); err != nil || n != 1 {
		t.Errorf("purged: got %d, %v, want 1", n, err)
	}
	look("after somebody came and went")
}

// testForgetUsers purges those who were deleted long ago, and nobody else.
func testForgetUsers(t *testing.T, s *suite) {
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	customer := creation.Customer.ID
	for days := range 5 {
		user := s.newUser(customer, fmt.Sprint("u", days))
		s.mustCreateUser(t, s.contoso.ID, user)
		if days == 0 {
			continue // stays active
		}
		if err := s.change(t, user, func(user *csp.User) { user.Deleted = s.clock.AddDate(0, 0, -days) }); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		after time.Duration
		want  []string
	}{{-100 * time.Hour, []string{"u1", "u2", "u3", "u4"}}, {-72 * time.Hour, []string{"u1", "u2"}}, {-time.Hour, nil}} {
		query := csp.UserQuery{Deleted: true, DeletedAfter: s.clock.Add(test.after), Size: 1}
		if got := s.usersOf(t, customer, query); !slices.Equal(got, test.want) {
			t.Errorf("deleted after %v: got %q, want %q", test.after, got, test.want)
		}
	}
	if n, err := s.ForgetUsers(t.Context(), 60*time.Hour); err != nil || n != 2 {
		t.Errorf("purged: got %d, %v, want 2", n, err)
	}
	if got := s.usersOf(t, customer, csp.UserQuery{Deleted: true, Size: 9}); !slices.Equal(got, []string{"u1", "u2"}) {
		t.Errorf("after the purge: got %q", got)
	}
	if got := s.usersOf(t, customer, csp.UserQuery{Size: 9}); !slices.Equal(got, []string{"admin", "u0"}) {
		t.Errorf("active: got %q", got)
	}
}

// testLastAdministrator takes the role from many at once, in each way there is: one stays.
func testLastAdministrator(t *testing.T, s *suite) {
	const administrators = 30
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	customer := creation.Customer.ID
	remove := func(i int, user *csp.User) error {
		return s.change(t, user, func(user *csp.User) {
			if user.Deleted = s.clock; i%2 == 0 {
				user.Deleted, user.Roles = time.Time{}, nil
			}
		})
	}
	for i := range 2 {
		if err := remove(i, creation.Admin); !errors.Is(err, partnercenter.ErrLastAdministrator) {
			t.Errorf("the only one: got %v", err)
		}
	}
	all := []*csp.User{creation.Admin}
	for i := range administrators - 1 {
		user := s.newUser(customer, fmt.Sprint("u", i))
		user.Roles = []string{csp.CompanyAdministrator, helpdeskRole}
		s.mustCreateUser(t, s.contoso.ID, user)
		all = append(all, user)
	}
	var mu sync.Mutex
	refused := 0
	var group sync.WaitGroup
	for i, user := range all {
		group.Go(func() {
			err := remove(i, user)
			if err != nil && !errors.Is(err, partnercenter.ErrLastAdministrator) {
				t.Error(err)
			}
			if err != nil {
				mu.Lock()
				refused++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if left := s.usersOf(t, customer, csp.UserQuery{Role: csp.CompanyAdministrator, Size: 9}); len(left) != 1 || refused != 1 {
		t.Errorf("got %q left and %d refused, want one", left, refused)
	}
}

// testConcurrentUsers lets many create users of few names at once: each name is given once.
func testConcurrentUsers(t *testing.T, s *suite) {
	const writers, names = 60, 7
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			user := s.newUser(creation.Customer.ID, fmt.Sprint("u", i%names))
			_, err := s.CreateCustomerUser(t.Context(), s.contoso.ID, csp.Call{}, user, csp.Outcome{})
			if err != nil && !errors.Is(err, partnercenter.ErrUserNameTaken) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := s.usersOf(t, creation.Customer.ID, csp.UserQuery{ByDisplayName: true, Size: 3}); len(got) != names+1 {
		t.Errorf("got %q, want %d", got, names+1)
	}
}

// testUsersModel compares the users of a customer with a slice, under random changes, in every order and by pages of any size.
func testUsersModel(t *testing.T, s *suite) {
	round := 0
	rapid.Check(t, func(r *rapid.T) {
		round++
		creation := NewCreation(s.ids, s.contoso.ID, fmt.Sprintf("r%d.onmicrosoft.com", round))
		s.mustCreate(t, creation)
		model := &userModel{suite: s, customer: creation.Customer.ID, users: []*csp.User{creation.Admin}}
		r.Repeat(map[string]func(*rapid.T){
			"create": func(r *rapid.T) {
				user := s.newUser(model.customer, rapid.SampledFrom([]string{"a", "A", "b", "ab", "b_"}).Draw(r, "name"))
				user.DisplayName = rapid.SampledFrom([]string{"Same", "same", "Zoe", "ämy", ""}).Draw(r, "display name")
				taken := model.taken(user)
				_, err := s.CreateCustomerUser(t.Context(), s.contoso.ID, csp.Call{}, user, csp.Outcome{})
				if errors.Is(err, partnercenter.ErrUserNameTaken) != taken || !taken && err != nil {
					r.Fatalf("create %s: got %v, taken is %t", user.PrincipalName, err, taken)
				}
				if !taken {
					model.users = append(model.users, user)
				}
			},
			"delete or restore": func(r *rapid.T) {
				model.change(r, func(user *csp.User) {
					if user.Deleted.IsZero() {
						user.Deleted = s.clock
					} else {
						user.Deleted = time.Time{}
					}
				})
			},
			"rename": func(r *rapid.T) {
				name := rapid.SampledFrom([]string{"a", "c", "AB"}).Draw(r, "name")
				model.change(r, func(user *csp.User) { user.PrincipalName, user.DisplayName = name+"@kestrel.onmicrosoft.com", name })
			},
			"give or take a role": func(r *rapid.T) {
				role := rapid.SampledFrom([]string{csp.CompanyAdministrator, helpdeskRole}).Draw(r, "role")
				model.change(r, func(user *csp.User) {
					if i := slices.Index(user.Roles, role); i >= 0 {
						user.Roles = slices.Delete(slices.Clone(user.Roles), i, i+1)
					} else {
						user.Roles = append(slices.Clone(user.Roles), role)
					}
				})
			},
			"": model.compare,
		})
	})
}

// userModel is what the users of a customer should be.
type userModel struct {
	*suite
	customer csp.ID
	users    []*csp.User
}

func (m *userModel) taken(user *csp.User) bool {
	return slices.ContainsFunc(m.users, func(other *csp.User) bool {
		return other.ID != user.ID && other.Deleted.IsZero() && strings.EqualFold(other.PrincipalName, user.PrincipalName)
	})
}

func (m *userModel) administrators() (n int) {
	for _, user := range m.users {
		if user.Deleted.IsZero() && user.HasRole(csp.CompanyAdministrator) {
			n++
		}
	}
	return n
}

// change changes a user here and there, unless it is to be refused.
func (m *userModel) change(r *rapid.T, change func(*csp.User)) {
	i := rapid.IntRange(0, len(m.users)-1).Draw(r, "user")
	before, after := *m.users[i], *m.users[i]
	change(&after)
	m.users[i] = &after
	var want error
	switch {
	case after.Deleted.IsZero() && m.taken(&after):
		want = partnercenter.ErrUserNameTaken
	case before.Deleted.IsZero() && before.HasRole(csp.CompanyAdministrator) && m.administrators() == 0:
		want = partnercenter.ErrLastAdministrator
	}
	_, err := m.UpdateCustomerUser(r.Context(), m.contoso.ID, m.customer, before.ID, csp.Call{}, func(user *csp.User) (csp.Outcome, error) {
		change(user)
		return csp.Outcome{}, nil
	})
	if !errors.Is(err, want) {
		r.Fatalf("change %s: got %v, want %v", before.PrincipalName, err, want)
	}
	if want != nil {
		m.users[i] = &before
	}
}

// compare reads a list, and a user by id.
func (m *userModel) compare(r *rapid.T) {
	one := m.users[rapid.IntRange(0, len(m.users)-1).Draw(r, "one")]
	switch got, err := m.UserByID(r.Context(), m.customer, one.ID); {
	case !one.Deleted.IsZero():
		if !errors.Is(err, csp.ErrNotFound) {
			r.Fatalf("deleted user by id: got %+v, %v", got, err)
		}
	case err != nil || got.ID != one.ID || got.PrincipalName != one.PrincipalName:
		r.Fatalf("%s by id: got %+v, %v", one.PrincipalName, got, err)
	}
	size := rapid.SampledFrom([]int{1, 2, 100}).Draw(r, "size")
	byID := func(a, b *csp.User) int { return strings.Compare(string(a.ID[:]), string(b.ID[:])) }
	byDisplay := func(a, b *csp.User) int {
		if order := strings.Compare(a.SortName(), b.SortName()); order != 0 {
			return order
		}
		return byID(a, b)
	}
	lists := []struct {
		query csp.UserQuery
		order func(a, b *csp.User) int
	}{
		{csp.UserQuery{}, func(a, b *csp.User) int {
			return strings.Compare(csp.FoldedName(a.PrincipalName), csp.FoldedName(b.PrincipalName))
		}},
		{csp.UserQuery{ByDisplayName: true}, byDisplay},
		{csp.UserQuery{Deleted: true}, byDisplay},
		{csp.UserQuery{Role: csp.CompanyAdministrator}, byID},
		{csp.UserQuery{Role: helpdeskRole}, byID},
	}
	list := lists[rapid.IntRange(0, len(lists)-1).Draw(r, "list")]
	query := list.query
	query.Size, query.Descending, query.Backward = size, rapid.Bool().Draw(r, "descending"), rapid.Bool().Draw(r, "backward")
	var want []string
	for _, user := range slices.SortedFunc(slices.Values(m.users), list.order) {
		if user.Deleted.IsZero() != query.Deleted && (query.Role == "" || user.HasRole(query.Role)) {
			want = append(want, strings.Split(user.PrincipalName, "@")[0])
		}
	}
	if query.Descending {
		slices.Reverse(want)
	}
	if got := m.usersOf(r, m.customer, query); !slices.Equal(got, want) {
		r.Fatalf("%+v: got %q, want %q", query, got, want)
	}
}
