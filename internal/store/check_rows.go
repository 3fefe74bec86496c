package store

import (
	"crypto/x509"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// What several tables can suffer from.
const (
	cannotRead  = "holds what cannot be read"
	noID        = "has an id that is none"
	otherFolded = "is not under its name in lower case"
	otherShown  = "is sorted by another name"
	noApp       = "is for no application"
)

// looks are the invariants that lie in documents, and those of names, which SQL folds differently in each database.
var looks = []look{
	{
		table: "tenants", columns: "t.n, t.id, t.name, t.profile", from: "tenants t", where: "t.profile <> ''", key: []string{"t.n"}, shown: 2,
		problems: []string{cannotRead, noID, "has a number that is not its id's", "has another name than its profile", "has a further domain that is not there"},
		see:      seeTenant,
	},
	{
		table: "domains", columns: "d.name, d.tenant, d.profile, t.profile AS tenant_profile", from: "domains d LEFT JOIN tenants t ON t.n = d.tenant", key: []string{"d.name"}, shown: 2,
		problems: []string{cannotRead, otherFolded, "is unknown to its tenant"},
		see:      seeDomain,
	},
	{
		table: "names", columns: "x.partner, x.name, x.customer, x.id, x.shown, x.domain, r.account, t.id AS tenant, t.name AS tenant_name, t.domain AS tenant_domain, a.name AS account_name",
		from: `names x
			JOIN relationships r ON r.partner = x.partner AND r.customer = x.customer
			JOIN tenants t ON t.n = x.customer
			LEFT JOIN accounts a ON a.customer = r.customer AND a.account = r.account`,
		key: []string{"x.partner", "x.name", "x.customer"}, shown: 3,
		problems: []string{cannotRead, otherFolded, "shows another name than the customer has", "shows another domain than the customer has", "shows another id than the customer has"},
		see:      seeName,
	},
	{
		table: "relationships", columns: "r.partner, r.customer, r.account, t.name, a.name AS account_name",
		from: `relationships r
			JOIN tenants t ON t.n = r.customer
			LEFT JOIN accounts a ON a.customer = r.customer AND a.account = r.account`,
		key: []string{"r.partner", "r.customer"}, shown: 2,
		problems: []string{"is not among the names"},
		needed: func(c *checker) bool {
			return c.table("names").Rows != c.table("relationships").Rows || c.table("names").Broken > 0
		},
		see: seeRelationship,
	},
	{
		table: "users", columns: "u.tenant, u.name, u.id, u.display, u.profile, t.profile AS tenant_profile", from: "users u LEFT JOIN tenants t ON t.n = u.tenant",
		key: []string{"u.tenant", "u.name"}, shown: 3,
		problems: []string{cannotRead, noID, otherFolded, otherShown, "is alone, and no administrator", "has a role and is not among its members"},
		see:      seeUser,
	},
	{
		table: "members", columns: "m.tenant, m.role, m.member, u.profile", from: "members m JOIN users u ON u.tenant = m.tenant AND u.id = m.member AND u.display <> ''",
		key: []string{"m.tenant", "m.role", "m.member"}, shown: 3,
		problems: []string{"is of a role that the user does not have"},
		see:      seeMember,
	},
	{
		table: "deleted_users", columns: "d.tenant, d.id, d.display, d.deleted, d.profile", from: "deleted_users d", key: []string{"d.tenant", "d.id"}, shown: 2,
		problems: []string{cannotRead, noID, otherShown, "was deleted at another time"},
		see:      seeDeletedUser,
	},
	{
		table: "consents", columns: "c.tenant, c.app, c.granter, c.permission", from: "consents c", key: []string{"c.tenant", "c.app", "c.granter", "c.permission"}, shown: 4,
		problems: []string{noID, noApp, "is of no tenant"},
		see:      seeConsent,
	},
	{
		table: "apps", columns: "a.id, a.profile", from: "apps a", key: []string{"a.id"}, shown: 1,
		problems: []string{cannotRead, noID},
		see:      seeApp,
	},
	{
		table: "documents", columns: "d.customer, d.kind, d.id, d.document", from: "documents d", key: []string{"d.customer", "d.kind", "d.id"}, shown: 3,
		problems: []string{cannotRead, "is of an account that is not there", "is a consent of a partner that has no relationship"},
		see:      seeDocument,
	},
	{
		table: "accounts", columns: "a.customer, a.account, a.name, a.profile", from: "accounts a", key: []string{"a.customer", "a.account"}, shown: 2,
		problems: []string{cannotRead, "has another name than its profile"},
		see:      seeAccount,
	},
	{
		table: "ledger", columns: "l.n, l.call, l.status, l.answer", from: "ledger l", key: []string{"l.n"}, shown: 1,
		problems: []string{cannotRead, "has a call of another length", "answers a create with no customer", "answers a create that no record tells the rest of", "answers a create with a customer that is not there, and no record tells of its deletion"},
		see:      seeLedger,
	},
	{
		table: "audit", columns: "a.partner, a.n, a.customer, a.resource, a.name, a.record", from: "audit a", key: []string{"a.partner", "a.n"}, shown: 3,
		problems: []string{cannotRead, noID, otherFolded, "tells of a customer as it is, and its reader has none"},
		see:      seeAudit,
	},
	{
		table: "webhooks", columns: "w.partner, w.registration", from: "webhooks w", key: []string{"w.partner"}, shown: 1,
		problems: []string{cannotRead}, see: holds[partnercenter.WebhookRegistration](1),
	},
	{
		table: "deliveries", columns: "d.id, d.event, d.results", from: "deliveries d", key: []string{"d.id"}, shown: 1,
		problems: []string{cannotRead},
		see: func(s *seen, row columns) error {
			return errors.Join(holds[csp.Event](1)(s, row), holds[[]partnercenter.WebhookResult](2)(s, row))
		},
	},
	{
		table: "codes", columns: "c.n, c.granted", from: "codes c", key: []string{"c.n"}, shown: 1,
		problems: []string{cannotRead}, see: holds[csp.Authorization](1),
	},
	{
		table: "devices", columns: "d.n, d.client, d.granted", from: "devices d", key: []string{"d.n"}, shown: 2,
		problems: []string{cannotRead, noApp},
		see:      seeDevice,
	},
	{
		table: "families", columns: "f.id, f.granted, f.revoked", from: "families f", key: []string{"f.id"}, shown: 1,
		problems: []string{cannotRead, noApp}, // but one that is revoked may be of none
		see:      seeFamily,
	},
	{
		table: "user_requests", columns: "q.n, q.request", from: "user_requests q", key: []string{"q.n"}, shown: 1,
		problems: []string{cannotRead}, see: holds[csp.UserRequest](1),
	},
	{
		table: "granular_relationships", columns: "g.id, g.partner, g.customer, g.name, g.due, g.relationship", from: "granular_relationships g", key: []string{"g.id"}, shown: 3,
		problems: []string{cannotRead, otherFolded, "has another customer than it says", "is due at another time than it ends", "is active, and the partner has no relationship with the customer"},
		see:      seeGranular,
	},
	{
		table: "signing_keys", columns: "k.id, k.certificate, k.sealed", from: "signing_keys k", key: []string{"k.id"}, shown: 1,
		problems: []string{cannotRead},
		see: func(s *seen, row columns) error {
			var id string
			var certificate, sealed []byte
			if err := row.Scan(&id, &certificate, &sealed); err != nil || len(sealed) == 0 {
				return s.broken(cannotRead)
			}
			if _, err := x509.ParseCertificate(certificate); err != nil {
				return s.broken(cannotRead)
			}
			return nil
		},
	},
}

// holds looks whether the column holds a document of the type.
func holds[T any](column int) func(*seen, columns) error {
	return func(s *seen, row columns) error {
		var text []byte
		if err := row[column : column+1].Scan(&text); err != nil || json.Unmarshal(text, new(T)) != nil {
			return s.broken(cannotRead)
		}
		return nil
	}
}

// isID reports whether the bytes are those of an id.
func isID(bytes []byte) bool { return len(bytes) == len(csp.ID{}) }

// customerProfile reads the profile of a tenant or an account; nil if it is none.
func customerProfile(text string) *partnercenter.Customer {
	profile := &partnercenter.Customer{}
	if readProfile(text, profile) != nil || profile.BillingProfile == nil || profile.CompanyProfile == nil {
		return nil
	}
	return profile
}

func seeTenant(s *seen, row columns) error {
	var n int64
	var id []byte
	var name, text string
	if err := row.Scan(&n, &id, &name, &text); err != nil {
		return s.broken(cannotRead)
	}
	if !isID(id) {
		return s.broken(noID)
	}
	profile := customerProfile(text)
	switch {
	case profile == nil:
		return s.broken(cannotRead)
	case csp.ID(id).Order() != n:
		return s.broken("has a number that is not its id's")
	case profile.BillingProfile.CompanyName != name:
		return s.broken("has another name than its profile")
	}
	for _, domain := range profile.CustomDomains {
		s.there("has a further domain that is not there", `SELECT 1 FROM domains WHERE name = $1 AND tenant = $2 AND profile <> ''`, strings.ToLower(domain), n)
	}
	return nil
}

func seeDomain(s *seen, row columns) error {
	var name, text string
	var tenant int64
	var tenantText sql.NullString
	if err := row.Scan(&name, &tenant, &text, &tenantText); err != nil {
		return s.broken(cannotRead)
	}
	if name != strings.ToLower(name) {
		return s.broken(otherFolded)
	}
	if text == "" {
		return nil
	}
	domain := &partnercenter.VerifiedDomain{}
	if json.Unmarshal([]byte(text), domain) != nil || domain.Domain == nil {
		return s.broken(cannotRead)
	}
	if strings.ToLower(domain.Domain.Name) != name {
		return s.broken(otherFolded)
	}
	profile := customerProfile(tenantText.String)
	if profile == nil { // the tenant's own finding
		return nil
	}
	if !slices.ContainsFunc(profile.CustomDomains, func(known string) bool { return strings.ToLower(known) == name }) {
		return s.broken("is unknown to its tenant")
	}
	return nil
}

func seeName(s *seen, row columns) error {
	var partner, customer, account int64
	var name, shown, domain, tenantName, tenantDomain string
	var id, tenant []byte
	var accountName sql.NullString
	err := row.Scan(&partner, &name, &customer, &id, &shown, &domain, &account, &tenant, &tenantName, &tenantDomain, &accountName)
	if err != nil {
		return s.broken(cannotRead)
	}
	if account != 0 && !accountName.Valid { // the relationship's finding
		return nil
	}
	if account != 0 {
		tenantName = accountName.String
	}
	switch {
	case name != csp.FoldedName(shown):
		return s.broken(otherFolded)
	case shown != tenantName:
		return s.broken("shows another name than the customer has")
	case domain != tenantDomain:
		return s.broken("shows another domain than the customer has")
	case string(id) != string(tenant):
		return s.broken("shows another id than the customer has")
	}
	return nil
}

func seeRelationship(s *seen, row columns) error {
	var partner, customer, account int64
	var name string
	var accountName sql.NullString
	if err := row.Scan(&partner, &customer, &account, &name, &accountName); err != nil || account != 0 && !accountName.Valid {
		return err
	}
	if account != 0 {
		name = accountName.String
	}
	s.there("is not among the names", `SELECT 1 FROM names WHERE partner = $1 AND name = $2 AND customer = $3`, partner, csp.FoldedName(name), customer)
	return nil
}

func seeUser(s *seen, row columns) error {
	var tenant int64
	var name, display, text string
	var id []byte
	var tenantText sql.NullString
	if err := row.Scan(&tenant, &name, &id, &display, &text, &tenantText); err != nil {
		return s.broken(cannotRead)
	}
	if !isID(id) {
		return s.broken(noID)
	}
	user, err := userOf(csp.ID{}, id, nil, []byte(text))
	switch {
	case err != nil:
		return s.broken(cannotRead)
	case csp.FoldedName(user.PrincipalName) != name:
		return s.broken(otherFolded)
	case display == "" && tenantText.String != "" && !user.HasRole(csp.CompanyAdministrator):
		return s.broken("is alone, and no administrator")
	case display == "":
		return nil
	case display != user.SortName():
		return s.broken(otherShown)
	}
	for _, role := range user.Roles {
		s.there("has a role and is not among its members", `SELECT 1 FROM members WHERE tenant = $1 AND role = $2 AND member = $3`, tenant, role, id)
	}
	return nil
}

func seeMember(s *seen, row columns) error {
	var tenant int64
	var role string
	var member, text []byte
	if err := row.Scan(&tenant, &role, &member, &text); err != nil || !isID(member) {
		return err
	}
	user, err := userOf(csp.ID{}, member, nil, text)
	if err == nil && !user.HasRole(role) { // else the user's own finding
		return s.broken("is of a role that the user does not have")
	}
	return nil
}

func seeDeletedUser(s *seen, row columns) error {
	var tenant, deleted int64
	var id, text []byte
	var display string
	if err := row.Scan(&tenant, &id, &display, &deleted, &text); err != nil {
		return s.broken(cannotRead)
	}
	if !isID(id) {
		return s.broken(noID)
	}
	user, err := userOf(csp.ID{}, id, nil, text)
	switch {
	case err != nil:
		return s.broken(cannotRead)
	case display != user.SortName():
		return s.broken(otherShown)
	case deleted < csp.OrderAt(user.Deleted) || deleted > csp.OrderAt(user.Deleted.Add(time.Microsecond)): // which the profile leaves out
		return s.broken("was deleted at another time")
	}
	return nil
}

func seeConsent(s *seen, row columns) error {
	var tenant, app, granter []byte
	var permission string
	if err := row.Scan(&tenant, &app, &granter, &permission); err != nil || !isID(tenant) || !isID(app) {
		return s.broken(noID)
	}
	s.registered(csp.ID(app))
	s.there("is of no tenant", `
		SELECT 1 FROM tenants WHERE n = $1 AND id = $2
		UNION ALL
		SELECT 1 FROM partners WHERE id = $2`, csp.ID(tenant).Order(), tenant)
	return nil
}

func seeApp(s *seen, row columns) error {
	var id []byte
	var text string
	if err := row.Scan(&id, &text); err != nil {
		return s.broken(cannotRead)
	}
	if !isID(id) {
		return s.broken(noID)
	}
	if _, err := readApp(func(string, ...any) scanner { return columns{id, text} }, csp.ID(id)); err != nil {
		return s.broken(cannotRead)
	}
	return nil
}

// consentPrefix is what the kinds of application consents begin with; the partner's id follows.
var consentPrefix = strings.TrimSuffix(csp.KindApplicationConsent(csp.ID{}), csp.ID{}.String())

func seeDocument(s *seen, row columns) error {
	var customer int64
	var kind, id string
	var text []byte
	if err := row.Scan(&customer, &kind, &id, &text); err != nil || !jsontext.Value(text).IsValid() {
		return s.broken(cannotRead)
	}
	if kept, account, ok := strings.Cut(kind, "@"); ok { // as accountKind wrote it
		kind = kept
		number, err := strconv.ParseInt(account, 10, 64)
		if err != nil {
			return s.broken("is of an account that is not there")
		}
		s.there("is of an account that is not there", `SELECT 1 FROM accounts WHERE customer = $1 AND account = $2`, customer, number)
	}
	if partner, ok := strings.CutPrefix(kind, consentPrefix); ok {
		owner, err := csp.ParseID(partner)
		if err != nil {
			return s.broken(cannotRead)
		}
		s.there("is a consent of a partner that has no relationship", `
			SELECT 1
			FROM partners p
			JOIN relationships r ON r.partner = p.n
			WHERE p.id = $1 AND r.customer = $2`, owner[:], customer)
	}
	return nil
}

func seeAccount(s *seen, row columns) error {
	var customer, account int64
	var name, text string
	if err := row.Scan(&customer, &account, &name, &text); err != nil {
		return s.broken(cannotRead)
	}
	profile := customerProfile(text)
	switch {
	case profile == nil:
		return s.broken(cannotRead)
	case profile.BillingProfile.CompanyName != name:
		return s.broken("has another name than its profile")
	}
	return nil
}

// seeLedger knows an answer to a create by its status, which no other operation remembers.
func seeLedger(s *seen, row columns) error {
	var n int64
	var call []byte
	prior := entry{}
	var status int64
	if err := row.Scan(&n, &call, &status, &prior.answer); err != nil {
		return s.broken(cannotRead)
	}
	prior.status = int(status)
	if len(call) != len(csp.Call{}.Key) {
		return s.broken("has a call of another length")
	}
	answer, err := prior.outcome()
	if fault := (*partnercenter.Fault)(nil); prior.status >= 400 && !errors.As(err, &fault) || len(answer) > 0 && !jsontext.Value(answer).IsValid() {
		return s.broken(cannotRead)
	}
	if prior.status != created {
		return nil
	}
	id, short, err := createdCustomer(answer)
	if err != nil {
		return s.broken("answers a create with no customer")
	}
	if short {
		s.there("answers a create that no record tells the rest of", `
			SELECT 1
			FROM partners p CROSS JOIN audit a
			WHERE a.partner = p.n AND a.customer = $1 AND a.record LIKE '%"o":"add!_customer"%' ESCAPE '!'
			LIMIT 1`, id[:])
	}
	s.there("answers a create with a customer that is not there, and no record tells of its deletion", `
		SELECT 1 FROM tenants WHERE n = $1 AND id = $2
		UNION ALL
		SELECT 1 FROM partners p CROSS JOIN audit a
		WHERE a.partner = p.n AND a.customer = $2 AND a.record LIKE '%"o":"delete!_customer"%' ESCAPE '!'
		LIMIT 1`, id.Order(), id[:])
	return nil
}

// createdCustomer is whom an answer to a create names. A short one is the id alone, and the record of the creation knows the rest;
// earlier versions kept all of it.
func createdCustomer(answer []byte) (id csp.ID, short bool, err error) {
	var text string
	if short = json.Unmarshal(answer, &text) == nil; !short {
		var customer struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(answer, &customer); err != nil {
			return id, false, err
		}
		text = customer.ID
	}
	id, err = csp.ParseID(text)
	return id, short, err
}

func seeAudit(s *seen, row columns) error {
	record := &csp.AuditRecord{}
	var partner int64
	var customer, text []byte
	var resource, name string
	if err := row.Scan(&partner, &record.Order, &customer, &resource, &name, &text); err != nil {
		return s.broken(cannotRead)
	}
	if !isID(customer) {
		return s.broken(noID)
	}
	var document auditDocument
	if json.Unmarshal(text, &document) != nil || document.fill(record) != nil {
		return s.broken(cannotRead)
	}
	if csp.FoldedName(record.CustomerName) != name {
		return s.broken(otherFolded)
	}
	if record.AsIs {
		s.there("tells of a customer as it is, and its reader has none", `SELECT 1 FROM relationships WHERE partner = $1 AND customer = $2`, partner, csp.ID(customer).Order())
	}
	return nil
}

func seeFamily(s *seen, row columns) error {
	var id, text []byte
	var revoked bool
	var granted csp.Authorization
	if err := row.Scan(&id, &text, &revoked); err != nil || json.Unmarshal(text, &granted) != nil {
		return s.broken(cannotRead)
	}
	if !revoked {
		s.registered(granted.Client)
	}
	return nil
}

func seeDevice(s *seen, row columns) error {
	var n int64
	var client, text []byte
	if err := row.Scan(&n, &client, &text); err != nil || !isID(client) {
		return s.broken(noApp)
	}
	s.registered(csp.ID(client))
	if len(text) > 0 && json.Unmarshal(text, new(csp.Authorization)) != nil {
		return s.broken(cannotRead)
	}
	return nil
}

// registered looks whether there is the application. Some are known everywhere without being registered.
func (s *seen) registered(app csp.ID) {
	if !s.wellKnown(app) {
		s.there(noApp, `SELECT 1 FROM apps WHERE id = $1`, app[:])
	}
}

func seeGranular(s *seen, row columns) error {
	r := &csp.GranularRelationship{}
	var partner, customer, due int64
	var name string
	var text []byte
	if err := row.Scan(&r.ID, &partner, &customer, &name, &due, &text); err != nil || json.Unmarshal(text, r) != nil {
		return s.broken(cannotRead)
	}
	var order, ends int64
	if !r.Customer.IsZero() {
		order = r.Customer.Order()
	}
	if r.Status == partnercenter.DelegatedAdminActive {
		ends = r.Ends.UnixMicro()
	}
	switch {
	case csp.FoldedName(r.Name) != name:
		return s.broken(otherFolded)
	case order != customer:
		return s.broken("has another customer than it says")
	case ends != due:
		return s.broken("is due at another time than it ends")
	}
	if r.ActiveAt(s.now) {
		s.there("is active, and the partner has no relationship with the customer", `SELECT 1 FROM relationships WHERE partner = $1 AND customer = $2`, partner, customer)
	}
	return nil
}
