package csp_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// staff is a world with a customer whose users are administered, and a clock that a test can move.
type staff struct {
	*world
	*csp.Users
	id    csp.ID // of the customer
	clock time.Time
	meant string // the domain
}

func newStaff(t testing.TB, changes ...set) *staff {
	t.Helper()
	w := MustWorld(t, inMemory)
	s := &staff{world: w, clock: time.Now().Truncate(time.Second), meant: freshDomain()}
	s.Users = &csp.Users{
		Store: w.db, IDs: &csp.IDs{}, Now: func() time.Time { return s.clock },
		// A credential that shows the password stands in for a slow hash; package token has the real one.
		Credential: func(_ context.Context, password string) ([]byte, error) { return []byte("$" + password), nil },
		Proves: func(_ context.Context, credential []byte, _ csp.ID, password string) (bool, error) {
			return string(credential) == "$"+password, nil
		},
	}
	s.id = csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}, append([]set{{domain: s.meant}}, changes...)...).ID)
	return s
}

const goodPassword = "Qw7!rtz9"

// request is a valid one.
func (s *staff) request(name string) *partnercenter.CustomerUser {
	return &partnercenter.CustomerUser{
		UserPrincipalName: name + "@" + s.meant, DisplayName: "Somebody", PasswordProfile: &partnercenter.PasswordProfile{Password: goodPassword},
	}
}

func (s *staff) mustAdd(t testing.TB, name string) csp.ID {
	t.Helper()
	user, err := s.Users.Create(t.Context(), admin(s.direct), s.id, s.request(name), csp.Call{})
	if err != nil {
		t.Fatal(err)
	}
	return csp.MustParseID(user.ID)
}

// violations are what a refusal names, as path: details.
func violations(err error) (found []string) {
	fault := (*partnercenter.Fault)(nil)
	if !errors.As(err, &fault) {
		return nil
	}
	for i := 0; i+1 < len(fault.Data); i += 2 {
		found = append(found, strings.TrimPrefix(fault.Data[i], "property_name:  ")+": "+strings.TrimPrefix(fault.Data[i+1], "details:  "))
	}
	return found
}

func TestUserRules(t *testing.T) {
	s := newStaff(t)
	for _, domain := range []*partnercenter.VerifiedDomain{verified("kestrel.example"), verified("sts.kestrel.example", federated)} {
		if _, err := s.AddVerifiedDomain(t.Context(), admin(s.direct), s.id, domain, csp.Call{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name   string
		change func(*partnercenter.CustomerUser)
		want   []string // the beginnings of what is named
	}{
		{"valid", func(*partnercenter.CustomerUser) {}, nil},
		{"all that there is", func(u *partnercenter.CustomerUser) {
			u.UserPrincipalName = "o'neil-1_!#^~.x@" + strings.ToUpper(s.meant)
			u.FirstName, u.LastName, u.PhoneNumber, u.ImmutableID, u.UsageLocation = strings.Repeat("ü", 64), "B", "+1", "x", "gb"
			u.DisplayName = strings.Repeat("ü", 256)
		}, nil},
		{"blanks around the name", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = " blank@" + s.meant + "\t" }, []string{"userPrincipalName: holds a control"}},
		{"what only the service says", func(u *partnercenter.CustomerUser) {
			u.UserPrincipalName = "only@" + s.meant
			u.ID, u.State, u.UserDomainType, u.SoftDeletionTime = "x", "inactive", "federated", "x"
		}, nil},
		{"nothing", func(u *partnercenter.CustomerUser) { *u = partnercenter.CustomerUser{} }, []string{"userPrincipalName: is missing", "displayName: is missing", "passwordProfile: is missing"}},
		{"blank", func(u *partnercenter.CustomerUser) {
			u.UserPrincipalName, u.DisplayName, u.PasswordProfile.Password = " ", " ", ""
		}, []string{"userPrincipalName: is missing", "displayName: is missing", "passwordProfile.password: is missing"}},
		{"too long", func(u *partnercenter.CustomerUser) {
			u.DisplayName, u.FirstName, u.LastName = strings.Repeat("x", 257), strings.Repeat("x", 65), strings.Repeat("x", 65)
			u.PhoneNumber, u.ImmutableID = strings.Repeat("1", 65), strings.Repeat("x", 257)
		}, []string{"displayName: is 257", "firstName: is 65", "lastName: is 65", "phoneNumber: is 65", "immutableId: is 257"}},
		{"long local part", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = strings.Repeat("x", 65) + "@" + s.meant }, []string{"userPrincipalName: '"}},
		{"no domain", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = "bo" }, []string{"userPrincipalName: 'bo' is not a sign-in name"}},
		{"two domains", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = "bo@a@" + s.meant }, []string{"userPrincipalName: 'a@"}},
		{"a dot in front", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = ".bo@" + s.meant }, []string{"userPrincipalName: '.bo@"}},
		{"a dot behind", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = "bo.@" + s.meant }, []string{"userPrincipalName: 'bo.@"}},
		{"an accent", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = "bö@" + s.meant }, []string{"userPrincipalName: 'bö@"}},
		{"a domain of nobody", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = "bo@nobody.example" }, []string{"userPrincipalName: 'nobody.example' is not a domain of the customer; use one of its own, for example bo@" + s.meant}},
		{"a domain of the partner", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = "bo@" + s.direct.Domain }, []string{"userPrincipalName: '" + s.direct.Domain + "' is not"}},
		{"a further domain", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = "bo@Kestrel.example" }, nil},
		{"a federated domain", func(u *partnercenter.CustomerUser) { u.UserPrincipalName = "bo@sts.kestrel.example" }, []string{"userPrincipalName: 'sts.kestrel.example' is federated"}},
		{"no country", func(u *partnercenter.CustomerUser) { u.UsageLocation = "XX" }, []string{"usageLocation: 'XX' is not"}},
		{"control characters", func(u *partnercenter.CustomerUser) { u.DisplayName, u.FirstName = "a\nb", "\xff" }, []string{"displayName: holds", "firstName: holds"}},
		{"everything", func(u *partnercenter.CustomerUser) {
			u.UserPrincipalName, u.DisplayName, u.UsageLocation, u.PasswordProfile.Password = "bo", "", "UK", "x"
		}, []string{"displayName: is", "userPrincipalName: 'bo'", "usageLocation: 'UK'", "passwordProfile.password: must be 8", "passwordProfile.password: must have"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := s.request("valid")
			test.change(request)
			_, err := s.Users.Create(t.Context(), admin(s.direct), s.id, request, csp.Call{})
			if test.want == nil {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			got := violations(err)
			if !errors.Is(err, partnercenter.ErrUserInvalid) || len(got) != len(test.want) {
				t.Fatalf("got %v, %q, want %q", err, got, test.want)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got %q, want %q", got[i], want)
				}
			}
		})
	}
}

func TestBadPassword(t *testing.T) {
	for _, test := range []struct {
		password string
		want     string // in why; empty: it is good
	}{
		{goodPassword, ""},
		{"Password with blanks", ""},
		{"größe-Ärger", ""},
		{"パスワードAa1", ""},
		{strings.Repeat("aB1", 85) + "x", ""},
		{"Qw7!rtz", "8 to 256"},
		{strings.Repeat("aB1", 85) + "xx", "8 to 256"},
		{"alllowercase1", "three of"},
		{"ALLUPPERCASE1", "three of"},
		{"12345678!", "three of"},
		{"with\ttabs-A1", "control"},
		{"not\xffUTF8-A", "control"},
		{"My.Megan.1", "sign-in name"},
		{"MEGAN.bowen1", "sign-in name"},
		{"Neu&Wort42x", "the example"},
	} {
		why := strings.Join(csp.BadPassword(test.password, "megan@contoso.onmicrosoft.com"), "; ")
		if (why == "") != (test.want == "") || !strings.Contains(why, test.want) {
			t.Errorf("%q: got %q, want %q", test.password, why, test.want)
		}
		if test.want != "the example" && strings.Contains(why, test.password) {
			t.Errorf("%q: the words show the password", test.password)
		}
	}
	if why := csp.BadPassword("bo.Bo.bo1", "bo@contoso.onmicrosoft.com"); why != nil {
		t.Errorf("a short name: got %q", why)
	}
}

// FuzzBadPassword holds that no password, however odd, is quoted or breaks the rules.
func FuzzBadPassword(f *testing.F) {
	f.Add("Qw7!rtz9", "bo@kestrel.onmicrosoft.com")
	f.Add("\xff", "@")
	f.Fuzz(func(t *testing.T, password, name string) {
		why := csp.BadPassword(password, name)
		if again := csp.BadPassword(password, name); !slices.Equal(why, again) {
			t.Errorf("got %q and then %q", why, again)
		}
		if len(why) == 0 && (len(password) < 8 || len(password) > 1024) {
			t.Errorf("a password of %d bytes was taken", len(password))
		}
	})
}

// TestPasswordHistory sets one password after another: none of the last five comes again.
func TestPasswordHistory(t *testing.T) {
	s := newStaff(t)
	id := s.mustAdd(t, "bo")
	reset := func(password string) error {
		_, err := s.Users.Update(t.Context(), admin(s.direct), s.id, id, &partnercenter.CustomerUser{PasswordProfile: &partnercenter.PasswordProfile{Password: password}}, csp.Call{})
		return err
	}
	for _, password := range []string{goodPassword + "1", goodPassword + "2", goodPassword + "3", goodPassword + "4"} {
		if err := reset(password); err != nil {
			t.Fatal(err)
		}
		for _, used := range []string{password, goodPassword} {
			if got := violations(reset(used)); len(got) != 1 || !strings.Contains(got[0], "one of the last 5") {
				t.Errorf("after %s, %s again: got %q", password, used, got)
			}
		}
	}
	if err := reset(goodPassword + "5"); err != nil {
		t.Fatal(err)
	}
	if err := reset(goodPassword); err != nil {
		t.Errorf("the sixth last: got %v", err)
	}
	user, err := s.db.CustomerUser(t.Context(), s.direct.ID, s.id, id)
	if err != nil || len(user.Former) != 4 || user.MustChangePassword || !user.SessionsFrom.Equal(s.clock) {
		t.Errorf("got %+v, %v, want four former ones and sessions from now", user, err)
	}
}

// TestResetMeansTheOneSeen lets a password be set while another is made ready: it is compared with that one as well.
func TestResetMeansTheOneSeen(t *testing.T) {
	s := newStaff(t)
	id := s.mustAdd(t, "bo")
	credential, once := s.Users.Credential, true
	s.Users.Credential = func(ctx context.Context, password string) ([]byte, error) {
		if once {
			once = false
			_, err := s.Users.Update(ctx, admin(s.direct), s.id, id, &partnercenter.CustomerUser{PasswordProfile: &partnercenter.PasswordProfile{Password: password}}, csp.Call{})
			if err != nil {
				return nil, err
			}
		}
		return credential(ctx, password)
	}
	_, err := s.Users.Update(t.Context(), admin(s.direct), s.id, id, &partnercenter.CustomerUser{PasswordProfile: &partnercenter.PasswordProfile{Password: "Other.word1"}}, csp.Call{})
	if got := violations(err); len(got) != 1 || !strings.Contains(got[0], "one of the last 5") {
		t.Errorf("got %v", err)
	}
}

func TestUserRights(t *testing.T) {
	s := newStaff(t)
	bo := s.mustAdd(t, "bo")
	page, err := s.Users.List(t.Context(), admin(s.direct), s.id, csp.UserQuery{})
	if err != nil || len(page.Items) != 2 {
		t.Fatalf("got %+v, %v", page, err)
	}
	founder := csp.MustParseID(page.Items[0].ID)
	reset := func(password string) *partnercenter.CustomerUser {
		return &partnercenter.CustomerUser{PasswordProfile: &partnercenter.PasswordProfile{Password: password}}
	}
	both := reset("Both.word1")
	both.DisplayName = "Both"
	role := partnercenter.UserMember{ID: bo.String()}
	const helpdesk = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	all := map[string]func(*csp.Caller) error{
		"list":  func(c *csp.Caller) error { _, err := s.Users.List(t.Context(), c, s.id, csp.UserQuery{}); return err },
		"get":   func(c *csp.Caller) error { _, err := s.Users.Get(t.Context(), c, s.id, bo); return err },
		"roles": func(c *csp.Caller) error { _, err := s.Users.DirectoryRoles(t.Context(), c, s.id); return err },
		"role":  func(c *csp.Caller) error { _, err := s.Users.RolesOf(t.Context(), c, s.id, bo); return err },
		"member": func(c *csp.Caller) error {
			_, err := s.Users.Members(t.Context(), c, s.id, csp.UserQuery{Role: helpdesk})
			return err
		},
		"skus": func(c *csp.Caller) error { _, err := s.Users.SubscribedSKUs(t.Context(), c, s.id); return err },
		"have": func(c *csp.Caller) error { _, err := s.Users.Licenses(t.Context(), c, s.id, bo); return err },
		"reset": func(c *csp.Caller) error {
			_, err := s.Users.Update(t.Context(), c, s.id, bo, reset("x"), csp.Call{})
			return err
		},
		"reset an administrator": func(c *csp.Caller) error {
			_, err := s.Users.Update(t.Context(), c, s.id, founder, reset("x"), csp.Call{})
			return err
		},
		"reset and rename": func(c *csp.Caller) error {
			_, err := s.Users.Update(t.Context(), c, s.id, bo, both, csp.Call{})
			return err
		},
		"create": func(c *csp.Caller) error {
			_, err := s.Users.Create(t.Context(), c, s.id, &partnercenter.CustomerUser{}, csp.Call{})
			return err
		},
		"delete": func(c *csp.Caller) error { return s.Users.Delete(t.Context(), c, s.id, founder, csp.Call{}) },
		"add": func(c *csp.Caller) error {
			_, err := s.Users.AddMember(t.Context(), c, s.id, helpdesk, &role, csp.Call{})
			return err
		},
		"remove": func(c *csp.Caller) error {
			return s.Users.RemoveMember(t.Context(), c, s.id, csp.CompanyAdministrator, founder, csp.Call{})
		},
		"assign": func(c *csp.Caller) error {
			return s.Users.UpdateLicenses(t.Context(), c, s.id, bo, &partnercenter.LicenseUpdate{})
		},
	}
	reads := []string{"list", "get", "roles", "role", "member", "skus", "have"}
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		may    []string // nil: everything
		want   error
	}{
		{"nobody in particular", user(s.direct), []string{}, partnercenter.ErrRightMissing},
		{"sales", user(s.direct, csp.SalesAgents), reads, partnercenter.ErrRightMissing},
		{"helpdesk", user(s.direct, csp.HelpdeskAgents), append([]string{"reset"}, reads...), partnercenter.ErrRightMissing},
		{"another partner", admin(s.other), []string{}, partnercenter.ErrNoRelationship},
		{"admin", admin(s.direct), nil, nil},
	} {
		for name, do := range all {
			err := do(test.caller)
			if may := test.may == nil || slices.Contains(test.may, name); may == (errors.Is(err, partnercenter.ErrRightMissing) || errors.Is(err, partnercenter.ErrNoRelationship)) {
				t.Errorf("%s, %s: got %v, may is %t", test.name, name, err, may)
			} else if !may && !errors.Is(err, test.want) {
				t.Errorf("%s, %s: got %v, want %v", test.name, name, err, test.want)
			}
		}
	}
	no := false
	if _, err := s.Patch(t.Context(), admin(s.direct), s.id, &partnercenter.Customer{AllowDelegatedAccess: &no}, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	for name, do := range all {
		if err := do(admin(s.direct)); !errors.Is(err, partnercenter.ErrNoDelegatedAdmin) {
			t.Errorf("without delegated admin, %s: got %v", name, err)
		}
	}
}

// TestDeletedUser goes through the thirty days and beyond.
func TestDeletedUser(t *testing.T) {
	s := newStaff(t)
	ctx, caller := t.Context(), admin(s.direct)
	id := s.mustAdd(t, "bo")
	restore := &partnercenter.CustomerUser{State: partnercenter.UserActive}
	if err := s.Users.Delete(ctx, caller, s.id, id, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	s.clock = s.clock.Add(csp.UsersRestorable - time.Second)
	if _, err := s.Users.Get(ctx, caller, s.id, id); !errors.Is(err, partnercenter.ErrUserDeleted) {
		t.Errorf("on the last day: got %v", err)
	}
	if page, err := s.Users.List(ctx, caller, s.id, csp.UserQuery{Deleted: true}); err != nil || len(page.Items) != 1 {
		t.Errorf("on the last day: got %+v, %v", page, err)
	}
	twin := s.mustAdd(t, "BO") // the name was free
	if _, err := s.Users.Update(ctx, caller, s.id, id, restore, csp.Call{}); !errors.Is(err, partnercenter.ErrUserNameTaken) {
		t.Errorf("restored beside its successor: got %v", err)
	}
	renamed := &partnercenter.CustomerUser{State: partnercenter.UserActive, UserPrincipalName: "bo2@" + s.meant}
	if user, err := s.Users.Update(ctx, caller, s.id, id, renamed, csp.Call{}); err != nil || user.State != partnercenter.UserActive || user.SoftDeletionTime != "" {
		t.Errorf("restored under another name: got %+v, %v", user, err)
	}
	for _, id := range []csp.ID{id, twin} {
		if err := s.Users.Delete(ctx, caller, s.id, id, csp.Call{}); err != nil {
			t.Error(err)
		}
	}
	s.clock = s.clock.Add(csp.UsersRestorable)
	for name, do := range map[string]func() error{
		"get":     func() error { _, err := s.Users.Get(ctx, caller, s.id, id); return err },
		"restore": func() error { _, err := s.Users.Update(ctx, caller, s.id, id, restore, csp.Call{}); return err },
		"delete":  func() error { return s.Users.Delete(ctx, caller, s.id, id, csp.Call{}) },
		"add": func() error {
			_, err := s.Users.AddMember(ctx, caller, s.id, csp.CompanyAdministrator, &partnercenter.UserMember{ID: id.String()}, csp.Call{})
			return err
		},
	} {
		if err := do(); !errors.Is(err, partnercenter.ErrUserNotFound) {
			t.Errorf("%s after 30 days: got %v", name, err)
		}
	}
	if page, err := s.Users.List(ctx, caller, s.id, csp.UserQuery{Deleted: true}); err != nil || len(page.Items) != 0 {
		t.Errorf("after 30 days: got %+v, %v", page, err)
	}
}

// TestUserAudit reads what is recorded of changes: each that one call makes, none of what it leaves alone, and no password.
func TestUserAudit(t *testing.T) {
	s := newStaff(t)
	ctx, caller := t.Context(), admin(s.direct)
	audit := &csp.Audit{Store: s.db, Now: time.Now}
	recorded := func() []partnercenter.OperationType {
		t.Helper()
		query := &csp.AuditQuery{Customer: s.id}
		if err := audit.Window(query, csp.AuditDays{}); err != nil {
			t.Fatal(err)
		}
		page, err := audit.Records(ctx, caller, query)
		if err != nil {
			t.Fatal(err)
		}
		var operations []partnercenter.OperationType
		for _, record := range slices.Backward(page.Items) {
			operations = append(operations, record.OperationType)
			if text := record.ResourceOldValue + record.ResourceNewValue; strings.Contains(text, "Qw7") || strings.Contains(text, "Both.word") {
				t.Errorf("%s shows a password: %s", record.OperationType, text)
			}
		}
		return operations[1:] // the creation of the customer
	}
	id := s.mustAdd(t, "bo")
	member := &partnercenter.UserMember{ID: id.String()}
	for _, step := range []func() error{
		func() error {
			_, err := s.Users.Update(ctx, caller, s.id, id, &partnercenter.CustomerUser{State: "active", DisplayName: "Somebody"}, csp.Call{})
			return err
		},
		func() error {
			_, err := s.Users.AddMember(ctx, caller, s.id, csp.CompanyAdministrator, member, csp.Call{})
			return err
		},
		func() error {
			_, err := s.Users.AddMember(ctx, caller, s.id, csp.CompanyAdministrator, member, csp.Call{})
			return err
		},
		func() error { return s.Users.RemoveMember(ctx, caller, s.id, csp.CompanyAdministrator, id, csp.Call{}) },
		func() error { return s.Users.Delete(ctx, caller, s.id, id, csp.Call{}) },
		func() error {
			_, err := s.Users.Update(ctx, caller, s.id, id, &partnercenter.CustomerUser{
				State: "active", UserPrincipalName: "bo2@" + s.meant, DisplayName: "Bo", PasswordProfile: &partnercenter.PasswordProfile{Password: "Both.word1"},
			}, csp.Call{})
			return err
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	want := []partnercenter.OperationType{
		"create_customer_user", "add_user_member", "remove_user_member", "delete_customer_user",
		"restore_customer_user", "update_customer_user_principal_name", "update_customer_user", "reset_customer_user_password",
	}
	if got := recorded(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestUsersAgain repeats calls after others: they are answered as they were, and change nothing.
func TestUsersAgain(t *testing.T) {
	s := newStaff(t)
	ctx, caller := t.Context(), admin(s.direct)
	create, reset, remove := newCall(caller), newCall(caller), newCall(caller)
	password := &partnercenter.CustomerUser{PasswordProfile: &partnercenter.PasswordProfile{Password: "Both.word1"}}
	var first []string
	for i := range 2 {
		user, err := s.Users.Create(ctx, caller, s.id, s.request("bo"), create)
		if err != nil {
			t.Fatal(err)
		}
		changed, err := s.Users.Update(ctx, caller, s.id, csp.MustParseID(user.ID), password, reset)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Users.Delete(ctx, caller, s.id, csp.MustParseID(user.ID), remove); err != nil {
			t.Fatal(err)
		}
		got := []string{MustJSON(t, user), MustJSON(t, changed)}
		if i == 0 {
			first = got
		}
		if !slices.Equal(got, first) || !strings.Contains(got[1], "Both.word1") {
			t.Errorf("got %q, want %q", got, first)
		}
	}
	page, err := s.Users.List(ctx, caller, s.id, csp.UserQuery{Deleted: true})
	if err != nil || len(page.Items) != 1 {
		t.Errorf("got %+v, %v, want the one", page, err)
	}
}
