package login

import (
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// resources are the APIs that a token can be meant for, by the identifiers in lower case that name them in a request, with
// the permission that a user's token has there if none is named.
var resources = func() map[string]string {
	all := map[string]string{
		partnerCenterApp.String(): "user_impersonation",
		devCenterApp.String():     "user_impersonation",
		aadGraphApp.String():      "user_impersonation",
		armApp.String():           "user_impersonation",
		msGraphApp.String():       "User.Read",
	}
	for _, c := range clouds {
		all[c.api] = "user_impersonation"
		all[c.graph] = "user_impersonation"
		all[c.arm] = "user_impersonation"
		all[c.msGraph] = "User.Read"
	}
	return all
}()

// audience is the identifier of the resource without case or a slash at the end, as clients send it both ways, and the
// permission that a user has there if none is named.
func audience(identifier string) (named, permission string, ok bool) {
	identifier = strings.TrimRight(strings.ToLower(identifier), "/")
	permission, ok = resources[identifier]
	return identifier, permission, ok
}

// resourceApps are the applications that the resources are, which consents name them by.
var resourceApps = func() map[string]csp.ID {
	all := map[string]csp.ID{}
	for _, id := range [...]csp.ID{partnerCenterApp, devCenterApp, aadGraphApp, armApp, msGraphApp} {
		all[id.String()] = id
	}
	for _, c := range clouds {
		all[c.api], all[c.graph], all[c.arm], all[c.msGraph] = partnerCenterApp, aadGraphApp, armApp, msGraphApp
	}
	return all
}()

// GraphAudiences are those of tokens for Microsoft Graph, of which the API has a part, and for the Partner Center API, which serve
// there as well.
func GraphAudiences() []string {
	audiences := append(PartnerCenterAudiences(false), msGraphApp.String())
	for _, c := range clouds {
		audiences = append(audiences, c.msGraph)
	}
	return audiences
}

// PartnerCenterAudiences are those of tokens for the Partner Center API. The SDKs ask for app-only tokens for the
// directory's graph (seen in the .NET, Java and PowerShell SDKs), which the service has begun to refuse.
func PartnerCenterAudiences(graph bool) []string {
	audiences := []string{partnerCenterApp.String(), devCenterApp.String()}
	for _, c := range clouds {
		audiences = append(audiences, c.api)
	}
	if graph {
		audiences = append(audiences, aadGraphApp.String())
		for _, c := range clouds {
			audiences = append(audiences, c.graph)
		}
	}
	return audiences
}
