package csp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// SelfServePolicies are what partners let their customers do for themselves. A partner sees and changes those that it
// granted, and no others: a provider and a reseller of one customer have a policy each.
type SelfServePolicies struct {
	Store Store
	IDs   *IDs // makes etags
}

// kindSelfServePolicy is the kind of the documents that hold policies; their ids are those of the policies.
const kindSelfServePolicy = "selfservepolicy"

// PolicyID is what names a policy: a grantor has one for an entity.
type PolicyID struct {
	Grantor ID // a partner
	Entity  ID // a customer
}

// ParsePolicyID reads the id as it stands on the wire, in any case.
func ParsePolicyID(text string) (PolicyID, error) {
	left, right, _ := strings.Cut(text, "_")
	grantor, grantorErr := ParseID(left)
	entity, entityErr := ParseID(right)
	if grantorErr != nil || entityErr != nil {
		return PolicyID{}, partnercenter.ErrMalformedPolicyID.With(
			"The id " + quoted(text) + " is not one of a self-serve policy; it is the grantor's tenant id, an underscore and the customer's tenant id, for example " + examplePolicyID + ".")
	}
	return PolicyID{Grantor: grantor, Entity: entity}, nil
}

const examplePolicyID = "3c1d7a52-90b4-4c0e-8f6e-2a5b7c9d1e00_7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61"

func (id PolicyID) String() string { return id.Grantor.String() + "_" + id.Entity.String() }

// List is the policies that the caller granted a customer of its.
func (s *SelfServePolicies) List(ctx context.Context, caller *Caller, entity ID) (*partnercenter.Collection[partnercenter.SelfServePolicy], error) {
	documents, err := s.Store.Documents(ctx, caller.Partner.ID, entity, kindSelfServePolicy)
	if err != nil {
		return nil, err
	}
	var policies []partnercenter.SelfServePolicy
	policy, err := findPolicy(documents, PolicyID{Grantor: caller.Partner.ID, Entity: entity})
	if err != nil {
		return nil, err
	}
	if policy != nil {
		policies = append(policies, *policy)
	}
	return partnercenter.CollectionOf(policies), nil
}

// Get is a policy that the caller granted.
func (s *SelfServePolicies) Get(ctx context.Context, caller *Caller, id PolicyID) (*partnercenter.SelfServePolicy, error) {
	if id.Grantor != caller.Partner.ID {
		return nil, noPolicy(id)
	}
	documents, err := s.Store.Documents(ctx, caller.Partner.ID, id.Entity, kindSelfServePolicy)
	if err != nil {
		return nil, ofPolicy(id, err)
	}
	policy, err := findPolicy(documents, id)
	if err == nil && policy == nil {
		err = noPolicy(id)
	}
	return policy, err
}

// Create makes a policy of the caller's for a customer of its.
func (s *SelfServePolicies) Create(ctx context.Context, caller *Caller, request *partnercenter.SelfServePolicy, call Call) (*partnercenter.SelfServePolicy, error) {
	if err := mayGrant(caller); err != nil {
		return nil, err
	}
	id, permissions, err := checkPolicy(caller, request)
	if err != nil {
		return nil, err
	}
	return s.change(ctx, id, call, func(current *partnercenter.SelfServePolicy) (*partnercenter.SelfServePolicy, error) {
		if current != nil {
			return nil, partnercenter.ErrPolicyExists.With("The self-serve policy "+id.String()+" exists already; update it, or delete it first.", id.String())
		}
		return s.policy(id, permissions), nil
	})
}

// Update replaces a policy of the caller's. The name is that of the path, or empty where the path has none and the policy
// names itself: the docs have the one, the SDK and the OpenAPI description the other.
func (s *SelfServePolicies) Update(
	ctx context.Context, caller *Caller, name string, etag ETag, request *partnercenter.SelfServePolicy, call Call,
) (*partnercenter.SelfServePolicy, error) {
	if err := mayGrant(caller); err != nil {
		return nil, err
	}
	if name == "" && request.ID == "" {
		return nil, partnercenter.ErrDetailsMissing.With("Self-serve policy details are missing", "id")
	}
	if name == "" {
		name = request.ID
	}
	id, err := ParsePolicyID(name)
	if err != nil {
		return nil, err
	}
	if id.Grantor != caller.Partner.ID {
		return nil, noPolicy(id)
	}
	stated, permissions, err := checkPolicy(caller, request)
	if err != nil {
		return nil, err
	}
	if stated != id {
		return nil, partnercenter.ErrInvalidProperty.With("", violations{{"selfServeEntity.tenantID",
			quoted(stated.Entity.String()) + " is not the customer of this policy; a policy stays with its customer, " + id.Entity.String()}}.data()...)
	}
	if request.ID != "" && !strings.EqualFold(request.ID, id.String()) {
		return nil, partnercenter.ErrInvalidProperty.With("", violations{{"id", quoted(request.ID) + " is not the id of this policy; leave it out, or give " + id.String()}}.data()...)
	}
	if etag.Value == "" && request.Attributes != nil {
		etag.Value = request.Attributes.ETag
	}
	policy, err := s.change(ctx, id, call, func(current *partnercenter.SelfServePolicy) (*partnercenter.SelfServePolicy, error) {
		if err := mayChange(current, id, etag); err != nil {
			return nil, err
		}
		return s.policy(id, permissions), nil
	})
	return policy, ofPolicy(id, err)
}

// Patch changes what the request says of a policy. All that a policy says follows from its id, so there is nothing that can
// become another; it is checked, and the etag is a new one.
func (s *SelfServePolicies) Patch(ctx context.Context, caller *Caller, name string, etag ETag, request *partnercenter.SelfServePolicy, call Call) (*partnercenter.SelfServePolicy, error) {
	id, err := ParsePolicyID(name)
	if err != nil {
		return nil, err
	}
	whole, known := *request, s.policy(id, nil)
	if whole.SelfServeEntity == nil {
		whole.SelfServeEntity = known.SelfServeEntity
	}
	if whole.Grantor == nil {
		whole.Grantor = known.Grantor
	}
	if len(whole.Permissions) == 0 {
		whole.Permissions = []partnercenter.SelfServePermission{{Resource: partnercenter.SelfServeAzureReservedInstances, Action: partnercenter.SelfServePurchase}}
	}
	return s.Update(ctx, caller, name, etag, &whole, call)
}

// Delete removes a policy of the caller's. The docs know no etag here; one that If-Match carries is a condition all the same.
func (s *SelfServePolicies) Delete(ctx context.Context, caller *Caller, id PolicyID, etag ETag, call Call) error {
	if err := mayGrant(caller); err != nil {
		return err
	}
	if id.Grantor != caller.Partner.ID {
		return noPolicy(id)
	}
	_, err := s.change(ctx, id, call, func(current *partnercenter.SelfServePolicy) (*partnercenter.SelfServePolicy, error) {
		return nil, mayChange(current, id, etag)
	})
	return ofPolicy(id, err)
}

// mayChange refuses where there is no policy, or another one than the caller knows.
func mayChange(current *partnercenter.SelfServePolicy, id PolicyID, etag ETag) error {
	switch {
	case current == nil:
		return noPolicy(id)
	case !etag.matches(strings.Trim(current.Attributes.ETag, `"`)):
		return etag.refusal()
	default:
		return nil
	}
}

// change lets the function put a policy in the place of the one with the id; nil stands for none, on both sides.
// What others granted the customer stays as it is.
func (s *SelfServePolicies) change(
	ctx context.Context, id PolicyID, call Call, change func(current *partnercenter.SelfServePolicy) (*partnercenter.SelfServePolicy, error),
) (*partnercenter.SelfServePolicy, error) {
	var after *partnercenter.SelfServePolicy
	recorded, err := s.Store.ChangeDocuments(ctx, id.Grantor, id.Entity, call, kindSelfServePolicy, func(documents []Document) ([]Document, Outcome, error) {
		current, err := findPolicy(documents, id)
		if err != nil {
			return nil, Outcome{}, err
		}
		if after, err = change(current); err != nil {
			return nil, Outcome{}, err
		}
		entry := &AuditEntry{Operation: policyOperation(current, after), Resource: partnercenter.AuditSelfServePolicy, ResourceID: id.Entity.String()}
		kept := documents[:0:0]
		for _, document := range documents {
			if document.ID == id.String() {
				entry.Old = document.Text
			} else {
				kept = append(kept, document)
			}
		}
		if after == nil {
			return kept, Outcome{Answer: []byte{}, Audit: entry}, nil
		}
		if entry.New, err = json.Marshal(after); err != nil {
			return nil, Outcome{}, err
		}
		return append(kept, Document{ID: id.String(), Text: entry.New}), Outcome{Answer: entry.New, Audit: entry}, nil
	})
	if err != nil {
		return nil, err
	}
	if len(recorded) == 0 {
		return after, nil // a policy was removed, or the answer is fresh
	}
	return answered(recorded, after)
}

func policyOperation(before, after *partnercenter.SelfServePolicy) partnercenter.OperationType {
	switch {
	case before == nil:
		return partnercenter.OperationCreateSelfServePolicy
	case after == nil:
		return partnercenter.OperationDeleteSelfServePolicy
	default:
		return partnercenter.OperationUpdateSelfServePolicy
	}
}

// policy is a policy as it is kept and answered, with a new etag. The etag is a GUID inside quotes, which belong to it:
// Partner Center docs, create-a-self-serve-policy.
func (s *SelfServePolicies) policy(id PolicyID, permissions []partnercenter.SelfServePermission) *partnercenter.SelfServePolicy {
	return &partnercenter.SelfServePolicy{
		ID:              id.String(),
		SelfServeEntity: &partnercenter.SelfServeEntity{SelfServeEntityType: partnercenter.SelfServeEntityCustomer, TenantID: id.Entity.String()},
		Grantor:         &partnercenter.SelfServeGrantor{GrantorType: partnercenter.SelfServeGrantorBillToPartner, TenantID: id.Grantor.String()},
		Permissions:     permissions,
		Attributes:      &partnercenter.ResourceAttributes{ETag: `"` + s.IDs.New().String() + `"`, ObjectType: "SelfServePolicy"},
	}
}

// findPolicy is the policy among the documents, or nil.
func findPolicy(documents []Document, id PolicyID) (*partnercenter.SelfServePolicy, error) {
	i := slices.IndexFunc(documents, func(document Document) bool { return document.ID == id.String() })
	if i < 0 {
		return nil, nil
	}
	policy := new(partnercenter.SelfServePolicy)
	if err := json.Unmarshal(documents[i].Text, policy); err != nil {
		return nil, fmt.Errorf("read the policy: %w", err)
	}
	return policy, nil
}

func noPolicy(id PolicyID) error {
	return partnercenter.ErrPolicyNotFound.With("The partner has no self-serve policy with the id " + id.String() + ".")
}

// ofPolicy is the store's error where a policy is asked for by its id: without such a tenant there is no such policy.
func ofPolicy(id PolicyID, err error) error {
	if errors.Is(err, partnercenter.ErrTenantNotFound) {
		return noPolicy(id)
	}
	return err
}

// mayGrant lets in who may let customers buy at the partner's expense.
func mayGrant(caller *Caller) error {
	return caller.mustBe("change self-serve policies", AdminAgents)
}

// maxPermissions bounds what a refusal of a policy can name.
const maxPermissions = 100

// checkPolicy is the id and the permissions that the policy states, in the service's spelling. The words of a policy may be
// written as those of enumerations, in any case and with underscores.
func checkPolicy(caller *Caller, policy *partnercenter.SelfServePolicy) (PolicyID, []partnercenter.SelfServePermission, error) {
	entity, grantor := policy.SelfServeEntity, policy.Grantor
	if entity == nil {
		entity = &partnercenter.SelfServeEntity{}
	}
	if grantor == nil {
		grantor = &partnercenter.SelfServeGrantor{}
	}
	if n := len(policy.Permissions); n > maxPermissions {
		return PolicyID{}, nil, partnercenter.ErrInvalidProperty.With("", violations{{"permissions",
			fmt.Sprintf("%d permissions are too many; give at most %d, for example %s once", n, maxPermissions, partnercenter.SelfServePurchase)}}.data()...)
	}
	type word struct{ path, value, want string }
	words := []word{
		{"selfServeEntity.selfServeEntityType", entity.SelfServeEntityType, partnercenter.SelfServeEntityCustomer},
		{"selfServeEntity.tenantID", entity.TenantID, ""},
		{"grantor.grantorType", grantor.GrantorType, partnercenter.SelfServeGrantorBillToPartner},
		{"grantor.tenantID", grantor.TenantID, ""},
	}
	for i, permission := range policy.Permissions {
		path := fmt.Sprintf("permissions[%d].", i)
		words = append(words,
			word{path + "resource", permission.Resource, partnercenter.SelfServeAzureReservedInstances},
			word{path + "action", permission.Action, partnercenter.SelfServePurchase})
	}
	var missing []string
	var found violations
	for _, word := range words {
		switch {
		case strings.TrimSpace(word.value) == "":
			missing = append(missing, word.path)
		case word.want != "" && !strings.EqualFold(strings.ReplaceAll(word.value, "_", ""), word.want):
			found.add(word.path, "%s is not allowed here; use %s", quoted(word.value), word.want)
		}
	}
	if len(policy.Permissions) == 0 {
		missing = append(missing, "permissions")
	}
	if missing != nil {
		return PolicyID{}, nil, partnercenter.ErrDetailsMissing.With("Self-serve policy details are missing", missing...)
	}
	customer, err := ParseID(entity.TenantID)
	if err != nil {
		found.add("selfServeEntity.tenantID", "%s is not a GUID; give the customer's tenant id, for example 7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61", quoted(entity.TenantID))
	}
	if partner, err := ParseID(grantor.TenantID); err != nil || partner != caller.Partner.ID {
		found.add("grantor.tenantID", "%s is not the caller; a partner grants for itself alone, so give %s", quoted(grantor.TenantID), caller.Partner.ID)
	}
	if found != nil {
		return PolicyID{}, nil, partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	// All permissions are the same one by now, however often they were written.
	return PolicyID{Grantor: caller.Partner.ID, Entity: customer},
		[]partnercenter.SelfServePermission{{Resource: partnercenter.SelfServeAzureReservedInstances, Action: partnercenter.SelfServePurchase}}, nil
}
