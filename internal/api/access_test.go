package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/api"
	"github.com/tenantry/tenantry/partnercenter"
)

var pathWord = regexp.MustCompile(`\{[^}]+\}`)

// TestEveryRouteByBothTokens calls each route with a token of an application alone and with one of a user: the first is refused
// where the docs say so, and nowhere else, the second nowhere for that.
func TestEveryRouteByBothTokens(t *testing.T) {
	s := newStage(t, "")
	byItself, ofUser := s.token("contoso"), s.token("contoso-user")
	call := func(method, pattern, bearer string) (status, code int) {
		t.Helper()
		path := pathWord.ReplaceAllString(pattern, "dfd8cc0a-c592-468c-8461-869a38d24738")
		request, err := http.NewRequestWithContext(t.Context(), method, s.server.URL()+path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+bearer)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		var fault partnercenter.Fault
		if json.Unmarshal(text, &fault) != nil { // an answer that is no object, or none
			return response.StatusCode, 0
		}
		return response.StatusCode, fault.Code
	}
	refused := partnercenter.ErrAppOnly
	api.EachRoute(func(method, pattern string, forUsers bool) {
		status, code := call(method, pattern, byItself)
		if isRefused := status == refused.Status && (code == refused.Code || method == http.MethodHead); isRefused != forUsers {
			t.Errorf("%s %s by itself: got %d %d, want refused %t", method, pattern, status, code, forUsers)
		}
		if status, code := call(method, pattern, ofUser); status == http.StatusUnauthorized || code == refused.Code || status >= http.StatusInternalServerError {
			t.Errorf("%s %s of a user: got %d %d", method, pattern, status, code)
		}
	})
}
