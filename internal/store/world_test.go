package store

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store/storetest"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/partnercenter"
)

// fullWorld puts something into each table of a new store, and closes it.
func fullWorld(t *testing.T, url string) {
	t.Helper()
	db, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := &worldMaker{t: t, db: db, ids: &csp.IDs{}, now: time.Now().UTC().Truncate(time.Microsecond)}
	w.partners()
	w.customers()
	w.users()
	w.documents()
	w.calls()
	w.grants()
	w.must(db.Close())
}

// worldMaker makes it.
type worldMaker struct {
	t                          *testing.T
	db                         *DB
	ids                        *csp.IDs
	now                        time.Time
	contoso, fabrikam, wingtip *csp.Partner
	kestrel, juniper           *csp.Customer
	app, ana                   csp.ID
}

func (w *worldMaker) must(errs ...error) {
	w.t.Helper()
	if err := errors.Join(errs...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *worldMaker) partners() {
	ctx := w.t.Context()
	for _, p := range []struct {
		into **csp.Partner
		name string
		kind csp.PartnerKind
	}{{&w.contoso, "contoso", csp.DirectReseller}, {&w.fabrikam, "fabrikam", csp.IndirectProvider}, {&w.wingtip, "wingtip", csp.IndirectReseller}} {
		*p.into = &csp.Partner{ID: w.ids.New(), Name: p.name, Domain: p.name + ".onmicrosoft.com", Kind: p.kind, Country: "US", AgreementAccepted: true}
		w.must(w.db.CreatePartner(ctx, *p.into))
	}
	admin := &csp.User{ID: w.ids.New(), Tenant: w.contoso.ID, PrincipalName: "Admin@contoso.onmicrosoft.com", DisplayName: "Admin", Credential: []byte{1}, Roles: []string{csp.CompanyAdministrator}, Created: w.now}
	_, err := w.db.Claim(ctx, RootKeySetting, "fingerprint")
	w.must(err, w.db.CreatePartnership(ctx, w.fabrikam.ID, w.wingtip.ID), w.db.CreateUser(ctx, admin))
	key, err := newCertificate()
	w.must(err, w.db.AddSigningKey(ctx, token.StoredKey{ID: "key", Created: w.now, Certificate: key, Sealed: []byte{1}}))
	_, err = w.db.ChangeWebhook(ctx, w.contoso.ID, csp.Call{}, func(*partnercenter.WebhookRegistration) (*partnercenter.WebhookRegistration, []byte, error) {
		return &partnercenter.WebhookRegistration{WebhookURL: "https://contoso.example", WebhookEvents: []partnercenter.WebhookEvent{partnercenter.EventTestCreated}}, nil, nil
	})
	w.must(err)
	_, err = w.db.QueueEvent(ctx, w.contoso.ID, w.ids.New(), csp.Event{Name: partnercenter.EventTestCreated})
	w.must(err)
	_, err = w.db.PutValidationCode(ctx, &csp.ValidationCode{Partner: w.contoso.ID, ID: "40017", OrganizationName: "Kestrel", MaxCreates: 5})
	w.must(err)
}

// newCertificate is a certificate of nobody's.
func newCertificate() ([]byte, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	return x509.CreateCertificate(rand.Reader, template, template, public, private)
}

// customer is a creation as csp makes it: with a call, an answer and a record.
func (w *worldMaker) customer(partner *csp.Partner, name, requestID string) *csp.Creation {
	creation := storetest.Calling(storetest.NewCreation(w.ids, partner.ID, name+".onmicrosoft.com"), requestID)
	creation.Customer.BillingProfile.CompanyName = "Straße " + name
	creation.Audit = creation.Customer.CreationEntry()
	if name != "Gone" { // that one is answered as earlier versions did
		creation.Answer = []byte(`"` + creation.Customer.ID.String() + `"`)
	}
	return creation
}

func (w *worldMaker) customers() {
	ctx := w.t.Context()
	kestrel, juniper := w.customer(w.contoso, "Kestrel", "one"), w.customer(w.fabrikam, "Juniper", "two")
	w.kestrel, w.juniper = kestrel.Customer, juniper.Customer
	w.juniper.Reseller = w.wingtip.ID
	for _, creation := range []*csp.Creation{kestrel, juniper} {
		_, err := w.db.CreateCustomer(ctx, creation)
		w.must(err)
	}
	_, err := w.db.CreateCustomer(ctx, w.customer(w.contoso, "kestrel", "three"))
	if !errors.Is(err, partnercenter.ErrDomainTaken) {
		w.t.Fatalf("a taken domain: got %v", err)
	}
	_, err = w.db.AddDomain(ctx, w.contoso.ID, w.kestrel.ID, csp.Call{}, &partnercenter.VerifiedDomain{Domain: &partnercenter.Domain{Name: "Kestrel.example"}},
		func(*csp.Customer) (csp.Outcome, error) { return csp.Outcome{}, nil })
	w.must(err, w.db.AcceptInvitation(ctx, &csp.Acceptance{
		Invitation: csp.Invitation{Partner: w.contoso.ID, Delegated: true}, Customer: w.juniper.ID,
		Outcomes: []csp.Outcome{{Audit: &csp.AuditEntry{Operation: partnercenter.OperationCreatePartnerRelationship, Resource: partnercenter.AuditPartnerCustomerRelationship}}},
	}))
	granular := &csp.GranularRelationship{
		ID: "granular", Partner: w.contoso.ID, Customer: w.kestrel.ID, Name: "Granular", Status: partnercenter.DelegatedAdminActive, Activated: w.now, Ends: w.now.AddDate(1, 0, 0),
	}
	_, err = w.db.ChangeGranularRelationship(ctx, w.contoso.ID, granular.ID, csp.Call{}, func(*csp.GranularRelationship) (*csp.GranularRelationship, csp.Outcome, error) {
		return granular, csp.Outcome{}, nil
	})
	w.must(err)

	_, err = w.db.CreateCustomer(ctx, w.customer(w.contoso, "Still", "seven")) // it is as it was created
	w.must(err)
	gone := w.customer(w.contoso, "Gone", "four")
	_, err = w.db.CreateCustomer(ctx, gone)
	w.must(err, w.db.DeleteCustomer(ctx, w.contoso.ID, gone.Customer.ID, csp.Call{}, csp.Outcome{Audit: &csp.AuditEntry{Operation: partnercenter.OperationDeleteCustomer}}))
	ended := w.customer(w.contoso, "Ended", "five")
	_, err = w.db.CreateCustomer(ctx, ended)
	w.must(err)
	_, err = w.db.EndRelationship(ctx, w.contoso.ID, ended.Customer.ID, csp.Call{}, csp.Outcome{Audit: &csp.AuditEntry{Operation: partnercenter.OperationRemovePartnerCustomerRelationship}})
	w.must(err)
}

func (w *worldMaker) users() {
	ctx := w.t.Context()
	w.ana = w.ids.New()
	for _, user := range []*csp.User{
		{ID: w.ana, PrincipalName: "Ana@kestrel.onmicrosoft.com", DisplayName: "Ana", Roles: []string{csp.GlobalReader}},
		{ID: w.ids.New(), PrincipalName: "bo@kestrel.onmicrosoft.com", DisplayName: "Bo"},
	} {
		user.Tenant, user.Credential, user.Created = w.kestrel.ID, []byte{1}, w.now
		_, err := w.db.CreateCustomerUser(ctx, w.contoso.ID, csp.Call{}, user, csp.Outcome{})
		w.must(err)
		if user.DisplayName == "Bo" {
			_, err := w.db.UpdateCustomerUser(ctx, w.contoso.ID, w.kestrel.ID, user.ID, csp.Call{}, func(user *csp.User) (csp.Outcome, error) {
				user.Deleted = w.now
				return csp.Outcome{}, nil
			})
			w.must(err)
		}
	}
	w.must(w.db.AddSecondFactor(ctx, &csp.User{ID: w.ana, Tenant: w.kestrel.ID}, &csp.SecondFactor{ID: w.ids.New(), Sealed: []byte{1}, Enrolled: w.now}))
	w.must(w.db.RecordUserRequests(ctx, []*csp.UserRequest{
		{Partner: w.contoso.ID, At: w.now, User: w.ana, UserName: "admin", App: "one"}, {Partner: w.contoso.ID, At: w.now, User: w.ana, App: "one", MFA: true},
	}))
}

func (w *worldMaker) documents() {
	for _, kept := range []struct {
		customer *csp.Customer
		kind     string
	}{{w.kestrel, "usagebudget"}, {w.juniper, "usagebudget"}, {w.kestrel, csp.KindApplicationConsent(w.contoso.ID)}} {
		_, err := w.db.ChangeDocuments(w.t.Context(), w.contoso.ID, kept.customer.ID, csp.Call{}, kept.kind, func([]csp.Document) ([]csp.Document, csp.Outcome, error) {
			return []csp.Document{{ID: "one", Text: []byte("1.5")}}, csp.Outcome{}, nil
		})
		w.must(err)
	}
}

// calls are remembered answers beside those of the creates.
func (w *worldMaker) calls() {
	call := csp.NewCall(w.contoso.ID, "PATCH", "/v1/customers/x", "six", nil)
	_, err := w.db.UpdateCustomer(w.t.Context(), w.contoso.ID, w.kestrel.ID, call, func(*csp.Customer) (csp.Outcome, error) {
		return csp.Outcome{Answer: []byte(`{}`)}, nil
	})
	w.must(err)
}

func (w *worldMaker) grants() {
	ctx := w.t.Context()
	w.app = w.ids.New()
	w.must(w.db.CreateApp(ctx, &csp.App{ID: w.app, Tenant: w.contoso.ID, Name: "app", Secrets: []csp.AppSecret{{ID: w.ids.New(), Hash: []byte{1}, Expires: w.now}}}))
	w.must(w.db.AddConsent(ctx, csp.Consent{Tenant: w.kestrel.ID, User: w.ana, App: w.app}, []string{"User.Read"}))
	granted := csp.Authorization{Tenant: w.kestrel.ID, Home: w.kestrel.ID, User: w.ana, Client: w.app}
	w.must(w.db.AddCode(ctx, csp.Hash{1}, &csp.IssuedCode{Authorization: granted, Expires: w.now}))
	w.must(w.db.AddFamily(ctx, &csp.Family{ID: w.ids.New(), Authorization: granted, Used: w.now}))
	w.must(w.db.AddDevice(ctx, csp.Hash{1}, &csp.Device{UserCode: "BCDFGHJKL", Client: w.app, Tenant: w.kestrel.ID, State: csp.DevicePending, Expires: w.now.Add(time.Hour)}))
	w.must(w.db.AnswerDevice(ctx, "BCDFGHJKL", w.now, &granted))
}
