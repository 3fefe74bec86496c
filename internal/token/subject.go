package token

import "encoding/base64"

// Subject is the pairwise identifier of a user towards an application: two applications cannot tell by it that they
// have the same user (OpenID Connect Core, 8.1; discovery says subject_types_supported "pairwise").
func (r Root) Subject(tenant, user, app [16]byte) string {
	return base64.RawURLEncoding.EncodeToString(mac(r.keys.subject, tenant[:], user[:], app[:]))
}
