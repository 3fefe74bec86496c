package csp

import (
	"context"
	"slices"
	"time"

	"github.com/tenantry/tenantry/partnercenter"
)

// GranularRelationship is granular delegated admin (GDAP): the directory roles that a partner asks a customer for, and once the
// customer's administrator has approved it, has for a while. Microsoft Graph docs: delegatedadminrelationship.
type GranularRelationship struct {
	ID      string `json:"-"`
	Partner ID     `json:"-"`

	Customer     ID                                 `json:"customer,omitzero"` // zero: whoever approves it
	CustomerName string                             `json:"customerName,omitzero"`
	Name         string                             `json:"name"`
	Duration     string                             `json:"duration"` // as it was asked for
	Days         int                                `json:"days"`
	AutoExtend   bool                               `json:"autoExtend,omitzero"` // by half a year, whenever it would end
	Roles        []string                           `json:"roles"`
	Status       partnercenter.DelegatedAdminStatus `json:"status"` // as it was set last; see StatusAt
	ETag         string                             `json:"etag"`
	Created      time.Time                          `json:"created"`
	Modified     time.Time                          `json:"modified"`
	Activated    time.Time                          `json:"activated,omitzero"`
	Ends         time.Time                          `json:"ends,omitzero"` // or did
	Requests     []GranularRequest                  `json:"requests,omitzero"`
	Assignments  []GranularAssignment               `json:"assignments,omitzero"`
}

// GranularRequest is what somebody did with a relationship.
type GranularRequest struct {
	ID     string    `json:"id"`
	Action string    `json:"action"`
	At     time.Time `json:"at"`
}

// GranularAssignment gives a group of the partner's tenant some of a relationship's roles.
type GranularAssignment struct {
	ID       string    `json:"id"`
	Group    ID        `json:"group"`
	Roles    []string  `json:"roles"`
	ETag     string    `json:"etag"`
	Created  time.Time `json:"created"`
	Modified time.Time `json:"modified"`
}

// extension is by how much a relationship is prolonged that is to be. Microsoft Graph docs: autoExtendDuration, P180D.
const extension = 180 * 24 * time.Hour

// EndsAt is when the relationship ends, as it looks at the time: one that extends itself does so whenever it would end.
func (r *GranularRelationship) EndsAt(now time.Time) time.Time {
	ends := r.Ends
	if r.Status == partnercenter.DelegatedAdminActive && r.AutoExtend && !now.Before(ends) {
		ends = ends.Add((now.Sub(ends)/extension + 1) * extension)
	}
	return ends
}

// StatusAt is the status as it is at the time: one that is over is expired before anybody notes it.
func (r *GranularRelationship) StatusAt(now time.Time) partnercenter.DelegatedAdminStatus {
	if r.Status == partnercenter.DelegatedAdminActive && !now.Before(r.EndsAt(now)) {
		return partnercenter.DelegatedAdminExpired
	}
	return r.Status
}

// ActiveAt reports whether the relationship gives anything at the time.
func (r *GranularRelationship) ActiveAt(now time.Time) bool {
	return r.StatusAt(now) == partnercenter.DelegatedAdminActive
}

// Over notes that the relationship has ended, and says what is to be told of it.
func (r *GranularRelationship) Over(status partnercenter.DelegatedAdminStatus, now time.Time) (Outcome, error) {
	old, err := r.audited(now)
	if err != nil {
		return Outcome{}, err
	}
	operation, event := partnercenter.OperationGranularTerminated, partnercenter.EventGranularTerminated
	if status == partnercenter.DelegatedAdminExpired {
		operation, event = partnercenter.OperationGranularExpired, partnercenter.EventGranularExpired
	} else {
		r.Ends = now
	}
	r.Status, r.Modified = status, now
	return r.outcome(operation, event, old, now)
}

// The agent groups of a partner's tenant are security groups there.
var agentGroups = [...]string{AdminAgents, HelpdeskAgents, SalesAgents}

// GroupID is the object id of an agent group in the partner's tenant.
func GroupID(partner ID, group string) ID { return partner.Derived("group:" + group) }

// rolesFor are the roles that the relationships give members of the groups at the time, in order.
func rolesFor(relationships []*GranularRelationship, groups []string, now time.Time) (roles []string) {
	for _, relationship := range relationships {
		if !relationship.ActiveAt(now) {
			continue
		}
		for _, assignment := range relationship.Assignments {
			if slices.ContainsFunc(groups, func(group string) bool { return GroupID(relationship.Partner, group) == assignment.Group }) {
				roles = append(roles, assignment.Roles...)
			}
		}
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

// hasAny reports whether one of the roles is among those wanted.
func hasAny(roles, wanted []string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(wanted, role) })
}

// administers are the directory roles that members of the groups have at the tenant of the partner's customer: those of delegated
// admin, and those of granular relationships.
func administers(ctx context.Context, store Store, customer *Customer, partner ID, groups []string, now time.Time) (roles []string, err error) {
	if customer.DelegatedAccess {
		for _, delegated := range delegatedRoles {
			if slices.Contains(groups, delegated.group) {
				roles = append(roles, delegated.role)
			}
		}
	}
	if len(groups) == 0 {
		return nil, nil
	}
	relationships, err := store.GranularRelationships(ctx, partner, customer.ID)
	if err != nil {
		return nil, err
	}
	for _, role := range rolesFor(relationships, groups, now) {
		if !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles, nil
}
