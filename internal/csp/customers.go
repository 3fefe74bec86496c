package csp

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/tenantry/tenantry/partnercenter"
)

// adminName is the local part of the first administrator's sign-in name.
const adminName = "admin"

// sandboxCustomers is the limit of an integration sandbox. Partner Center docs: test-and-debug.
const sandboxCustomers = 75

// maxAttempts is how often a create draws an id before it gives up. One collision is rare, a second a defect.
const maxAttempts = 10

// Customers creates and finds customers.
type Customers struct {
	Store Store
	IDs   *IDs
	Now   func() time.Time
	Rand  io.Reader
	Rules Rules

	// FirstPassword is the password that a new tenant's administrator is given, and Credential what proves it.
	FirstPassword func(tenant ID) string
	Credential    func(tenant ID) []byte

	SandboxLimits bool // hold sandbox accounts to their documented limits
	GDAPByDefault bool // new customers come without delegated admin unless the request says otherwise
}

// Create makes a customer with all that belongs to it, or answers a repeated call as it was answered before.
// The order of the refusals is that of the service: who may, what is missing, registration and phone number, values,
// and last the state of the world.
func (s *Customers) Create(ctx context.Context, caller *Caller, request *partnercenter.Customer, call Call) (*partnercenter.Customer, error) {
	if err := mayCreate(caller, request); err != nil {
		return nil, err
	}
	if err := s.Rules.CheckNewCustomer(request); err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		customer := s.newCustomer(caller, request)
		answer := customer.AnswerToCreate()
		creation := &Creation{Customer: customer, Admin: s.admin(customer), Call: call, Outcome: Outcome{
			Answer: []byte(`"` + customer.ID.String() + `"`), // the record of the creation knows the rest
			Audit:  customer.CreationEntry(),
		}}
		if s.SandboxLimits && caller.Partner.Sandbox {
			creation.CustomerLimit = sandboxCustomers
		}
		recorded, err := s.Store.CreateCustomer(ctx, creation)
		if errors.Is(err, ErrExists) && attempt < maxAttempts {
			continue // another server made an id of the same instant
		}
		if err != nil {
			return nil, err
		}
		if recorded != nil {
			if answer, err = s.createdBefore(ctx, caller, recorded); err != nil {
				return nil, err
			}
		}
		return answer, s.addPassword(answer)
	}
}

// createdBefore is the answer to a creation that is repeated.
func (s *Customers) createdBefore(ctx context.Context, caller *Caller, recorded []byte) (*partnercenter.Customer, error) {
	text, err := answered(recorded, new(string))
	if err != nil {
		return answered(recorded, new(partnercenter.Customer)) // earlier versions recorded all of the answer
	}
	id, err := ParseID(*text)
	if err != nil {
		return nil, err
	}
	record, err := s.Store.Creation(ctx, caller.Partner.ID, id)
	if err != nil {
		return nil, err
	}
	customer, err := record.created()
	if err != nil {
		return nil, err
	}
	return customer.AnswerToCreate(), nil
}

// Get is a customer of the caller's.
func (s *Customers) Get(ctx context.Context, caller *Caller, id ID) (*partnercenter.Customer, error) {
	customer, err := s.Store.Customer(ctx, caller.Partner.ID, id)
	if err != nil {
		return nil, err
	}
	return customer.Account(), nil
}

func mayCreate(caller *Caller, request *partnercenter.Customer) error {
	switch {
	case caller.Partner.Kind == IndirectReseller:
		return partnercenter.ErrNotAllowed.With("An indirect reseller does not create customers itself; its indirect provider does, naming it in associatedPartnerId.")
	case request.AssociatedPartnerID != "" && caller.AppOnly():
		return partnercenter.ErrAppOnly.With("A customer for an indirect reseller cannot be created with app-only authentication. Use a token of the application and a user, or leave associatedPartnerId out.")
	}
	return caller.mustBe("create customers", AdminAgents, SalesAgents)
}

func (s *Customers) newCustomer(caller *Caller, request *partnercenter.Customer) *Customer {
	customer := &Customer{
		ID:              s.IDs.New(),
		Partner:         caller.Partner.ID,
		DelegatedAccess: !s.GDAPByDefault,
		Created:         s.Now(),
	}
	customer.BillingProfile = s.billingProfile(request.BillingProfile)
	customer.CompanyProfile = &partnercenter.CustomerCompanyProfile{
		Domain:                         request.CompanyProfile.Domain,
		OrganizationRegistrationNumber: request.CompanyProfile.OrganizationRegistrationNumber,
	}
	if request.EnableGDAPByDefault != nil {
		customer.DelegatedAccess = !*request.EnableGDAPByDefault
	}
	if request.AssociatedPartnerID != "" {
		customer.Reseller, _ = ParseID(request.AssociatedPartnerID) // the rules have seen to it
	}
	return customer
}

// admin is the tenant's first user. Its shape is that of the user that a live create made: the company's name to
// display, first and last name from the address.
func (s *Customers) admin(customer *Customer) *User {
	return &User{
		ID:                 s.IDs.New(),
		Tenant:             customer.ID,
		PrincipalName:      adminName + "@" + customer.CompanyProfile.Domain,
		DisplayName:        customer.BillingProfile.CompanyName,
		GivenName:          customer.BillingProfile.DefaultAddress.FirstName,
		FamilyName:         customer.BillingProfile.DefaultAddress.LastName,
		Roles:              []string{CompanyAdministrator},
		Credential:         s.Credential(customer.ID),
		MustChangePassword: true,
		Created:            customer.Created,
	}
}

// addPassword puts the password into an answer, which is recorded without it: it is derived, so that a repeated call
// can say it again and no disk ever holds it.
func (s *Customers) addPassword(answer *partnercenter.Customer) error {
	tenant, err := ParseID(answer.ID)
	if err != nil {
		return fmt.Errorf("read the recorded answer: %w", err)
	}
	answer.UserCredentials.Password = s.FirstPassword(tenant)
	return nil
}

// newETag is a signed 64-bit number as decimal text, as the docs show it.
func (s *Customers) newETag() string { return newETag(s.Rand) }

func newETag(rand io.Reader) string {
	var bits [8]byte
	if _, err := io.ReadFull(rand, bits[:]); err != nil {
		panic("csp: no randomness: " + err.Error())
	}
	return strconv.FormatInt(int64(binary.BigEndian.Uint64(bits[:])), 10)
}
