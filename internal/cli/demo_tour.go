package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// The partner of the ready-made world that the tour is a partner as.
const (
	tourPartner  = "11111111-1111-4111-8111-111111111111" // Contoso Cloud
	tourApp      = "11111111-0000-4000-8000-00000000a001"
	tourAudience = "https://graph.windows.net"
)

// tour is the story of one customer, told on out and checked as it goes.
type tour struct {
	out   io.Writer
	url   string
	store string // the path of the store's file
	steps int

	token    string // the partner's
	client   *partnercenter.Client
	request  *wireRequest
	answer   *wireAnswer
	customer *partnercenter.Customer
}

func newTour(out io.Writer, url, store string) *tour { return &tour{out: out, url: url, store: store} }

// walk takes the steps, each of which needs what those before it found.
func (t *tour) walk(ctx context.Context) error {
	t.say("Tenantry's tour: from nothing to a customer whose administrator signs in. Every step is checked.")
	for _, step := range [...]func(context.Context) error{
		t.start, t.signIn, t.create, t.get, t.signInAsAdmin, t.repeat, t.tryAgain,
	} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("step %d of the tour: %v", t.steps, err) // not %w: whatever it is, the exit code says that the tour failed
		}
	}
	return nil
}

func (t *tour) heading(text string) {
	t.steps++
	t.say("\n%d. %s", t.steps, text)
}

func (t *tour) say(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }

func (t *tour) start(ctx context.Context) error {
	t.heading("A server starts, on a free port and with a new store.")
	t.say("   URL    %s\n   Store  %s (SQLite, every change synced to disk before its answer)", t.url, t.store)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url+"/_tenantry/readyz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return expect("the status of /_tenantry/readyz", response.StatusCode, http.StatusOK)
}

func (t *tour) signIn(ctx context.Context) error {
	t.heading("The application of Contoso Cloud, a direct reseller, gets a token.")
	token, err := t.getToken(ctx, tourPartner, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {tourApp}, "client_secret": {devSecret}, "resource": {tourAudience},
	})
	if err != nil {
		return err
	}
	claims, err := claimsOf(token)
	if err != nil {
		return err
	}
	t.say("   The token's aud is %s, its appid %s; it has no user.", claims.Audience, claims.AppID)
	t.token = token
	t.client, err = partnercenter.NewClient(bearer(token), &partnercenter.ClientOptions{ClientOptions: azureOptions(t.url)})
	return errors.Join(err, expect("aud", claims.Audience, tourAudience), expect("tid", claims.Tenant, tourPartner), expect("appid", claims.AppID, tourApp))
}

func (t *tour) create(ctx context.Context) error {
	t.heading("The documented request creates a customer. It goes out byte for byte, trailing commas and all.")
	t.say("   Only the token, the host and a Content-Length that is true are put in. (As printed here, the token is shortened and\n   the CRLF of the heads is a plain line end; on the wire it was all there.)\n")
	t.request = exampleRequest(t.url, t.token)
	answer, err := exchange(ctx, hostOfURL(t.url), t.request)
	if err != nil {
		return err
	}
	t.answer = answer
	t.say("%s%s\n%s%s%s\n", t.request.shortened(t.token), t.request.body, plain(answer.interim), plain(answer.head), answer.body)
	customer := &partnercenter.Customer{}
	if err := json.Unmarshal(answer.body, customer); err != nil {
		return fmt.Errorf("the answer's body: %w", err)
	}
	t.customer = customer
	if customer.UserCredentials == nil || customer.UserCredentials.Password == "" {
		return errors.New("the answer has no password")
	}
	t.say("   The customer's tenant is %s, its administrator admin@%s.", customer.ID, domainOf(customer))
	return errors.Join(
		expect("the status", answer.StatusCode, http.StatusCreated),
		expect("MS-RequestId", answer.Header.Get("MS-RequestId"), documentedCall),
		expect("the domain", domainOf(customer), documentedDomain),
		expect("the user's name", customer.UserCredentials.UserName, "admin"))
}

func (t *tour) get(ctx context.Context) error {
	t.heading("The customer is there: GET /v1/customers/" + t.customer.ID)
	customer, err := t.client.Customers.Get(ctx, t.customer.ID, nil)
	if err != nil {
		return err
	}
	if customer.BillingProfile == nil || t.customer.BillingProfile == nil {
		return errors.New("the customer has no billing profile")
	}
	if customer.UserCredentials != nil {
		return errors.New("the customer still shows a password")
	}
	t.say("   %s, %s, relationship %s; and no password any more.", customer.BillingProfile.CompanyName, domainOf(customer), customer.RelationshipToPartner)
	return errors.Join(
		expect("the id", customer.ID, t.customer.ID),
		expect("the domain", domainOf(customer), documentedDomain),
		expect("the billing profile's id", customer.BillingProfile.ID, t.customer.BillingProfile.ID))
}

func (t *tour) signInAsAdmin(ctx context.Context) error {
	user := t.customer.UserCredentials.UserName + "@" + domainOf(t.customer)
	t.heading("The new administrator signs in, with the password of the answer.")
	token, err := t.getToken(ctx, t.customer.ID, url.Values{
		"grant_type": {"password"}, "client_id": {publicClientID}, "resource": {tourAudience},
		"username": {user}, "password": {t.customer.UserCredentials.Password},
	})
	if err != nil {
		return err
	}
	claims, err := claimsOf(token)
	if err != nil {
		return err
	}
	t.say("   The token's claims:\n%s", claims.indented("   "))
	return errors.Join(
		expect("tid", claims.Tenant, t.customer.ID),
		expect("upn", claims.User, user),
		expect("appid", claims.AppID, publicClientID),
		expect("wids", fmt.Sprint(claims.Roles), fmt.Sprint([]string{csp.CompanyAdministrator})))
}

func (t *tour) repeat(ctx context.Context) error {
	t.heading("The request is sent again, with the same MS-RequestId. Nothing new is made.")
	before, err := fingerprint(t.store)
	if err != nil {
		return err
	}
	answer, err := exchange(ctx, hostOfURL(t.url), t.request)
	if err != nil {
		return err
	}
	after, err := fingerprint(t.store)
	if err != nil {
		return err
	}
	t.say("   The answer is %s again, and its %d bytes are the same, password included: %v.", answer.Status, len(answer.body), bytes.Equal(answer.body, t.answer.body))
	t.say("   The store was not written to. SHA-256 of its files,\n     before  %s\n     after   %s", before, after)
	return errors.Join(
		expect("the status", answer.StatusCode, http.StatusCreated),
		expect("the body", string(answer.body), string(t.answer.body)),
		expect("the store's fingerprint", after, before))
}

func (t *tour) tryAgain(ctx context.Context) error {
	t.heading("With another MS-RequestId it is another request, and the domain is taken.")
	exists, err := t.client.Domains.Exists(ctx, documentedDomain, nil)
	if err != nil {
		return err
	}
	t.say("   HEAD /v1/domains/%s says that it is: %v.", documentedDomain, exists)
	answer, err := exchange(ctx, hostOfURL(t.url), t.request.withCall(partnercenter.NewRequestID()))
	if err != nil {
		return err
	}
	t.say("   POST /v1/customers answers %s:\n   %s", answer.Status, answer.body)
	fault := &partnercenter.Fault{Status: answer.StatusCode}
	if err := json.Unmarshal(answer.body, fault); err != nil {
		return err
	}
	if !errors.Is(fault, partnercenter.ErrDomainTaken) {
		return fmt.Errorf("the answer is not that the domain is taken, but: %w", fault)
	}
	return expect("the domain's existence", exists, true)
}

// expect is an error unless the two are the same.
func expect(what string, got, want any) error {
	if got != want {
		return fmt.Errorf("%s is %v, not %v", what, got, want)
	}
	return nil
}
