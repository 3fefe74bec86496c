package partnercenter

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// scopes is a credential that remembers what it was asked for.
type scopes []string

func (s *scopes) GetToken(_ context.Context, opts policy.TokenRequestOptions) (azcore.AccessToken, error) {
	*s = append(*s, opts.Scopes...)
	return azcore.AccessToken{Token: "t", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func TestClouds(t *testing.T) {
	const global, china = "https://api.partnercenter.microsoft.com", "https://partner.partnercenterapi.microsoftonline.cn"
	for _, test := range []struct {
		name         string
		cloud        cloud.Configuration
		wantEndpoint string
		wantScope    string
	}{
		{"none", cloud.Configuration{}, global, global + "/.default"},
		{"ours", AzurePublic, global, global + "/.default"},
		{"azcore's", cloud.AzurePublic, global, global + "/.default"},
		{"azcore's China", cloud.AzureChina, china, china + "/.default"},
		{"our China", AzureChina, china, china + "/.default"},
		{"azcore's Government", cloud.AzureGovernment, global, global + "/.default"},
		{"our Government", AzureGovernment, global, global + "/.default"},
		{"Tenantry", Cloud("https://tenantry.example"), "https://tenantry.example", global + "/.default"},
		{"override", cloud.Configuration{Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			ServiceName: {Endpoint: "https://api.example/", Audience: "https://graph.windows.net/"},
		}}, "https://api.example", "https://graph.windows.net/.default"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var asked scopes
			var sent string
			opts := &ClientOptions{}
			opts.Cloud = test.cloud
			opts.Transport = transporter(func(req *http.Request) (*http.Response, error) {
				sent = req.URL.String()
				return response(req, 200, nil, "{}"), nil
			})
			client, err := NewClient(&asked, opts)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Customers.Get(t.Context(), "1", nil); err != nil {
				t.Fatal(err)
			}
			if want := test.wantEndpoint + "/v1/customers/1"; sent != want {
				t.Errorf("got request to %s, want %s", sent, want)
			}
			if len(asked) != 1 || asked[0] != test.wantScope {
				t.Errorf("got scopes %q, want %s", asked, test.wantScope)
			}
		})
	}
}
