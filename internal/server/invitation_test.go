package server_test

import (
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/server"
)

// inviters are two partners that are no sandboxes: the one creates a customer, the other invites it.
const inviters = `{"partners": [
	{"id": "aaaaaaaa-1111-4111-8111-111111111111", "name": "Alpine", "domain": "alpine.onmicrosoft.com", "kind": "direct", "country": "US",
	 "users": [{"principalName": "admin@alpine.onmicrosoft.com", "password": "dev-Passw0rd", "agents": ["AdminAgents"]}]},
	{"id": "bbbbbbbb-1111-4111-8111-111111111111", "name": "Bellows", "domain": "bellows.onmicrosoft.com", "kind": "direct", "country": "US",
	 "users": [{"principalName": "admin@bellows.onmicrosoft.com", "password": "dev-Passw0rd", "agents": ["AdminAgents"]}]},
]}`

// TestInvitation goes from the API's link over its page back to the API: what the customer accepts, the partner sees.
func TestInvitation(t *testing.T) {
	world, err := server.ReadWorld([]byte(inviters))
	if err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, server.Config{World: world, ForcePasswordChange: true})
	tokenOf := func(partner string) string {
		return mustToken(t, s, partner+".onmicrosoft.com", url.Values{
			"grant_type": {"password"}, "client_id": {publicApp}, "username": {"admin@" + partner + ".onmicrosoft.com"},
			"password": {"dev-Passw0rd"}, "resource": {"https://api.partnercenter.microsoft.com"},
		})
	}
	alpine, bellows := tokenOf("alpine"), tokenOf("bellows")
	read := func(method, path, token, body string, want int, into any) {
		t.Helper()
		status, text := mustSend(t, method, s.URL()+path, token, body)
		if err := json.Unmarshal(text, into); err != nil || status != want {
			t.Fatalf("%s %s: got %d %s", method, path, status, text)
		}
	}
	var customer struct {
		ID                    string
		RelationshipToPartner string
		UserCredentials       struct{ Password string }
	}
	read(http.MethodPost, "/v1/customers", alpine, `{"companyProfile":{"domain":"kestrel.onmicrosoft.com"},"billingProfile":{"culture":"en-US","email":"ana@kestrel.example",
		"language":"en","companyName":"Kestrel Bakery","defaultAddress":{"firstName":"Ana","lastName":"Roche","addressLine1":"12 Mill St","city":"Salem","state":"OR",
		"postalCode":"97301","country":"US"}}}`, http.StatusCreated, &customer)
	first := customer.UserCredentials.Password
	read(http.MethodGet, "/v1/customers/"+customer.ID, bellows, "", http.StatusForbidden, &struct{}{})
	var request struct{ URL string }
	read(http.MethodGet, "/v1/customers/relationshiprequests", bellows, "", http.StatusOK, &request)

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, client: &http.Client{Jar: jar}, origin: s.URL()}
	b.read(b.client.Get(request.URL))
	b.submit("username", "admin@kestrel.onmicrosoft.com", "password", first)
	b.submit("current", first, "new", "Harbour-Lights-7", "again", "Harbour-Lights-7")
	if b.submit("step", "accept"); !strings.Contains(b.page, "Bellows is a reseller of Kestrel Bakery") {
		t.Fatalf("accepted: got %s", b.page)
	}

	read(http.MethodGet, "/v1/customers/"+customer.ID, bellows, "", http.StatusOK, &customer)
	if customer.RelationshipToPartner != "reseller" {
		t.Errorf("after: got %+v", customer)
	}
	for _, token := range []string{alpine, bellows} {
		var list struct{ Items []struct{ ID string } }
		if read(http.MethodGet, "/v1/customers", token, "", http.StatusOK, &list); len(list.Items) != 1 || list.Items[0].ID != customer.ID {
			t.Errorf("customers: got %v, want %s", list, customer.ID)
		}
	}
}

// browser fills in the forms of pages.
type browser struct {
	t      *testing.T
	client *http.Client
	origin string
	page   string
}

func (b *browser) read(response *http.Response, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.page = string(text)
}

var (
	formAction = regexp.MustCompile(`action="([^"]*)"`)
	formField  = regexp.MustCompile(`<input (?:type="hidden"|id="username") name="([^"]*)"[^>]* value="([^"]*)"`)
)

// submit sends the page's form with the fields filled in: names and values in turn.
func (b *browser) submit(fields ...string) {
	b.t.Helper()
	action := formAction.FindStringSubmatch(b.page)
	if action == nil {
		b.t.Fatalf("no form: %s", b.page)
	}
	form := url.Values{}
	for _, match := range formField.FindAllStringSubmatch(b.page, -1) {
		form.Set(match[1], html.UnescapeString(match[2]))
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	b.read(b.client.PostForm(b.origin+html.UnescapeString(action[1]), form))
}
