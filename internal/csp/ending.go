package csp

import (
	"context"

	"github.com/tenantry/tenantry/partnercenter"
)

// Delete removes a customer of a sandbox account with everything that is its.
func (s *Customers) Delete(ctx context.Context, caller *Caller, id ID, call Call) error {
	if !caller.Partner.Sandbox {
		return partnercenter.ErrSandboxOnly
	}
	if err := mayEnd(caller); err != nil {
		return err
	}
	return s.Store.DeleteCustomer(ctx, caller.Partner.ID, id, call, Outcome{Answer: []byte{}, Audit: &AuditEntry{
		Operation: partnercenter.OperationDeleteCustomer, Resource: partnercenter.AuditCustomer, ResourceID: id.String(),
	}})
}

// Patch ends the reseller relationship, if the request says none, or else delegated admin, if it says false. Nothing else
// of the request has an effect. Partner Center docs: remove-a-reseller-relationship-with-a-customer; clients send the whole
// fetched customer.
func (s *Customers) Patch(ctx context.Context, caller *Caller, id ID, request *partnercenter.Customer, call Call) (*partnercenter.Customer, error) {
	if err := mayEnd(caller); err != nil {
		return nil, err
	}
	var answer *partnercenter.Customer
	var recorded []byte
	var err error
	switch {
	case request.RelationshipToPartner == partnercenter.RelationshipNone:
		answer = &partnercenter.Customer{
			ID:                    id.String(),
			RelationshipToPartner: partnercenter.RelationshipNone,
			Attributes:            &partnercenter.ResourceAttributes{ObjectType: typeCustomer},
		}
		recorded, err = s.Store.EndRelationship(ctx, caller.Partner.ID, id, call, Outcome{Answer: answer.AppendJSON(nil), Audit: &AuditEntry{
			Operation: partnercenter.OperationRemovePartnerCustomerRelationship, Resource: partnercenter.AuditCustomer, ResourceID: id.String(),
		}})
	case request.AllowDelegatedAccess != nil && !*request.AllowDelegatedAccess:
		recorded, err = s.Store.UpdateCustomer(ctx, caller.Partner.ID, id, call, func(customer *Customer) (Outcome, error) {
			var outcome Outcome
			if customer.DelegatedAccess {
				outcome.Audit = &AuditEntry{
					Operation: partnercenter.OperationDAPAdminRelationshipTerminated, Resource: partnercenter.AuditPartnerCustomerDAP, ResourceID: id.String(),
				}
				outcome.Events = []Event{relationshipEvent(partnercenter.EventDAPTerminated, id)}
			}
			customer.DelegatedAccess = false
			answer = customer.Account()
			outcome.Answer = answer.AppendJSON(nil)
			return outcome, nil
		})
	default:
		return s.Get(ctx, caller, id)
	}
	if err != nil {
		return nil, err
	}
	return answered(recorded, answer)
}

func mayEnd(caller *Caller) error {
	return caller.mustBe("end the relationship with a customer", AdminAgents)
}
