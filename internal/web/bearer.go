package web

import (
	"net/http"
	"strings"
)

// Bearer is the token of the Authorization header, or nothing. The scheme may be written in any case.
func Bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
