package csp

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tenantry/tenantry/partnercenter"
)

// What a password must be. The docs have no rules; these are the directory's: Microsoft Entra docs, password policies, where
// passwords are 8 to 256 characters of three kinds in four.
const (
	minPassword      = 8
	maxPassword      = 256
	passwordKinds    = 3
	passwordsNoAgain = 5 // the current one is one of them
	namesInPasswords = 3 // a sign-in name shorter than this says nothing
)

// passwordExample is a password that no rule speaks against. People copy examples, so it is refused itself.
const passwordExample = "Neu&Wort42x"

// checkPassword adds what is wrong with the password that the request sets.
func (s *Users) checkPassword(ctx context.Context, found *violations, request *partnercenter.CustomerUser, current *User) error {
	const property = "passwordProfile.password"
	password, name := request.PasswordProfile.Password, strings.TrimSpace(request.UserPrincipalName)
	if name == "" && current != nil {
		name = current.PrincipalName
	}
	if password == "" {
		found.add(property, "is missing")
		return nil
	}
	before := len(*found)
	for _, why := range BadPassword(password, name) {
		found.add(property, "%s", why)
	}
	if current == nil || len(*found) > before {
		return nil
	}
	for _, credential := range slices.Concat([][]byte{current.Credential}, current.Former) {
		used, err := s.Proves(ctx, credential, current.Tenant, password)
		if err != nil {
			return err
		}
		if used {
			found.add(property, "is one of the last %d; choose another", passwordsNoAgain)
			return nil
		}
	}
	return nil
}

// PasswordRule is a rule that a chosen password has to keep.
type PasswordRule string

// The rules, by how they are broken.
const (
	PasswordTooShort  PasswordRule = "too short"
	PasswordTooLong   PasswordRule = "too long"
	PasswordUntypable PasswordRule = "holds a control character"
	PasswordTooPlain  PasswordRule = "has fewer than three kinds of characters"
	PasswordHasName   PasswordRule = "holds the sign-in name"
	PasswordExample   PasswordRule = "is the example"
)

// CheckPassword is all rules that a password would break, chosen by the user of that sign-in name.
func CheckPassword(principalName, password string) (broken []PasswordRule) {
	switch length := utf8.RuneCountInString(password); {
	case length < minPassword:
		broken = append(broken, PasswordTooShort)
	case length > maxPassword:
		broken = append(broken, PasswordTooLong)
	}
	if strings.ContainsFunc(password, unicode.IsControl) || !utf8.ValidString(password) {
		broken = append(broken, PasswordUntypable)
	}
	if kindsIn(password) < passwordKinds {
		broken = append(broken, PasswordTooPlain)
	}
	local, _, _ := strings.Cut(FoldedName(principalName), "@")
	if len(local) >= namesInPasswords && strings.Contains(FoldedName(password), local) {
		broken = append(broken, PasswordHasName)
	}
	if password == passwordExample {
		broken = append(broken, PasswordExample)
	}
	return broken
}

// badPasswords is what the API says of a broken rule.
var badPasswords = map[PasswordRule]string{
	PasswordTooShort:  "must be 8 to 256 characters long, for example " + passwordExample,
	PasswordTooLong:   "must be 8 to 256 characters long, for example " + passwordExample,
	PasswordUntypable: "holds a control character; use what can be typed, for example " + passwordExample,
	PasswordTooPlain:  "must have three of upper case, lower case, digits and symbols, for example " + passwordExample,
	PasswordHasName:   "holds the sign-in name; leave it out, for example " + passwordExample,
	PasswordExample:   "is the example; choose one of your own",
}

// BadPassword says why nobody of that sign-in name may choose the password; nothing speaks against a good one. It never
// quotes the password.
func BadPassword(password, principalName string) (why []string) {
	for _, rule := range CheckPassword(principalName, password) {
		why = append(why, badPasswords[rule])
	}
	return why
}

// kindsIn is how many kinds of characters there are. A letter without case is a symbol.
func kindsIn(password string) int {
	kinds := map[string]bool{}
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			kinds["upper"] = true
		case unicode.IsLower(r):
			kinds["lower"] = true
		case unicode.IsDigit(r):
			kinds["digit"] = true
		default:
			kinds["symbol"] = true
		}
	}
	return len(kinds)
}

// SetPassword gives the user a password, remembers the one before, and ends what was signed in with it.
func (u *User) SetPassword(credential []byte, mustChange bool, now time.Time) {
	if len(u.Credential) > 0 {
		u.Former = append([][]byte{u.Credential}, u.Former...)
		u.Former = u.Former[:min(len(u.Former), passwordsNoAgain-1)]
	}
	u.Credential, u.MustChangePassword, u.SessionsFrom = credential, mustChange, now
}
