package login

import "github.com/tenantry/tenantry/internal/csp"

// Applications that every tenant has, by their public ids.
var (
	// Resources. Partner Center docs: api-authentication; Microsoft Entra docs: verify-first-party-apps-sign-in.
	partnerCenterApp = csp.MustParseID("fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd") // Microsoft Partner Center
	devCenterApp     = csp.MustParseID("4990cffe-04e8-4e8b-808a-1175604b879f") // Microsoft Partner, formerly Dev Center
	aadGraphApp      = csp.MustParseID("00000002-0000-0000-c000-000000000000") // Windows Azure Active Directory
	msGraphApp       = csp.MustParseID("00000003-0000-0000-c000-000000000000") // Microsoft Graph
	armApp           = csp.MustParseID("797f4846-ba00-4fd7-ba43-dac1f8f63013") // Windows Azure Service Management API

	// publicClients work in every tenant, without a secret and without being registered.
	publicClients = map[csp.ID]string{
		// The default of Partner-Center-PowerShell (seen in its source).
		csp.MustParseID("04b07795-8ddb-461a-bbee-02f9e1bf7b46"): "Microsoft Azure CLI",
		// What Partner-Center-PowerShell uses for Exchange Online (seen in its source).
		csp.MustParseID("a0c73c16-a7e3-4564-9a95-2bdf47383716"): "Microsoft Exchange Online PowerShell",
	}
)

// IsReserved reports whether an application id is one that every tenant has. Nobody may register it: a client of that id
// would get id tokens whose audience is a resource.
func IsReserved(id csp.ID) bool {
	switch id {
	case partnerCenterApp, devCenterApp, aadGraphApp, msGraphApp, armApp:
		return true
	}
	_, ok := publicClients[id]
	return ok
}
