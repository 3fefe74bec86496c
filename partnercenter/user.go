package partnercenter

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// CustomerUser is a user of a customer's tenant, in the order of its members on the wire.
// Partner Center docs: user-resources; immutableId and phoneNumber are not in the .NET SDK.
type CustomerUser struct {
	UsageLocation         string              `json:"usageLocation,omitzero"` // ISO 3166-1 alpha-2; licences need it
	ID                    string              `json:"id,omitzero"`
	UserPrincipalName     string              `json:"userPrincipalName,omitzero"` // the sign-in name
	FirstName             string              `json:"firstName,omitzero"`
	LastName              string              `json:"lastName,omitzero"`
	DisplayName           string              `json:"displayName,omitzero"`
	ImmutableID           string              `json:"immutableId,omitzero"`
	PasswordProfile       *PasswordProfile    `json:"passwordProfile,omitzero"` // in the answer to a call that set it only
	PhoneNumber           string              `json:"phoneNumber,omitzero"`
	LastDirectorySyncTime string              `json:"lastDirectorySyncTime,omitzero"`
	UserDomainType        UserDomainType      `json:"userDomainType,omitzero"`
	State                 UserState           `json:"state,omitzero"`
	SoftDeletionTime      string              `json:"softDeletionTime,omitzero"` // of a deleted user: 2026-03-01T12:00:00Z
	Links                 *ResourceLinks      `json:"links,omitzero"`
	Attributes            *ResourceAttributes `json:"attributes,omitzero"`
}

// PasswordProfile is a password that somebody chooses for a user.
type PasswordProfile struct {
	ForceChangePassword bool   `json:"forceChangePassword"` // the user must change it at the next sign-in
	Password            string `json:"password,omitzero"`
}

// CustomerUserCollection is a page of users.
// Partner Center docs: get-a-list-of-all-user-accounts-for-a-customer.
type CustomerUserCollection struct {
	TotalCount int            `json:"totalCount"` // of this page
	Items      []CustomerUser `json:"items"`
	// ContinuationToken is what the link to the next page carries as MS-ContinuationToken.
	ContinuationToken string              `json:"continuationToken,omitzero"`
	Links             *ResourceLinks      `json:"links,omitzero"`
	Attributes        *ResourceAttributes `json:"attributes,omitzero"`
}

// UserState says whether a user can sign in or is deleted.
type UserState string

// The states, in the order of the SDK's integers.
const (
	UserActive   UserState = "active"
	UserInactive UserState = "inactive" // deleted; it can be restored for 30 days
)

// UnmarshalJSON takes the word in any case, or the .NET SDK's integer.
func (s *UserState) UnmarshalJSON(text []byte) error {
	word, err := enumWord(text, string(UserActive), string(UserInactive))
	*s = UserState(word)
	return err
}

// UserDomainType says who checks the passwords of the user's domain.
type UserDomainType string

// The types, in the order of the SDK's integers.
const (
	UserDomainNone      UserDomainType = "none"
	UserDomainManaged   UserDomainType = "managed"
	UserDomainFederated UserDomainType = "federated"
)

// UnmarshalJSON takes the word in any case, or the .NET SDK's integer.
func (d *UserDomainType) UnmarshalJSON(text []byte) error {
	word, err := enumWord(text, string(UserDomainNone), string(UserDomainManaged), string(UserDomainFederated))
	*d = UserDomainType(word)
	return err
}

// enumWord reads a word of an enumeration in any case, with or without underscores, or its integer. Any other word stays
// what it is; null is none.
func enumWord(text []byte, words ...string) (string, error) {
	if number, err := strconv.Atoi(string(text)); err == nil {
		if number < 0 || number >= len(words) {
			return "", fmt.Errorf("%d is not one of 0 to %d", number, len(words)-1)
		}
		return words[number], nil
	}
	var word string
	if err := json.Unmarshal(text, &word); err != nil {
		return "", err
	}
	for _, known := range words {
		if strings.EqualFold(strings.ReplaceAll(word, "_", ""), strings.ReplaceAll(known, "_", "")) {
			return known, nil
		}
	}
	return word, nil
}
