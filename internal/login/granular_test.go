package login_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// granular asks the world's customer for the roles, as the partner does, and returns the id of what waits for its approval.
func (w *world) granular(t testing.TB, roles ...string) (id string) {
	t.Helper()
	request := &partnercenter.DelegatedAdminRelationship{DisplayName: "Wingtip administration", Duration: "P30D", AccessDetails: &partnercenter.DelegatedAdminAccessDetails{}}
	for _, role := range roles {
		request.AccessDetails.UnifiedRoles = append(request.AccessDetails.UnifiedRoles, partnercenter.UnifiedRole{RoleDefinitionID: role})
	}
	made, err := w.granulars().Create(t.Context(), w.contosoAdmin(t), request, csp.Call{})
	must(t, err)
	_, _, err = w.granulars().Request(t.Context(), w.contosoAdmin(t), made.ID, csp.ActionLock, csp.Call{})
	must(t, err)
	return made.ID
}

func (w *world) granulars() *csp.GranularRelationships {
	return &csp.GranularRelationships{Store: w.db, IDs: w.IDs, Now: w.Now}
}

// assign gives a group of the partner's roles of the relationship.
func (w *world) assign(t testing.TB, id, group string, roles ...string) {
	t.Helper()
	assignment := &partnercenter.DelegatedAdminAssignment{
		AccessContainer: &partnercenter.DelegatedAdminAccessContainer{AccessContainerID: group, AccessContainerType: "securityGroup"},
		AccessDetails:   &partnercenter.DelegatedAdminAccessDetails{},
	}
	for _, role := range roles {
		assignment.AccessDetails.UnifiedRoles = append(assignment.AccessDetails.UnifiedRoles, partnercenter.UnifiedRole{RoleDefinitionID: role})
	}
	_, err := w.granulars().Assign(t.Context(), w.contosoAdmin(t), id, assignment, csp.Call{})
	must(t, err)
}

// TestGranularPage approves a relationship and ends it, as the customer's administrator does.
func TestGranularPage(t *testing.T) {
	w := newWorld(t)
	w.endDelegatedAdmin(t)
	id := w.granular(t, csp.UserAdministrator, csp.GlobalReader)
	path := csp.GranularPath + id
	sales := w.agent(t, "sales", csp.SalesAgents)
	refresh, token := w.refreshOf(t, sales, publicApp), "/"+w.customer.ID+"/oauth2/token"
	handler := w.serve()

	w.visit(t).signInMegan(path).wants(403, "This request is not for Contoso")
	v := w.visit(t)
	v.get(path).wants(200, "Sign in as an administrator")
	if strings.Contains(v.text, "Wingtip administration") {
		t.Error("a stranger reads what is asked for")
	}
	v.accountOfCustomer(w, path).wants(200, "Contoso asks for these administrator roles in Wingtip Toys", "Wingtip administration", "User Account Administrator", "Global Reader", "30 days", "Approve", "Decline")
	v.post(path, map[string][]string{"step": {"accept"}, "form": {"x"}}).wants(400, "does not match the browser")
	v.get(path).submit("step", "decline").wants(200, "You have declined")
	wantCode(t, "declined", post(t, handler, token, refresh), 50020)
	v.get(path).submit("step", "accept").follow().wants(200, "Contoso has these administrator roles in Wingtip Toys", "End these roles")
	wantCode(t, "approved, and nobody has the roles", post(t, handler, token, refresh), 50020)

	w.assign(t, id, csp.SalesAgents, csp.GlobalReader)
	answer := post(t, handler, token, refresh)
	wantCode(t, "assigned", answer, 0)
	if got := w.rolesIn(t, answer.AccessToken); !slices.Equal(got, []string{csp.GlobalReader}) {
		t.Errorf("roles: got %v", got)
	}
	v.get(path).submit("step", "terminate").wants(200, "The roles have ended")
	wantCode(t, "terminated", post(t, handler, token, refresh), 50020)
	v.get(path).wants(410, "not valid any more")
	w.visit(t).get(csp.GranularPath+"x").wants(410, "not valid any more")
}

// TestGranularExpires asks for tokens until the last second, beside delegated admin and without it.
func TestGranularExpires(t *testing.T) {
	w := newWorld(t)
	id := w.granular(t, csp.UserAdministrator)
	v := w.visit(t)
	v.accountOfCustomer(w, csp.GranularPath+id).submit("step", "accept")
	w.assign(t, id, csp.AdminAgents, csp.UserAdministrator)
	handler, token, refresh := w.serve(), "/"+w.customer.ID+"/oauth2/token", w.refreshOf(t, w.megan(t), publicApp)
	if got := w.rolesIn(t, post(t, handler, token, refresh).AccessToken); !slices.Equal(got, []string{csp.CompanyAdministrator, csp.UserAdministrator}) {
		t.Errorf("beside delegated admin: got %v", got)
	}
	w.endDelegatedAdmin(t)
	w.later(30*24*time.Hour - time.Second)
	answer := post(t, handler, token, refresh)
	wantCode(t, "in the last second", answer, 0)
	w.later(30 * 24 * time.Hour)
	wantCode(t, "afterwards", post(t, handler, token, refresh), 50020)
}
