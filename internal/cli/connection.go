package cli

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/tenantry/tenantry/partnercenter"
)

// publicClientID is the client that Partner-Center-PowerShell signs users in with; it works in every tenant and has no
// secret. Seen in its source.
const publicClientID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// endpoint says which server is spoken to.
type endpoint struct {
	Endpoint string `group:"connection" default:"http://127.0.0.1:8080" variable:"TENANTRY_ENDPOINT" help:"The server."`
	CA       string `name:"ca" group:"connection" type:"existingfile" placeholder:"FILE" variable:"TENANTRY_CA" help:"Certificate (PEM) of the authority to trust besides the system's: the server's ca.pem."`
}

// connection says which server is spoken to, and as whom.
type connection struct {
	endpoint
	Tenant       string `group:"connection" placeholder:"ID|DOMAIN" variable:"TENANTRY_TENANT_ID" help:"The partner's tenant. A user's may be left out."`
	ClientID     string `group:"connection" placeholder:"GUID" variable:"TENANTRY_CLIENT_ID" help:"The application. For a user it may be left out: a public client is used."`
	ClientSecret string `group:"connection" placeholder:"SECRET" variable:"TENANTRY_CLIENT_SECRET" help:"Its secret. Prefer the variable: other users of the machine see flags."`
	Username     string `group:"connection" placeholder:"NAME@DOMAIN" variable:"TENANTRY_USERNAME" help:"A user to sign in, for what an application may not do alone."`
	Password     string `group:"connection" placeholder:"PASSWORD" variable:"TENANTRY_PASSWORD" help:"The user's password. Prefer the variable."`
	RequestID    string `group:"call" name:"request-id" placeholder:"GUID" help:"MS-RequestId: the same request with the same id is carried out once. By default a new one."`
}

// client is a client of the server.
func (c *connection) client() (*partnercenter.Client, error) {
	transport, err := c.transport()
	if err != nil {
		return nil, err
	}
	options := azcore.ClientOptions{Transport: transport}
	credential, err := c.credential(options)
	if err != nil {
		return nil, err
	}
	options.Cloud = partnercenter.Cloud(c.Endpoint)
	client, err := partnercenter.NewClient(credential, &partnercenter.ClientOptions{ClientOptions: options, ApplicationName: "tenantry"})
	if err != nil {
		return nil, wrong("--endpoint: %v", err)
	}
	return client, nil
}

func (c *connection) credential(options azcore.ClientOptions) (azcore.TokenCredential, error) {
	var credential azcore.TokenCredential
	var err error
	switch {
	case c.Username != "" && c.Password == "":
		return nil, wrong("--username needs a password: set TENANTRY_PASSWORD, or give --password")
	case c.Username != "":
		credential, err = partnercenter.NewPasswordCredential(c.Endpoint, cmp.Or(c.Tenant, "organizations"), cmp.Or(c.ClientID, publicClientID),
			c.Username, c.Password, &partnercenter.PasswordCredentialOptions{ClientOptions: options, ClientSecret: c.ClientSecret})
	case c.Tenant == "" || c.ClientID == "" || c.ClientSecret == "":
		return nil, wrong("who asks? Set TENANTRY_TENANT_ID, TENANTRY_CLIENT_ID and TENANTRY_CLIENT_SECRET, or give --tenant, --client-id and --client-secret; for a user, --username and --password")
	default:
		credential, err = partnercenter.NewClientSecretCredential(c.Endpoint, c.Tenant, c.ClientID, c.ClientSecret,
			&partnercenter.ClientSecretCredentialOptions{ClientOptions: options})
	}
	if err != nil {
		return nil, wrong("--endpoint, --tenant or the credentials: %v", err)
	}
	return credential, nil
}

// transport sends requests, trusts the CA, and marks what got no answer.
func (e *endpoint) transport() (*transport, error) {
	own := http.DefaultTransport.(*http.Transport).Clone() // nobody replaces it in this program
	if e.CA != "" {
		text, err := os.ReadFile(e.CA)
		if err != nil {
			return nil, err
		}
		roots, err := x509.SystemCertPool()
		if err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", e.CA)
		}
		own.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &transport{endpoint: e.Endpoint, client: &http.Client{
		Transport:     own,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // it would take the token along
	}}, nil
}

// transport sends requests and explains why one got no answer.
type transport struct {
	endpoint string
	client   *http.Client
}

// Do sends a request once.
func (t *transport) Do(request *http.Request) (*http.Response, error) {
	response, err := t.client.Do(request)
	switch {
	case err == nil:
		return response, nil
	case request.Context().Err() != nil:
		return nil, err
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return nil, noConnection{fmt.Errorf("the certificate of %s is not trusted: %s\nGive the server's ca.pem with --ca", t.endpoint, innermost(err))}
	case isDial(err):
		return nil, noConnection{fmt.Errorf("nothing answers at %s: %s\nStart a server with tenantry dev, or name another with --endpoint", t.endpoint, innermost(err))}
	default:
		return nil, noAnswer{fmt.Errorf("%s gave no answer: %s", t.endpoint, innermost(err))}
	}
}

// isDial reports whether no connection was made at all.
func isDial(err error) bool {
	op := (*net.OpError)(nil)
	return errors.As(err, &op) && op.Op == "dial"
}

// noConnection is a request that was not sent. Another try would only make the user wait.
type noConnection struct{ error }

func (e noConnection) Unwrap() error { return noAnswer{e.error} }

// NonRetriable is the mark that azcore looks for.
func (noConnection) NonRetriable() {}
