package csp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// PasswordRule is a rule that a chosen password has to keep.
type PasswordRule string

// The rules. Microsoft Entra docs: concept-password-ban-bad-combined-policy, "Password policies": 8 to 256 characters, three of
// the four classes, not the name of the user, and not the password that it replaces.
const (
	PasswordTooShort PasswordRule = "too short"
	PasswordTooLong  PasswordRule = "too long"
	PasswordTooPlain PasswordRule = "too plain"     // fewer than three of the classes
	PasswordHasName  PasswordRule = "contains name" // the local part of the principal name
)

// Lengths of a chosen password, in characters.
const (
	MinPassword = 8
	MaxPassword = 256
)

// CheckPassword is all rules that a password for the user would break.
func CheckPassword(principalName, password string) (broken []PasswordRule) {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		broken = append(broken, PasswordTooShort)
	case n > MaxPassword:
		broken = append(broken, PasswordTooLong)
	}
	if passwordClasses(password) < 3 {
		broken = append(broken, PasswordTooPlain)
	}
	name, _, _ := strings.Cut(principalName, "@")
	if len(name) >= 3 && strings.Contains(strings.ToLower(password), strings.ToLower(name)) {
		broken = append(broken, PasswordHasName)
	}
	return broken
}

// passwordClasses counts upper case, lower case, digits, and all else.
func passwordClasses(password string) int {
	var classes [4]int
	for _, c := range password {
		switch {
		case unicode.IsUpper(c):
			classes[0] = 1
		case unicode.IsLower(c):
			classes[1] = 1
		case unicode.IsDigit(c):
			classes[2] = 1
		default:
			classes[3] = 1
		}
	}
	return classes[0] + classes[1] + classes[2] + classes[3]
}
