package partnercenter

import (
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// ServiceName is the key of Partner Center in the services of a [cloud.Configuration].
const ServiceName cloud.ServiceName = "partnerCenter"

// publicAudience is what tokens for Partner Center are made out to, and for a Tenantry too.
const publicAudience = "https://api.partnercenter.microsoft.com"

// The clouds of Microsoft. They are read and never changed.
// Partner Center docs: partner-center-rest-urls.
var (
	// AzurePublic is the global service, and the default.
	AzurePublic = configuration("https://login.microsoftonline.com/", publicAudience)

	// AzureChina is the service that 21Vianet runs.
	AzureChina = configuration("https://login.chinacloudapi.cn/", "https://partner.partnercenterapi.microsoftonline.cn")

	// AzureGovernment is the United States Government's: a login host of its own, and the API of the global service.
	AzureGovernment = configuration("https://login.microsoftonline.us/", publicAudience)
)

// configuration is a cloud of Microsoft, where the audience of Partner Center is its endpoint.
func configuration(authority, endpoint string) cloud.Configuration {
	return cloud.Configuration{
		ActiveDirectoryAuthorityHost: authority,
		Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			ServiceName: {Endpoint: endpoint, Audience: endpoint},
		},
	}
}

// Cloud is the Tenantry at a URL: login host and API are one. It serves [ClientOptions] and the options of azidentity's
// credentials alike; those want https, and DisableInstanceDiscovery.
func Cloud(endpoint string) cloud.Configuration {
	return cloud.Configuration{
		ActiveDirectoryAuthorityHost: endpoint,
		Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			ServiceName: {Endpoint: endpoint, Audience: publicAudience},
		},
	}
}

// serviceIn is where Partner Center is in a cloud. azcore's own configurations name no Partner Center: their login
// hosts tell which of ours is meant.
func serviceIn(in cloud.Configuration) (cloud.ServiceConfiguration, error) {
	if service, ok := in.Services[ServiceName]; ok {
		if service.Endpoint == "" || service.Audience == "" {
			return service, fmt.Errorf("the cloud's %q service lacks its endpoint or its audience", ServiceName)
		}
		return service, nil
	}
	if in.ActiveDirectoryAuthorityHost == "" && len(in.Services) == 0 {
		return AzurePublic.Services[ServiceName], nil
	}
	for _, known := range []cloud.Configuration{AzurePublic, AzureChina, AzureGovernment} {
		if sameHost(in.ActiveDirectoryAuthorityHost, known.ActiveDirectoryAuthorityHost) {
			return known.Services[ServiceName], nil
		}
	}
	return cloud.ServiceConfiguration{}, fmt.Errorf("the cloud has no %q service", ServiceName)
}

// sameHost compares two authority hosts, which are written with and without a slash at the end.
func sameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/"))
}

// scopeOf is the scope that asks for a token with all that the application was granted on an audience.
func scopeOf(audience string) string {
	return strings.TrimSuffix(audience, "/") + "/.default"
}
