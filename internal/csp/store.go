package csp

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// ErrNotFound is what a [Store] answers when it does not hold the thing asked for, where the contract has no fault of its own.
var ErrNotFound = errors.New("not found")

// ErrExists is what a [Store] answers when a thing with that id or name is there already.
var ErrExists = errors.New("already exists")

// ErrUnavailable is what a [Store] answers when it cannot take the request now. It has done nothing, or cannot tell, which the
// same request answers when it is repeated.
var ErrUnavailable = errors.New("the store is unavailable")

// ErrOverloaded is [ErrUnavailable] where more was asked for at once than can be done in good time.
var ErrOverloaded = fmt.Errorf("%w: too much is asked of it at once", ErrUnavailable)

// Store keeps the world. Every method is atomic, and durable before it returns.
// Each method that touches customers takes the partner: there is none that could reach somebody else's. But PartnersOf, which
// is for whoever runs the server, tells whose a customer is, and no more of it.
type Store interface {
	// CreateCustomer makes the customer, its tenant, domain, administrator and relationships, and the ledger's entry,
	// or nothing of them. If the ledger holds an answer for the call already, nothing is made and that answer is
	// returned: as recorded, or as the fault that it was. Else recorded is nil.
	//
	// The faults it makes: ErrDomainTaken, ErrResellerNotFound, ErrNotAReseller, ErrResellerAgreement and
	// ErrSandboxLimit, each remembered for the call as well.
	// ErrExists means that the id's order is taken by another tenant; the caller makes a new id.
	CreateCustomer(ctx context.Context, creation *Creation) (recorded []byte, err error)

	// Customer is a customer that the partner has a relationship with.
	// ErrNoRelationship if the partner has none, ErrTenantNotFound if there is no such tenant.
	Customer(ctx context.Context, partner, id ID) (*Customer, error)

	// UpdateCustomer changes a customer of the partner's. The function is given the customer as it is, changes it, and
	// returns what is left behind beside it; it may be called more than once. A fault that it returns leaves the customer as it
	// was, and is remembered. If the ledger holds an answer for the call already, nothing is changed and that answer is
	// returned; else recorded is nil. Two changes never run at once, so that none is lost.
	// ErrNoRelationship and ErrTenantNotFound as for Customer.
	UpdateCustomer(ctx context.Context, partner, id ID, call Call, change func(*Customer) (Outcome, error)) (recorded []byte, err error)

	// AddDomain makes the domain a further one of a customer of the partner's: it belongs to the tenant, and stands among the
	// customer's custom domains. The function sees the customer as it was before; else as for UpdateCustomer.
	// ErrDomainTaken if a tenant has it already, which is remembered.
	AddDomain(ctx context.Context, partner, id ID, call Call, domain *partnercenter.VerifiedDomain, change func(*Customer) (Outcome, error)) (recorded []byte, err error)

	// EndRelationship ends what the customer is to the partner, with granular relationships and application consents. If that is its provider, it ends for the reseller as well; a
	// reseller that goes leaves a direct customer of the provider. The tenant stays. Calls and faults as for UpdateCustomer.
	EndRelationship(ctx context.Context, partner, id ID, call Call, outcome Outcome) (recorded []byte, err error)

	// DeleteCustomer removes the customer, its tenant, users, domains, documents and relationships. The domains are free again;
	// what the audit has recorded of the customer stays. A customer that is also another partner's, by an invitation, stays
	// that one's. Calls and faults as for UpdateCustomer.
	DeleteCustomer(ctx context.Context, partner, id ID, call Call, outcome Outcome) error

	// AcceptInvitation makes a tenant a customer of the partners that invite it. ErrExists if one of them has it already,
	// ErrNotFound if there is no such tenant.
	AcceptInvitation(ctx context.Context, acceptance *Acceptance) error

	// Documents are what is kept of the kind beside a customer of the partner's, in the order of their ids.
	// Partners whom the customer accepted apart have each their own, as they have a billing profile; but a qualification is the
	// tenant's.
	// ErrNoRelationship and ErrTenantNotFound as for Customer.
	Documents(ctx context.Context, partner, customer ID, kind string) ([]Document, error)

	// ChangeDocuments lets the function put other documents in the place of those of the kind.
	// Calls and faults as for UpdateCustomer.
	ChangeDocuments(ctx context.Context, partner, customer ID, call Call, kind string, change func([]Document) (after []Document, outcome Outcome, err error)) (recorded []byte, err error)

	// PartnerDocuments are what is kept of the kind beside the partner itself, in the order of their ids.
	// ErrNotFound if there is no such partner.
	PartnerDocuments(ctx context.Context, partner ID, kind string) ([]Document, error)

	// ChangePartnerDocuments lets the function put other documents in the place of those of the kind. Calls as for
	// UpdateCustomer.
	ChangePartnerDocuments(ctx context.Context, partner ID, call Call, kind string, change func([]Document) (after []Document, outcome Outcome, err error)) (recorded []byte, err error)

	// Qualify is ChangeDocuments of a customer's qualifications, by a validation code of the partner's. If the function uses the
	// code, it is used once more in the same transaction: never more often than it has creates, however many use it at once. Who
	// comes too late is refused by [ValidationCode.UsedUp]. Without an id there is no code.
	Qualify(ctx context.Context, partner, customer ID, call Call, code string, change func(*Qualifying) (Outcome, error)) (recorded []byte, err error)

	// ValidationCodes are the partner's, in the order of their ids as text. ErrNotFound if there is no such partner.
	ValidationCodes(ctx context.Context, partner ID) ([]*ValidationCode, error)

	// PutValidationCode makes the code of its partner, or changes the organization and the limit of the one that has its id.
	// The code as it is then is returned. ErrNotFound if there is no such partner.
	PutValidationCode(ctx context.Context, code *ValidationCode) (*ValidationCode, error)

	// PartnersOf are the partners that have a relationship with the customer, in the order of their enrolment.
	// ErrTenantNotFound if there is no such tenant.
	PartnersOf(ctx context.Context, customer ID) ([]ID, error)

	// Creation is the record of the customer's creation that the partner may read; ErrNotFound if there is none.
	Creation(ctx context.Context, partner, customer ID) (*AuditRecord, error)

	// AuditRecords are what the query asks for of the records that the partner may read, the newest first.
	AuditRecords(ctx context.Context, partner ID, query *AuditQuery) ([]*AuditRecord, error)

	// Customers is a page of the customers that the partner has a relationship with, in the order of the query's field and
	// then of their ids. At most as many as its size.
	Customers(ctx context.Context, partner ID, query *CustomerQuery) ([]*CustomerSummary, error)

	// Users is a page of the users of a customer of the partner's. At most as many as the query's size.
	// ErrNoRelationship and ErrTenantNotFound as for Customer.
	Users(ctx context.Context, partner, customer ID, query *UserQuery) ([]*User, error)

	// CustomerUser is a user of a customer of the partner's, deleted or not. ErrUserNotFound if the customer has none of that
	// id; ErrNoRelationship and ErrTenantNotFound as for Customer.
	CustomerUser(ctx context.Context, partner, customer, id ID) (*User, error)

	// CreateCustomerUser adds a user to the tenant of a customer of the partner's, which the user names.
	// ErrUserNameTaken if an active user of the tenant has the principal name. Calls and faults as for UpdateCustomer.
	CreateCustomerUser(ctx context.Context, partner ID, call Call, user *User, outcome Outcome) (recorded []byte, err error)

	// UpdateCustomerUser changes a user of a customer of the partner's, who is deleted by being given a time of deletion and
	// restored by losing it. Calls, faults and the function as for UpdateCustomer; what it made is refused by
	// ErrUserNameTaken, and by ErrLastAdministrator if no active Company Administrator were left. ErrUserNotFound as for
	// CustomerUser.
	UpdateCustomerUser(ctx context.Context, partner, customer, id ID, call Call, change func(*User) (Outcome, error)) (recorded []byte, err error)

	// GranularRelationships are the partner's with the customer, or all of them if that is zero, in the order of their ids.
	GranularRelationships(ctx context.Context, partner, customer ID) ([]*GranularRelationship, error)

	// GranularRelationship is the one with the id, whose partner its reader has to look at; or ErrNotFound.
	GranularRelationship(ctx context.Context, id string) (*GranularRelationship, error)

	// ChangeGranularRelationship lets the function put another granular relationship in the place of the partner's with the id;
	// nil is none, on both sides. One that becomes active finds no application consents from before, unless another one or
	// delegated admin is there. ErrGranularExists if the partner has one of that name. Calls as for UpdateCustomer.
	ChangeGranularRelationship(ctx context.Context, partner ID, id string, call Call, change func(*GranularRelationship) (after *GranularRelationship, outcome Outcome, err error)) (recorded []byte, err error)

	// Recorded is the ledger's answer to the call, as recorded or as the fault that it was, or nil without one.
	Recorded(ctx context.Context, call Call) (recorded []byte, err error)

	// DomainTaken reports whether a tenant has the domain, in whatever case it is written.
	DomainTaken(ctx context.Context, domain string) (bool, error)

	// Webhook is where the partner's events go, or nil.
	Webhook(ctx context.Context, partner ID) (*partnercenter.WebhookRegistration, error)

	// ChangeWebhook lets the function put another registration in the place of the partner's; nil is none, on both sides.
	// Without a registration the partner's events are dropped. Calls and faults as for UpdateCustomer.
	ChangeWebhook(ctx context.Context, partner ID, call Call, change func(*partnercenter.WebhookRegistration) (after *partnercenter.WebhookRegistration, answer []byte, err error)) (recorded []byte, err error)

	// QueueEvent queues an event for the partner's webhook, as a delivery with the id, unless the partner has no webhook for it.
	QueueEvent(ctx context.Context, partner, id ID, event Event) (queued bool, err error)

	// Delivery is what became of an event that was queued for the partner, or ErrNotFound.
	Delivery(ctx context.Context, partner, id ID) (*Delivery, error)

	// RecordUserRequests keeps calls that users stood behind.
	RecordUserRequests(ctx context.Context, requests []*UserRequest) error

	// UserRequests are the partner's calls since then, the newest first, at most so many.
	UserRequests(ctx context.Context, partner ID, since time.Time, most int) ([]*UserRequest, error)

	// Adoption is the partner's calls on the days from start to end, by day and application.
	Adoption(ctx context.Context, partner ID, start, end time.Time) ([]DayAdoption, error)

	// Lapses are the partner's users who called without a second factor, the last one first.
	Lapses(ctx context.Context, partner ID) ([]Lapse, error)

	// CreatePartner enrols a partner: its account, its tenant and its domain. ErrExists if its id or domain is taken.
	CreatePartner(ctx context.Context, partner *Partner) error

	// Partner is a partner by its tenant's id, or ErrNotFound.
	Partner(ctx context.Context, id ID) (*Partner, error)

	// Enrol makes a partner, its partnerships with its providers and its first user, or nothing of them. ErrExists if its id or
	// domain is taken, ErrNotFound if a provider is no partner.
	Enrol(ctx context.Context, enrolment *Enrolment) error

	// Partners are all partners, in the order of their enrolment.
	Partners(ctx context.Context) ([]*Partner, error)

	// SetAgreement notes whether the partner has accepted the Microsoft Partner Agreement. ErrNotFound if there is no such partner.
	SetAgreement(ctx context.Context, partner ID, accepted bool) error

	// PartnerByMPN is the partner with the id in Microsoft's partner network, the one enrolled first if several have it.
	// ErrNotFound if there is none, and for no id.
	PartnerByMPN(ctx context.Context, mpnID string) (*Partner, error)

	// Resellers are the indirect resellers that the provider may create customers for, in the order of their folded names
	// and then of their ids. ErrNotFound if there is no such provider.
	Resellers(ctx context.Context, provider ID) ([]*Partner, error)

	// Providers are the indirect providers that may create customers for the reseller, in the same order.
	// ErrNotFound if there is no such reseller.
	Providers(ctx context.Context, reseller ID) ([]*Partner, error)

	// CreatePartnership lets the indirect provider create customers for the indirect reseller. It is there already: no error.
	CreatePartnership(ctx context.Context, provider, reseller ID) error

	// NewestOrder is the highest order of a customer's id; zero if there is none.
	NewestOrder(ctx context.Context) (int64, error)

	// Tenant is a tenant by its id, or ErrNotFound.
	Tenant(ctx context.Context, id ID) (*Tenant, error)

	// Federation is where the users of the domain sign in, in whatever case it is written; nil if that is here.
	// ErrNotFound if no tenant has the domain.
	Federation(ctx context.Context, domain string) (*Federation, error)

	// TenantByDomain is the tenant that has the domain, in whatever case it is written, or ErrNotFound.
	TenantByDomain(ctx context.Context, domain string) (*Tenant, error)

	// CreateUser adds a user to a tenant. ErrExists if the principal name is taken.
	CreateUser(ctx context.Context, user *User) error

	// User is a user of the tenant by principal name, in whatever case it is written, or ErrNotFound.
	User(ctx context.Context, tenant ID, principalName string) (*User, error)

	// UserByID is the user of the tenant with that id, or ErrNotFound, as for one that is deleted.
	UserByID(ctx context.Context, tenant, id ID) (*User, error)

	// ReplaceCredential gives the user the password of the changed one, with what [User.SetPassword] notes of it.
	// ErrNotFound if the user is no more, or has another credential than it is given with.
	ReplaceCredential(ctx context.Context, user, changed *User) error

	// SecondFactor is the one that the user has enrolled, or ErrNotFound.
	SecondFactor(ctx context.Context, user *User) (*SecondFactor, error)

	// AddSecondFactor enrols the user's. ErrExists if it has one.
	AddSecondFactor(ctx context.Context, user *User, factor *SecondFactor) error

	// UseSecondFactor notes that the code of the step was accepted. ErrRedeemed if that of this or of a later step was accepted
	// before; ErrNotFound if the user's second factor is not the one of that id.
	UseSecondFactor(ctx context.Context, user *User, factor ID, step int64) error

	// RemoveSecondFactor takes the user's away, or is ErrNotFound.
	RemoveSecondFactor(ctx context.Context, user *User) error

	// PartnerUsers are the users of the partner's own tenant, in the order of their principal names. ErrNotFound if there is no
	// such partner.
	PartnerUsers(ctx context.Context, partner ID) ([]*User, error)

	// ChangePartnerUser lets the function change a user of the partner's own tenant; its id and name stay. An error that it
	// returns leaves the user as it was, and is returned. It may be called more than once. ErrNotFound if there is no such user.
	ChangePartnerUser(ctx context.Context, partner ID, principalName string, change func(*User) error) error

	// DeletePartnerUser removes a user of the partner's own tenant for good, with its second factor and what it allowed
	// applications there. ErrNotFound if there is no such user.
	DeletePartnerUser(ctx context.Context, partner ID, principalName string) error

	// CreateApp registers an application. ErrExists if its id is taken.
	CreateApp(ctx context.Context, app *App) error

	// App is an application by its client id, or ErrNotFound.
	App(ctx context.Context, id ID) (*App, error)

	// ChangeApp lets the function change an application; its id and tenant stay. An error that it returns leaves the application
	// as it was, and is returned. It may be called more than once. ErrNotFound if there is no such application.
	ChangeApp(ctx context.Context, id ID, change func(*App) error) error

	// Apps are the partner's applications, in the order of their folded names and then of their ids. ErrNotFound if there is no
	// such partner.
	Apps(ctx context.Context, partner ID) ([]*App, error)

	// DeleteApp removes an application, with what users and administrators allowed it: consents, codes, sign-ins of devices; its
	// refresh tokens are revoked. ErrNotFound if there is no such application.
	DeleteApp(ctx context.Context, id ID) error

	// Consents are the permissions that the user allowed the application in the tenant, or an administrator of it for all of its
	// users, in order.
	Consents(ctx context.Context, of Consent) (permissions []string, err error)

	// AddConsent adds to them. Without a user they are for all users of the tenant. What is there already stays: no error.
	AddConsent(ctx context.Context, consent Consent, permissions []string) error

	// AddCode keeps an authorization under an authorization code.
	AddCode(ctx context.Context, hash Hash, code *IssuedCode) error

	// Code is what is kept under the authorization code, or ErrNotFound. It changes nothing.
	Code(ctx context.Context, hash Hash) (*IssuedCode, error)

	// RedeemCode notes that the code was redeemed for the family of refresh tokens; a zero family is none. ErrRedeemed if it was
	// redeemed before: then the family that it was redeemed for is revoked. ErrNotFound if there is no such code.
	RedeemCode(ctx context.Context, hash Hash, family ID) error

	// AddDevice keeps the sign-in of a device. ErrExists if its user code is in use.
	AddDevice(ctx context.Context, hash Hash, device *Device) error

	// DeviceByUserCode is the sign-in of a device by what people type, or ErrNotFound.
	DeviceByUserCode(ctx context.Context, userCode string) (*Device, error)

	// AnswerDevice approves the sign-in of a device, or denies it if there is no authorization. ErrNotFound if none of that user
	// code is pending now.
	AnswerDevice(ctx context.Context, userCode string, now time.Time, a *Authorization) error

	// PollDevice is the sign-in of a device, with the time of the poll before this one, or ErrNotFound.
	PollDevice(ctx context.Context, hash Hash, now time.Time) (*Device, error)

	// FetchDevice notes that the device got its tokens. ErrRedeemed unless it is approved and had none yet.
	FetchDevice(ctx context.Context, hash Hash) error

	// AddFamily keeps a new family of refresh tokens.
	AddFamily(ctx context.Context, family *Family) error

	// Family is a family of refresh tokens, or ErrNotFound.
	Family(ctx context.Context, id ID) (*Family, error)

	// UseFamily notes that a token of the generation was redeemed now. The generation only rises.
	UseFamily(ctx context.Context, id ID, generation int64, now time.Time) error

	// RevokeFamily ends a family. It is not there: no error.
	RevokeFamily(ctx context.Context, id ID) error
}

// Enrolment is all that comes into the world with a partner.
type Enrolment struct {
	Partner   *Partner
	Providers []ID // of an indirect reseller
	Admin     *User
}

// Creation is all that comes into the world with a customer.
type Creation struct {
	Customer *Customer
	Admin    *User
	Call     Call
	Outcome

	// CustomerLimit is how many customers the partner may have; zero is any number.
	CustomerLimit int
}

// Outcome is what a change leaves behind beside itself, in the same transaction.
type Outcome struct {
	Answer []byte      // what the ledger remembers
	Audit  *AuditEntry // what is recorded of the change; nil: nothing
	Events []Event     // what the partners concerned are told by their webhooks

	FurtherAudit []*AuditEntry // where one change is several
}

// Entries are all that is recorded of the change, in their order.
func (o *Outcome) Entries() []*AuditEntry {
	if o.Audit == nil {
		return o.FurtherAudit
	}
	return append([]*AuditEntry{o.Audit}, o.FurtherAudit...)
}

// Call is a mutating request. If it has a key, its caller may send it again and be answered the same.
type Call struct {
	Key [16]byte // zero: nobody can repeat it
	By  Actor
}

// Actor is who makes a call, as the audit tells it.
type Actor struct {
	User          string // the principal name; empty: an application that speaks for itself
	App           string // the client id
	CorrelationID string
}

// NewCall is the call that the caller named requestID. Contexts of the Java and .NET SDKs send one id for different
// operations, and people copy it from samples into different bodies: so the target and the body belong to the key.
func NewCall(partner ID, method, target, requestID string, body []byte) Call {
	hash := sha256.New()
	hash.Write(partner[:])
	for _, part := range [...]string{method, target, requestID} {
		hash.Write([]byte(part))
		hash.Write([]byte{0})
	}
	hash.Write(body)
	var call Call
	copy(call.Key[:], hash.Sum(nil))
	return call
}

// answered is the recorded answer, or the fresh one where the ledger held none.
func answered[T any](recorded []byte, fresh *T) (*T, error) {
	if recorded == nil {
		return fresh, nil
	}
	answer := new(T)
	if err := json.Unmarshal(recorded, answer); err != nil {
		return nil, fmt.Errorf("read the recorded answer: %w", err)
	}
	return answer, nil
}

// Repeatable reports whether the caller named the call.
func (c Call) Repeatable() bool { return c.Key != [16]byte{} }
