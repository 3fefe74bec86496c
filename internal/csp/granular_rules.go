package csp

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tenantry/tenantry/partnercenter"
)

// Bounds of a granular relationship. Microsoft Graph docs: tenantrelationship-post-delegatedadminrelationships.
const (
	maxGranularName = 50
	maxGranularDays = 730
	maxGranularRole = 100
)

// durationForm is an ISO 8601 duration of whole days.
var durationForm = regexp.MustCompile(`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?$`)

// durationDays is how many days the duration has, or zero.
func durationDays(text string) (days int) {
	match := durationForm.FindStringSubmatch(strings.ToUpper(text))
	if match == nil {
		return 0
	}
	for i, unit := range [...]int{365, 30, 7, 1} {
		if n, err := strconv.Atoi(match[i+1]); err == nil { // or it is not there
			days += n * unit
		}
	}
	return days
}

// fillFrom gives the relationship what the request says; all has to be said of a new one.
func (r *GranularRelationship) fillFrom(request *partnercenter.DelegatedAdminRelationship, isNew bool) (found violations) {
	if isNew || request.DisplayName != "" {
		r.Name = strings.TrimSpace(request.DisplayName)
		checkText(&found, "displayName", r.Name, maxGranularName)
		if r.Name == "" {
			found.add("displayName", "is missing; give a name of at most %d characters, for example Kestrel administration", maxGranularName)
		}
	}
	if isNew || request.Duration != "" {
		r.Duration, r.Days = strings.ToUpper(request.Duration), durationDays(request.Duration)
		if r.Days < 1 || r.Days > maxGranularDays {
			found.add("duration", "%s is not a duration from P1D to P730D; give one, for example P90D", quoted(request.Duration))
		}
	}
	if isNew || request.AccessDetails != nil {
		r.Roles = checkedRoles(&found, request.AccessDetails)
	}
	r.fillExtension(&found, request.AutoExtendDuration)
	if request.Customer != nil && request.Customer.TenantID != "" {
		customer, err := ParseID(strings.TrimSpace(request.Customer.TenantID))
		if err != nil || customer.IsZero() {
			found.add("customer.tenantId", "%s is not a GUID; give the customer's tenant id, for example 7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61", quoted(request.Customer.TenantID))
		}
		r.Customer = customer
	}
	return found
}

// fillExtension reads whether the relationship is to be extended; nobody is Company Administrator for ever.
// Microsoft Graph docs: delegatedadminrelationship; Partner Center docs: gdap-faq.
func (r *GranularRelationship) fillExtension(found *violations, text string) {
	switch strings.ToUpper(text) {
	case "":
	case "P0D", "PT0S":
		r.AutoExtend = false
	case "P180D":
		r.AutoExtend = true
	default:
		found.add("autoExtendDuration", "%s is not allowed here; use PT0S or P180D", quoted(text))
	}
	if r.AutoExtend && slices.Contains(r.Roles, CompanyAdministrator) {
		found.add("autoExtendDuration", "must be PT0S where the roles hold %s, Company Administrator", CompanyAdministrator)
	}
}

// checkedRoles are the template ids in order, each once.
func checkedRoles(found *violations, details *partnercenter.DelegatedAdminAccessDetails) (roles []string) {
	const path = "accessDetails.unifiedRoles"
	switch {
	case details == nil || len(details.UnifiedRoles) == 0:
		found.add(path, "is missing; give template ids of directory roles, for example [{\"roleDefinitionId\":\"%s\"}]", UserAdministrator)
		return nil
	case len(details.UnifiedRoles) > maxGranularRole:
		found.add(path, "has %d roles; at most %d are allowed", len(details.UnifiedRoles), maxGranularRole)
		return nil
	}
	for i, role := range details.UnifiedRoles {
		id, err := ParseID(strings.TrimSpace(role.RoleDefinitionID))
		if err != nil {
			found.add(fmt.Sprintf("%s[%d].roleDefinitionId", path, i), "%s is not a GUID; give the template id of a directory role, for example %s", quoted(role.RoleDefinitionID), UserAdministrator)
			continue
		}
		roles = append(roles, id.String())
	}
	slices.Sort(roles)
	return slices.Compact(roles)
}

// assignedRoles are the roles of an assignment, which must be among those of the relationship.
func (r *GranularRelationship) assignedRoles(found *violations, details *partnercenter.DelegatedAdminAccessDetails) []string {
	roles := checkedRoles(found, details)
	for _, role := range roles {
		if !slices.Contains(r.Roles, role) {
			found.add("accessDetails.unifiedRoles", "%s is not a role of the relationship; use some of %s", role, strings.Join(r.Roles, ", "))
		}
	}
	return roles
}

// assignedGroup is the group that the container names: an agent group of the partner's, by its object id or by its name.
func (r *GranularRelationship) assignedGroup(found *violations, container *partnercenter.DelegatedAdminAccessContainer) ID {
	if container == nil {
		container = &partnercenter.DelegatedAdminAccessContainer{}
	}
	if !strings.EqualFold(container.AccessContainerType, "securityGroup") {
		found.add("accessContainer.accessContainerType", "%s is not allowed here; use securityGroup", quoted(container.AccessContainerType))
	}
	named := strings.TrimSpace(container.AccessContainerID)
	var groups []string
	for _, group := range agentGroups {
		id := GroupID(r.Partner, group)
		if strings.EqualFold(named, group) || strings.EqualFold(named, id.String()) {
			return id
		}
		groups = append(groups, id.String()+" ("+group+")")
	}
	found.add("accessContainer.accessContainerId", "%s is not a group of the partner's tenant; use one of %s", quoted(container.AccessContainerID), strings.Join(groups, ", "))
	return ID{}
}

func granularInvalid(found violations) error {
	if found == nil {
		return nil
	}
	var said strings.Builder
	for _, violation := range found {
		fmt.Fprintf(&said, " %s %s.", violation.property, violation.details)
	}
	text := said.String()
	for utf8.RuneCountInString(text) > maxSaid {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return partnercenter.ErrGranularInvalid.With("The request is not valid."+text, found.data()...)
}

// maxSaid bounds the words of a refusal.
const maxSaid = 4000
