package admin_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// TestChangesAreLogged looks for what the log tells of a change: the route and the ids, and nobody's name.
func TestChangesAreLogged(t *testing.T) {
	var logged bytes.Buffer
	handler, _ := surface(t, &logged)
	answer := ask(handler, http.MethodPut, "partners/"+contoso+"/validationcodes/1", "Bearer "+key, `{"organizationName":"Kestrel","maxCreates":1}`)
	if answer.Code != http.StatusOK {
		t.Fatalf("got %d %s", answer.Code, answer.Body)
	}
	for _, want := range []string{`"route":"PUT /_tenantry/admin/partners/{partner}/validationcodes/{code}"`, `"partner":"` + contoso + `"`} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("the log: got %s, want %s in it", logged.String(), want)
		}
	}
	if strings.Contains(logged.String(), "Kestrel") || strings.Contains(logged.String(), key) {
		t.Errorf("the log holds more than routes and ids: %s", logged.String())
	}
	logged.Reset()
	if answer := ask(handler, http.MethodGet, "partners/"+contoso+"/validationcodes", "Bearer "+key, ""); answer.Code != http.StatusOK || logged.Len() > 0 {
		t.Errorf("a read: got %d, logged %s", answer.Code, logged.String())
	}
	if answer := ask(handler, http.MethodDelete, "partners/"+contoso+"/validationcodes", "Bearer "+key, ""); answer.Header().Get("Allow") != "GET" {
		t.Errorf("another method: got %d, Allow %q", answer.Code, answer.Header().Get("Allow"))
	}
	if answer := ask(handler, http.MethodPut, "apps/"+contoso, "Bearer "+key, ""); answer.Header().Get("Allow") != "GET, DELETE" {
		t.Errorf("another method of two: got %d, Allow %q", answer.Code, answer.Header().Get("Allow"))
	}
}
