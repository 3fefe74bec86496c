package login_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
)

// TestUserInfo asks who stands behind a token: the user that its id token names, at the tenant that it is for.
func TestUserInfo(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	user := post(t, handler, v2, with(asUser(), "scope", "openid https://api.partnercenter.microsoft.com/.default"))
	graph := post(t, handler, v2, with(asUser(), "scope", "openid User.Read"))
	app := post(t, handler, v2, with(appOnly(), "scope", "https://graph.windows.net/.default"))
	for _, test := range []struct {
		name, path, bearer string
		want               int
	}{
		{"common", "/common/openid/userinfo", user.AccessToken, 200},
		{"its tenant", "/" + contoso.String() + "/openid/userinfo", graph.AccessToken, 200},
		{"another tenant", "/" + fabrikam.String() + "/openid/userinfo", user.AccessToken, 401},
		{"no tenant", "/nobody.example/openid/userinfo", user.AccessToken, 400},
		{"an application", "/common/openid/userinfo", app.AccessToken, 401},
		{"an id token", "/common/openid/userinfo", user.IDToken, 401},
		{"a part of a token", "/common/openid/userinfo", user.AccessToken[:len(user.AccessToken)-2], 401},
		{"nothing", "/common/openid/userinfo", "", 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", test.path, nil)
			r.Header.Set("Authorization", "Bearer "+test.bearer)
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, r)
			if recorder.Code != test.want || (recorder.Header().Get("WWW-Authenticate") != "") != (test.want == 401) {
				t.Fatalf("got %d %v %s, want %d", recorder.Code, recorder.Header(), recorder.Body, test.want)
			}
			if test.want != 200 {
				return
			}
			var got struct{ Sub, Name, UPN, TID string }
			must(t, json.Unmarshal(recorder.Body.Bytes(), &got))
			claims := claimsOf(t, user.IDToken)
			if got.Sub == "" || got.Sub != claims.Subject || got.TID != contoso.String() || got.UPN == "" || got.Name == "" {
				t.Errorf("got %s, want the subject %s", recorder.Body, claims.Subject)
			}
		})
	}
}
