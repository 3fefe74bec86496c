package server_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/partnercenter"
)

// receiver is a webhook that checks what it is sent as the docs' sample does, and answers what it is told to.
type receiver struct {
	*httptest.Server
	status   atomic.Int64
	received chan partnercenter.WebhookNotification
}

func newReceiver(t *testing.T, issuer, signatureHeader string) *receiver {
	r := &receiver{received: make(chan partnercenter.WebhookNotification, 100)}
	r.status.Store(http.StatusOK)
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			t.Error(err)
		}
		checkSignature(t, request, body, issuer, signatureHeader)
		var notification partnercenter.WebhookNotification
		if err := json.Unmarshal(body, &notification); err != nil || request.Header.Get("Content-Type") != "application/json" {
			t.Errorf("received %s as %s: %v", body, request.Header.Get("Content-Type"), err)
		}
		w.WriteHeader(int(r.status.Load()))
		r.received <- notification
	}))
	t.Cleanup(r.Close)
	return r
}

// checkSignature does what partner-center-webhooks asks receivers to do: certificate from the URL, chain, issuer, signature.
func checkSignature(t *testing.T, request *http.Request, body []byte, issuer, header string) {
	t.Helper()
	if got := request.Header.Get("X-MS-Signature-Algorithm"); got != "rsa-sha256" {
		t.Errorf("algorithm: got %q", got)
	}
	response, err := http.Get(request.Header.Get("X-MS-Certificate-Url"))
	if err != nil {
		t.Errorf("certificate: %v", err)
		return
	}
	defer response.Body.Close()
	der, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Errorf("certificate: %v", err)
		return
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots}); err != nil {
		t.Errorf("chain: %v", err)
	}
	if got := certificate.Issuer.String(); !strings.Contains(got, "O="+issuer) {
		t.Errorf("issuer: got %s, want O=%s", got, issuer)
	}
	text, ok := strings.CutPrefix(request.Header.Get(header), "Signature ")
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !ok {
		t.Errorf("%s: got %q", header, text)
	}
	hash := sha256.Sum256(body)
	if err := rsa.VerifyPKCS1v15(certificate.PublicKey.(*rsa.PublicKey), crypto.SHA256, hash[:], signature); err != nil {
		t.Errorf("signature over %s: %v", body, err)
	}
}

// asContoso sends a request of Contoso's user or application and reads the answer into the value.
func asContoso(t *testing.T, s *server.Server, bearer, method, path, body string, value any) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if value != nil {
		if err := json.Unmarshal(bytes.TrimSpace(text), value); err != nil {
			t.Fatalf("%s %s: %d %s: %v", method, path, response.StatusCode, text, err)
		}
	}
	return response.StatusCode
}

// mustValidate asks for a test event and returns its id.
func mustValidate(t *testing.T, s *server.Server, bearer string) string {
	t.Helper()
	var validation partnercenter.WebhookValidation
	if status := asContoso(t, s, bearer, "POST", "/webhooks/v1/registration/validationEvents", "", &validation); status != http.StatusOK {
		t.Fatalf("validate: got %d %+v", status, validation)
	}
	return validation.CorrelationID
}

// mustSettle waits for the state of a test event to be the wanted one.
func mustSettle(t *testing.T, s *server.Server, bearer, id, want string) partnercenter.WebhookValidationStatus {
	t.Helper()
	var status partnercenter.WebhookValidationStatus
	for t.Context().Err() == nil {
		asContoso(t, s, bearer, "GET", "/webhooks/v1/registration/validationEvents/"+id, "", &status)
		if status.Status == want {
			return status
		}
	}
	t.Fatalf("status of %s: got %+v, want %s", id, status, want)
	return status
}

// TestWebhook registers a webhook, has it tested and told of a change, and lets it fail.
func TestWebhook(t *testing.T) {
	r := newReceiver(t, "Microsoft Corporation", "Authorization")
	spacing := []time.Duration{time.Millisecond, time.Millisecond}
	s := mustOpen(t, server.Config{PrivateWebhooks: true, WebhookIssuer: "Microsoft Corporation", WebhookSpacing: spacing})
	defer mustClose(t, s)
	bearer := mustAppToken(t, s)
	registration := `{"webhookUrl":"` + r.URL + `/events","webhookEvents":["test-created"]}`
	if status := asContoso(t, s, bearer, "POST", "/webhooks/v1/registration", registration, nil); status != http.StatusOK {
		t.Fatalf("register: got %d", status)
	}

	id := mustValidate(t, s, bearer)
	got := <-r.received
	if want := s.URL() + "/webhooks/v1/registration/validationEvents/" + id; got.EventName != "test-created" || got.ResourceURI != want || got.ResourceName != "test" || got.AuditURI != nil {
		t.Errorf("test event: got %+v, want one about %s", got, want)
	}
	status := mustSettle(t, s, bearer, id, "completed")
	if len(status.Results) != 1 || status.Results[0].ResponseCode != "OK" || status.Results[0].SystemError || status.CallbackURL != r.URL+"/events" || status.PartnerID != contoso {
		t.Errorf("status: got %+v", status)
	}

	r.status.Store(http.StatusInternalServerError)
	status = mustSettle(t, s, bearer, mustValidate(t, s, bearer), "failed")
	if len(status.Results) != len(spacing)+1 || status.Results[2].ResponseCode != "InternalServerError" {
		t.Errorf("status of what was never taken: got %+v", status)
	}
}

// TestWebhookRestart stops the server while an event has not been taken: the next one delivers it, with the signature in the
// header that the partner has changed to meanwhile.
func TestWebhookRestart(t *testing.T) {
	r := newReceiver(t, "Tenantry", "x-ms-signature")
	r.status.Store(http.StatusServiceUnavailable)
	dir := t.TempDir()
	config := server.Config{Store: "sqlite:" + filepath.Join(dir, "tenantry.db"), Dir: dir, PrivateWebhooks: true, WebhookSpacing: make([]time.Duration, 1000)}
	for i := range config.WebhookSpacing {
		config.WebhookSpacing[i] = 50 * time.Millisecond
	}
	s := mustOpen(t, config)
	bearer := mustAppToken(t, s)
	registration := `{"WebhookUrl":"` + r.URL + `","WebhookEvents":["test-created"],"SignatureTokenToMsSignatureHeader":true}`
	if status := asContoso(t, s, bearer, "POST", "/webhooks/v1/registration", registration, nil); status != http.StatusOK {
		t.Fatalf("register: got %d", status)
	}
	id := mustValidate(t, s, bearer)
	<-r.received
	<-r.received // what came of the attempt before has been recorded
	mustClose(t, s)

	r.status.Store(http.StatusAccepted)
	s = mustOpen(t, config)
	defer mustClose(t, s)
	status := mustSettle(t, s, bearer, id, "completed")
	if last := status.Results[len(status.Results)-1]; last.ResponseCode != "Accepted" || len(status.Results) < 2 {
		t.Errorf("results: got %+v, want at least one that failed before the restart", status.Results)
	}
}

// TestWebhookPrivate lets a server that does not trust its partners' addresses refuse what lies in its own network.
func TestWebhookPrivate(t *testing.T) {
	s := mustOpen(t, server.Config{WebhookSpacing: []time.Duration{}})
	defer mustClose(t, s)
	bearer := mustAppToken(t, s)
	plain := `{"WebhookUrl":"http://127.0.0.1:1/","WebhookEvents":["test-created"]}`
	var fault partnercenter.Fault
	if status := asContoso(t, s, bearer, "POST", "/webhooks/v1/registration", plain, &fault); status != http.StatusBadRequest || !strings.Contains(strings.Join(fault.Data, "\n"), "https alone") {
		t.Errorf("register plain HTTP: got %d %+v", status, fault)
	}
	// The listener of the server itself speaks TLS too.
	own := `{"WebhookUrl":"` + strings.Replace(s.URL(), "http:", "https:", 1) + `","WebhookEvents":["test-created"]}`
	if status := asContoso(t, s, bearer, "POST", "/webhooks/v1/registration", own, nil); status != http.StatusOK {
		t.Fatalf("register: got %d", status)
	}
	status := mustSettle(t, s, bearer, mustValidate(t, s, bearer), "failed")
	if len(status.Results) != 1 || !status.Results[0].SystemError || status.Results[0].ResponseMessage != "The host of the webhook has no public address." {
		t.Errorf("status: got %+v", status)
	}
}
