package csp

import (
	"context"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// Assignment is the one with the id, or nil.
func (r *GranularRelationship) Assignment(id string) *GranularAssignment {
	i := slices.IndexFunc(r.Assignments, func(a GranularAssignment) bool { return strings.EqualFold(a.ID, id) })
	if i < 0 {
		return nil
	}
	return &r.Assignments[i]
}

// noAssignment is what is said of an assignment that the relationship does not have.
func (r *GranularRelationship) noAssignment(id string) error {
	return partnercenter.ErrGranularNotFound.With("The delegated admin relationship " + r.ID + " has no access assignment with the id " + quoted(id) + ".")
}

// GetAssignment is an assignment of a relationship of the caller's.
func (s *GranularRelationships) GetAssignment(ctx context.Context, caller *Caller, id, assignment string) (*GranularAssignment, error) {
	r, err := s.Get(ctx, caller, id)
	if err != nil {
		return nil, err
	}
	if found := r.Assignment(assignment); found != nil {
		return found, nil
	}
	return nil, r.noAssignment(assignment)
}

// Assign gives a group of the caller's tenant roles of an active relationship.
func (s *GranularRelationships) Assign(
	ctx context.Context, caller *Caller, id string, request *partnercenter.DelegatedAdminAssignment, call Call,
) (*GranularAssignment, error) {
	if err := mayDelegate(caller); err != nil {
		return nil, err
	}
	r, err := s.change(ctx, caller, id, call, func(r *GranularRelationship) (*GranularRelationship, Outcome, error) {
		now := s.Now()
		if status := r.StatusAt(now); status != partnercenter.DelegatedAdminActive {
			return nil, Outcome{}, r.notWhile(status, "assigned", partnercenter.DelegatedAdminActive)
		}
		var found violations
		made := GranularAssignment{ID: s.IDs.New().String(), ETag: s.IDs.New().String(), Created: now, Modified: now}
		made.Group = r.assignedGroup(&found, request.AccessContainer)
		made.Roles = r.assignedRoles(&found, request.AccessDetails)
		if err := granularInvalid(found); err != nil {
			return nil, Outcome{}, err
		}
		if i := slices.IndexFunc(r.Assignments, func(a GranularAssignment) bool { return a.Group == made.Group }); i >= 0 {
			return nil, Outcome{}, partnercenter.ErrGranularExists.With("The group " + made.Group.String() + " has the access assignment " + r.Assignments[i].ID + " already; change that.")
		}
		r.Assignments = append(slices.Clone(r.Assignments), made)
		outcome, err := r.assigned(partnercenter.OperationGranularAssignmentCreated, partnercenter.EventAssignmentCreated, nil, &made)
		outcome.Events = append(outcome.Events, r.assignmentEvent(partnercenter.EventAssignmentActivated, made.ID))
		return r, outcome, err
	})
	if err != nil {
		return nil, err
	}
	return &r.Assignments[len(r.Assignments)-1], nil
}

// Reassign gives the group of an assignment other roles.
func (s *GranularRelationships) Reassign(
	ctx context.Context, caller *Caller, id, assignment, etag string, request *partnercenter.DelegatedAdminAssignment, call Call,
) (*GranularAssignment, error) {
	if err := mayDelegate(caller); err != nil {
		return nil, err
	}
	r, err := s.change(ctx, caller, id, call, func(r *GranularRelationship) (*GranularRelationship, Outcome, error) {
		old, err := r.changing(assignment, etag)
		if err != nil {
			return nil, Outcome{}, err
		}
		if status := r.StatusAt(s.Now()); status != partnercenter.DelegatedAdminActive {
			return nil, Outcome{}, r.notWhile(status, "assigned", partnercenter.DelegatedAdminActive)
		}
		var found violations
		after := *old
		after.Roles = r.assignedRoles(&found, request.AccessDetails)
		if err := granularInvalid(found); err != nil {
			return nil, Outcome{}, err
		}
		after.Modified, after.ETag = s.Now(), s.IDs.New().String()
		outcome, err := r.assigned(partnercenter.OperationGranularAssignmentUpdated, partnercenter.EventAssignmentUpdated, old, &after)
		*old = after
		return r, outcome, err
	})
	if err != nil {
		return nil, err
	}
	return r.Assignment(assignment), nil
}

// Unassign takes from the group of an assignment what it gave.
func (s *GranularRelationships) Unassign(ctx context.Context, caller *Caller, id, assignment, etag string, call Call) error {
	if err := mayDelegate(caller); err != nil {
		return err
	}
	_, err := s.change(ctx, caller, id, call, func(r *GranularRelationship) (*GranularRelationship, Outcome, error) {
		old, err := r.changing(assignment, etag)
		if err != nil {
			return nil, Outcome{}, err
		}
		outcome, err := r.assigned(partnercenter.OperationGranularAssignmentDeleted, partnercenter.EventAssignmentDeleted, old, nil)
		r.Assignments = slices.DeleteFunc(slices.Clone(r.Assignments), func(a GranularAssignment) bool { return a.ID == old.ID })
		return r, outcome, err
	})
	return err
}

// changing is an assignment that is to be changed.
func (r *GranularRelationship) changing(assignment, etag string) (*GranularAssignment, error) {
	found := r.Assignment(assignment)
	if found == nil {
		return nil, r.noAssignment(assignment)
	}
	return found, matchGranular(etag, found.ETag)
}

// assigned tells what became of an assignment; nil is none.
func (r *GranularRelationship) assigned(operation partnercenter.OperationType, event partnercenter.WebhookEvent, before, after *GranularAssignment) (outcome Outcome, err error) {
	entry := &AuditEntry{Operation: operation, Resource: partnercenter.AuditGranularAssignment}
	for _, side := range [...]struct {
		assignment *GranularAssignment
		text       *[]byte
	}{{before, (*[]byte)(&entry.Old)}, {after, (*[]byte)(&entry.New)}} {
		if side.assignment == nil {
			continue
		}
		entry.ResourceID = side.assignment.ID
		account := side.assignment.Account()
		account.ETag = ""
		if *side.text, err = json.Marshal(account); err != nil {
			return outcome, err
		}
	}
	return Outcome{Audit: entry, Events: []Event{r.assignmentEvent(event, entry.ResourceID)}}, nil
}
