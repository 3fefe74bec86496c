package csp

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// GranularRelationships are how partners ask for directory roles at the tenants of their customers, and give what they have got to
// their groups. An end, however it comes, ends all of it at once.
type GranularRelationships struct {
	Store Store
	IDs   *IDs
	Now   func() time.Time
}

// mayDelegate refuses who may not change relationships.
func mayDelegate(caller *Caller) error {
	if caller.AppOnly() {
		return caller.mustHave("change delegated admin relationships", PermissionChangeDelegation)
	}
	return caller.mustBe("change delegated admin relationships", AdminAgents)
}

// mayReadDelegation refuses who may not read relationships.
func mayReadDelegation(caller *Caller) error {
	if caller.AppOnly() {
		return caller.mustHave("read delegated admin relationships", PermissionReadDelegation, PermissionChangeDelegation)
	}
	return caller.mustBe("read delegated admin relationships", AdminAgents, HelpdeskAgents, SalesAgents)
}

// mustHave refuses an application that has none of the permissions.
func (c *Caller) mustHave(may string, permissions ...string) error {
	if hasAny(c.Permissions, permissions) {
		return nil
	}
	return partnercenter.ErrNotAllowed.With("By itself an application may " + may + " with the permission " + strings.Join(permissions, " or ") + ", in a token for https://graph.microsoft.com.")
}

func noGranular(id string) error {
	if !granularIDForm.MatchString(id) {
		id = quoted(id)
	}
	return partnercenter.ErrGranularNotFound.With("The partner has no delegated admin relationship with the id " + id + ".")
}

// granularIDForm is two GUIDs, as the real service's ids are.
var granularIDForm = regexp.MustCompile(`^[0-9A-Fa-f-]{73}$`)

// List is the caller's relationships, with a customer if that is not zero.
func (s *GranularRelationships) List(ctx context.Context, caller *Caller, customer ID) ([]*GranularRelationship, error) {
	if err := mayReadDelegation(caller); err != nil {
		return nil, err
	}
	return s.Store.GranularRelationships(ctx, caller.Partner.ID, customer)
}

// Get is a relationship of the caller's.
func (s *GranularRelationships) Get(ctx context.Context, caller *Caller, id string) (*GranularRelationship, error) {
	if err := mayReadDelegation(caller); err != nil {
		return nil, err
	}
	found, err := s.Store.GranularRelationship(ctx, strings.ToLower(id))
	if errors.Is(err, ErrNotFound) || err == nil && found.Partner != caller.Partner.ID {
		err = noGranular(id)
	}
	return found, err
}

// Create makes a relationship that nobody has been asked for yet.
func (s *GranularRelationships) Create(ctx context.Context, caller *Caller, request *partnercenter.DelegatedAdminRelationship, call Call) (*GranularRelationship, error) {
	if err := mayDelegate(caller); err != nil {
		return nil, err
	}
	now := s.Now()
	made := &GranularRelationship{
		ID: s.IDs.New().String() + "-" + s.IDs.New().String(), Partner: caller.Partner.ID,
		Status: partnercenter.DelegatedAdminCreated, Created: now, Modified: now, ETag: s.IDs.New().String(),
	}
	if err := granularInvalid(made.fillFrom(request, true)); err != nil {
		return nil, err
	}
	if err := s.nameCustomer(ctx, caller, made); err != nil {
		return nil, err
	}
	return s.put(ctx, caller, made.ID, call, true, func(*GranularRelationship) (*GranularRelationship, Outcome, error) {
		return made, Outcome{Events: []Event{made.event(partnercenter.EventGranularCreated)}}, nil
	})
}

// nameCustomer refuses a tenant that is no customer of the caller's, and notes the name of one that is.
func (s *GranularRelationships) nameCustomer(ctx context.Context, caller *Caller, r *GranularRelationship) error {
	if r.Customer.IsZero() {
		return nil
	}
	customer, err := s.Store.Customer(ctx, caller.Partner.ID, r.Customer)
	if err == nil {
		r.CustomerName = customer.BillingProfile.CompanyName
	}
	return err
}

// Update changes a relationship: all of it until it is locked, and whether it extends itself as long as it is active.
func (s *GranularRelationships) Update(
	ctx context.Context, caller *Caller, id, etag string, request *partnercenter.DelegatedAdminRelationship, call Call,
) (*GranularRelationship, error) {
	if err := mayDelegate(caller); err != nil {
		return nil, err
	}
	var wanted GranularRelationship
	if err := granularInvalid(wanted.fillFrom(request, false)); err != nil {
		return nil, err
	}
	if err := s.nameCustomer(ctx, caller, &wanted); err != nil {
		return nil, err
	}
	return s.change(ctx, caller, id, call, func(r *GranularRelationship) (*GranularRelationship, Outcome, error) {
		if err := r.mustMatch(etag); err != nil {
			return nil, Outcome{}, err
		}
		onlyExtension := request.DisplayName == "" && request.Duration == "" && request.AccessDetails == nil && request.Customer == nil
		if status := r.StatusAt(s.Now()); status != partnercenter.DelegatedAdminCreated && (!onlyExtension || status != partnercenter.DelegatedAdminActive) {
			return nil, Outcome{}, r.notWhile(status, "changed", partnercenter.DelegatedAdminCreated)
		}
		r.Ends = r.EndsAt(s.Now())
		if err := granularInvalid(r.fillFrom(request, false)); err != nil {
			return nil, Outcome{}, err
		}
		if !wanted.Customer.IsZero() {
			r.CustomerName = wanted.CustomerName
		}
		r.Modified, r.ETag = s.Now(), s.IDs.New().String()
		return r, Outcome{Events: []Event{r.event(partnercenter.EventGranularUpdated)}}, nil
	})
}

// Delete removes a relationship that nobody has been asked for.
func (s *GranularRelationships) Delete(ctx context.Context, caller *Caller, id, etag string, call Call) error {
	if err := mayDelegate(caller); err != nil {
		return err
	}
	_, err := s.change(ctx, caller, id, call, func(r *GranularRelationship) (*GranularRelationship, Outcome, error) {
		if err := r.mustMatch(etag); err != nil {
			return nil, Outcome{}, err
		}
		if status := r.StatusAt(s.Now()); status != partnercenter.DelegatedAdminCreated {
			return nil, Outcome{}, r.notWhile(status, "deleted", partnercenter.DelegatedAdminCreated)
		}
		return nil, Outcome{Answer: []byte{}}, nil
	})
	return err
}

// The actions of requests. Microsoft Graph docs: delegatedadminrelationshiprequest.
const (
	ActionLock      = "lockForApproval"
	ActionApprove   = "approve"
	ActionTerminate = "terminate"
)

// Request does something with a relationship: it asks the customer, or ends what there is. The real service takes its time for the
// second; here it is done when it is answered.
func (s *GranularRelationships) Request(ctx context.Context, caller *Caller, id, action string, call Call) (*GranularRelationship, *GranularRequest, error) {
	if err := mayDelegate(caller); err != nil {
		return nil, nil, err
	}
	switch {
	case strings.EqualFold(action, ActionLock):
		action = ActionLock
	case strings.EqualFold(action, ActionTerminate):
		action = ActionTerminate
	default:
		return nil, nil, granularInvalid(violations{{"action", quoted(action) + " is not an action of a partner; use " + ActionLock + " or " + ActionTerminate}})
	}
	r, err := s.change(ctx, caller, id, call, func(r *GranularRelationship) (*GranularRelationship, Outcome, error) {
		now := s.Now()
		status := r.StatusAt(now)
		var outcome Outcome
		var err error
		switch {
		case action == ActionLock && status == partnercenter.DelegatedAdminCreated:
			r.Status = partnercenter.DelegatedAdminApprovalPending
			outcome.Events = []Event{r.event(partnercenter.EventGranularUpdated)}
		case action == ActionTerminate && (status == partnercenter.DelegatedAdminActive || status == partnercenter.DelegatedAdminApprovalPending):
			outcome, err = r.Over(partnercenter.DelegatedAdminTerminated, now)
		case action == ActionLock:
			err = r.notWhile(status, "locked", partnercenter.DelegatedAdminCreated)
		default:
			err = r.notWhile(status, "terminated", partnercenter.DelegatedAdminActive)
		}
		r.note(s.IDs.New(), action, now)
		return r, outcome, err
	})
	if err != nil {
		return nil, nil, err
	}
	return r, &r.Requests[len(r.Requests)-1], nil
}

// note adds to what was done with the relationship.
func (r *GranularRelationship) note(id ID, action string, now time.Time) {
	r.Requests = append(slices.Clone(r.Requests), GranularRequest{ID: id.String(), Action: action, At: now})
	r.Modified, r.ETag = now, id.Derived("etag").String()
}

// mustMatch refuses a change that was made of another state than there is.
func (r *GranularRelationship) mustMatch(etag string) error { return matchGranular(etag, r.ETag) }

func matchGranular(given, current string) error {
	switch {
	case given == "":
		return partnercenter.ErrGranularETagMissing
	case given != "*" && given != current:
		return partnercenter.ErrPreconditionFailed.With("The etag of If-Match is no longer valid; read the resource again and give its @odata.etag.")
	}
	return nil
}

func (r *GranularRelationship) notWhile(status partnercenter.DelegatedAdminStatus, done string, in partnercenter.DelegatedAdminStatus) error {
	return partnercenter.ErrGranularState.With("The delegated admin relationship " + r.ID + " is " + string(status) + "; it can be " + done + " while it is " + string(in) + ".")
}

// change lets the function put another relationship in the place of the caller's; with nil there is none. A call that comes again
// is answered by what it made then.
func (s *GranularRelationships) change(
	ctx context.Context, caller *Caller, id string, call Call, change func(*GranularRelationship) (*GranularRelationship, Outcome, error),
) (*GranularRelationship, error) {
	return s.put(ctx, caller, id, call, false, change)
}

func (s *GranularRelationships) put(
	ctx context.Context, caller *Caller, id string, call Call, isNew bool, change func(*GranularRelationship) (*GranularRelationship, Outcome, error),
) (*GranularRelationship, error) {
	id = strings.ToLower(id)
	var after *GranularRelationship
	recorded, err := s.Store.ChangeGranularRelationship(ctx, caller.Partner.ID, id, call, func(before *GranularRelationship) (*GranularRelationship, Outcome, error) {
		if (before == nil) != isNew {
			return nil, Outcome{}, noGranular(id)
		}
		made, outcome, err := change(before)
		if err != nil {
			return nil, Outcome{}, err
		}
		after = made
		if made != nil {
			outcome.Answer, err = json.Marshal(&granularAnswer{ID: made.ID, GranularRelationship: *made})
		}
		return made, outcome, err
	})
	if err != nil || len(recorded) == 0 {
		return after, err
	}
	var answer granularAnswer
	if err := json.Unmarshal(recorded, &answer); err != nil {
		return nil, err
	}
	answer.GranularRelationship.ID, answer.Partner = answer.ID, caller.Partner.ID
	return &answer.GranularRelationship, nil
}

// granularAnswer is what the ledger remembers.
type granularAnswer struct {
	ID string `json:"id"`
	GranularRelationship
}
