package cli

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/server"
)

// What package server's ready-made world says of all its applications and users.
const (
	devSecret   = "dev-secret"
	devPassword = "dev-Passw0rd"
)

// devPartners is how many partners the screen has room for: those of the ready-made world.
const devPartners = 3

// devScreen is what tenantry dev prints when it is ready: at most 24 lines.
type devScreen struct {
	url   string
	ca    string // empty: in memory
	data  string // empty: in memory
	store string // if it is not there; as it may be shown
	reset bool
	world *server.World
	seed  string
	took  time.Duration

	adminKey string
}

func (s *devScreen) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Tenantry is ready in %d ms. Ctrl-C stops it.\n\n", s.took.Milliseconds())
	fmt.Fprintf(&b, "  URL    %s  and  %s\n", s.url, strings.Replace(s.url, "http:", "https:", 1))
	fmt.Fprintf(&b, "  CA     %s\n", s.authority())
	fmt.Fprintf(&b, "  Data   %s\n\n", s.place())
	for i := range min(len(s.world.Partners), devPartners) {
		writePartner(&b, &s.world.Partners[i])
	}
	fmt.Fprintf(&b, "  %s are %s, passwords %s.%s\n\n", s.secrets(), devSecret, devPassword, s.more())
	b.WriteString("Paste this to create a customer:\n")
	b.WriteString(devCurl(s.url))
	return b.String()
}

// secrets are what is the same for all. An admin key of one's own is not: it is shown to nobody.
func (s *devScreen) secrets() string {
	if s.adminKey != devSecret {
		return "Secrets"
	}
	return "Secrets and the admin key"
}

// more names the partners that the screen has no room for.
func (s *devScreen) more() string {
	more := len(s.world.Partners) - devPartners
	if more <= 0 {
		return ""
	}
	return fmt.Sprintf(" And %d more from %s.", more, filepath.Base(s.seed))
}

func (s *devScreen) authority() string {
	if s.ca == "" {
		return s.url + "/_tenantry/ca.pem"
	}
	return s.ca
}

func (s *devScreen) place() string {
	place := cmp.Or(s.store, s.data)
	switch {
	case place == "":
		return "in memory: all of it goes when this ends"
	case s.reset:
		return place + " (just reset)"
	default:
		return place + " (--reset empties it)"
	}
}

func writePartner(b *strings.Builder, partner *server.WorldPartner) {
	fmt.Fprintf(b, "  %-22s %-30s tenant %s\n", partner.Name, kindInWords(partner), partner.ID)
	user, app := "", ""
	if len(partner.Users) > 0 {
		user = partner.Users[0].PrincipalName
	}
	if len(partner.Apps) > 0 {
		app = partner.Apps[0].ID
	}
	fmt.Fprintf(b, "    %-51s app    %s\n", user, app)
}

func kindInWords(partner *server.WorldPartner) string {
	switch partner.Kind {
	case csp.DirectReseller:
		return "direct reseller"
	case csp.IndirectProvider:
		return "indirect provider"
	default:
		return strings.TrimSuffix("indirect reseller, MPN "+partner.MPNID, ", MPN ")
	}
}

// devCurl is one command in as many lines as the screen's width asks for. It gets a token for Contoso Cloud, whose answer
// has the token as one of its members, and creates a customer with a domain that is new each second.
func devCurl(url string) string {
	return strings.NewReplacer("URL", url, "SECRET", devSecret).Replace(
		`curl -sS URL/v1/customers -H 'Content-Type: application/json' \
  -H "Authorization: Bearer $(curl -sS -d grant_type=client_credentials \
  -u 11111111-0000-4000-8000-00000000a001:SECRET -d resource=https://graph.windows.net \
  URL/contosocloud.onmicrosoft.com/oauth2/token |
  sed 's/.*"access_token":"\([^"]*\).*/\1/')" -d '{"companyProfile":{
  "domain":"try'$(date +%s)'.onmicrosoft.com"},"billingProfile":{"email":"ana@contoso.com",
  "culture":"en-US","language":"en","companyName":"Contoso","defaultAddress":{"firstName":"Ana",
  "lastName":"Bowman","addressLine1":"One Microsoft Way","city":"Redmond","state":"WA",
  "postalCode":"98052","country":"US"}}}'
`)
}
