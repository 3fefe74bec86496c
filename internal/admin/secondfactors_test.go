package admin_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

func TestRemoveSecondFactor(t *testing.T) {
	var logged bytes.Buffer
	handler, db := surface(t, &logged)
	ids := &csp.IDs{}
	user := &csp.User{ID: ids.New(), Tenant: csp.MustParseID(contoso), PrincipalName: "Ana@contoso.onmicrosoft.com", Credential: []byte("$"), Created: time.Now()}
	factor := &csp.SecondFactor{ID: ids.New(), Sealed: []byte("sealed"), Enrolled: time.Now()}
	if err := errors.Join(db.CreateUser(t.Context(), user), db.AddSecondFactor(t.Context(), user, factor)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path   string
		status int
		said   string
	}{
		{"users/" + contoso + "/bob@contoso.onmicrosoft.com/mfa", http.StatusNotFound, "no user with the sign-in name bob@contoso"},
		{"users/fabrikam.onmicrosoft.com/ana@contoso.onmicrosoft.com/mfa", http.StatusNotFound, "No tenant has the domain fabrikam"},
		{"users/" + ids.New().String() + "/ana@contoso.onmicrosoft.com/mfa", http.StatusNotFound, "no user"},
		{"users/" + contoso + "/" + user.ID.String() + "/mfa", http.StatusNotFound, "by the sign-in name"},
		{"users/contoso.onmicrosoft.com/ana@CONTOSO.onmicrosoft.com/mfa", http.StatusOK, `"userPrincipalName":"Ana@contoso.onmicrosoft.com"`},
		{"users/" + contoso + "/ana@contoso.onmicrosoft.com/mfa", http.StatusNotFound, "has no second factor"},
	} {
		answer := ask(handler, http.MethodDelete, test.path, "Bearer "+key, "")
		if answer.Code != test.status || !strings.Contains(answer.Body.String(), test.said) {
			t.Errorf("%s: got %d %s, want %d %s", test.path, answer.Code, answer.Body, test.status, test.said)
		}
	}
	if _, err := db.SecondFactor(t.Context(), user); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("afterwards: %v", err)
	}
	if strings.Count(logged.String(), "second factor removed") != 1 || strings.Contains(logged.String(), "sealed") {
		t.Errorf("logged %s", logged.String())
	}
}
