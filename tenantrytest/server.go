// Package tenantrytest runs a Tenantry inside a Go test:
//
//	endpoint := tenantrytest.Start(t).URL
//
// The server keeps everything in memory, listens on a free port of the loopback interface, has the ready-made world of
// tenantry dev, and stops when the test ends.
package tenantrytest

import (
	"context"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/partnercenter"
)

// The identities of the ready-made world that most tests need: Contoso Cloud, a direct reseller.
const (
	TenantID     = "11111111-1111-4111-8111-111111111111"
	ClientID     = "11111111-0000-4000-8000-00000000a001"
	ClientSecret = "dev-secret"
	Username     = "admin@contosocloud.onmicrosoft.com"
	Password     = "dev-Passw0rd"
)

// AdminKey is the key of the server's admin API, under /_tenantry/admin: it vets qualifications and issues validation codes.
const AdminKey = "dev-secret"

// Server is a running Tenantry.
type Server struct {
	// URL is the root of the API and of the login host.
	URL string

	// CA is the certificate, in PEM, that clients over https have to trust.
	CA []byte
}

// Start runs a server until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	running, err := server.Open(t.Context(), server.Config{World: server.DevWorld(), AdminKey: AdminKey})
	if err != nil {
		t.Fatalf("start Tenantry: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := running.Close(ctx); err != nil {
			t.Errorf("stop Tenantry: %v", err)
		}
	})
	return &Server{URL: running.URL(), CA: running.CAPEM()}
}

// PublicClientID is an application that every tenant knows and that has no secret.
const PublicClientID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// Client is a client of the server with the rights of Contoso Cloud's application.
func (s *Server) Client(t testing.TB) *partnercenter.Client {
	t.Helper()
	credential, err := partnercenter.NewClientSecretCredential(s.URL, TenantID, ClientID, ClientSecret, nil)
	if err != nil {
		t.Fatalf("credential: %v", err)
	}
	return s.client(t, credential)
}

// UserClient is a client of the server with the rights of Contoso Cloud's admin agent.
func (s *Server) UserClient(t testing.TB) *partnercenter.Client {
	t.Helper()
	credential, err := partnercenter.NewPasswordCredential(s.URL, TenantID, PublicClientID, Username, Password, nil)
	if err != nil {
		t.Fatalf("credential: %v", err)
	}
	return s.client(t, credential)
}

func (s *Server) client(t testing.TB, credential *partnercenter.Credential) *partnercenter.Client {
	t.Helper()
	options := &partnercenter.ClientOptions{}
	options.Cloud = partnercenter.Cloud(s.URL)
	client, err := partnercenter.NewClient(credential, options)
	if err != nil {
		t.Fatalf("client: %v", err)
	}
	return client
}
