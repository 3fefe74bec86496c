package partnercenter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azlog "github.com/Azure/azure-sdk-for-go/sdk/azcore/log"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/google/go-cmp/cmp"
)

// tokenRequest is what the client asks its credential for.
var tokenRequest = policy.TokenRequestOptions{Scopes: []string{publicAudience + "/.default"}}

// secret has what forms, JSON and HTML escape.
const secret = `hunter2 "&<+\`

// mustSecretCredential is a credential whose requests go to transport.
func mustSecretCredential(t *testing.T, transport policy.Transporter) *Credential {
	t.Helper()
	opts := &ClientSecretCredentialOptions{}
	opts.Transport = transport
	cred, err := NewClientSecretCredential("http://localhost:8080/", "contoso.onmicrosoft.com", "app", secret, opts)
	if err != nil {
		t.Fatal(err)
	}
	return cred
}

func TestTokenRequestOnTheWire(t *testing.T) {
	rec := &recorder{status: 200, body: `{"token_type":"Bearer","expires_in":3599,"access_token":"eyJ"}`}
	server := httptest.NewServer(rec)
	defer server.Close()
	for _, test := range []struct {
		name     string
		make     func() (*Credential, error)
		request  policy.TokenRequestOptions
		wantURI  string
		wantForm url.Values
	}{
		{
			"client secret",
			func() (*Credential, error) {
				return NewClientSecretCredential(server.URL, "contoso.onmicrosoft.com", "app", secret, nil)
			},
			tokenRequest,
			"/contoso.onmicrosoft.com/oauth2/v2.0/token",
			url.Values{
				"grant_type": {"client_credentials"}, "client_id": {"app"}, "client_secret": {secret},
				"scope": {"https://api.partnercenter.microsoft.com/.default"},
			},
		},
		{
			"password",
			func() (*Credential, error) {
				return NewPasswordCredential(server.URL+"/", "organizations", "app", "admin@contoso.example", "pass word", nil)
			},
			tokenRequest,
			"/organizations/oauth2/v2.0/token",
			url.Values{
				"grant_type": {"password"}, "client_id": {"app"}, "username": {"admin@contoso.example"}, "password": {"pass word"},
				"scope": {"https://api.partnercenter.microsoft.com/.default"},
			},
		},
		{
			"password in a confidential client, another tenant, claims",
			func() (*Credential, error) {
				return NewPasswordCredential(server.URL, "t", "app", "u", "p", &PasswordCredentialOptions{ClientSecret: secret})
			},
			policy.TokenRequestOptions{Scopes: []string{"a", "b"}, TenantID: "other/../tenant", Claims: `{"access_token":{}}`},
			"/other%2F..%2Ftenant/oauth2/v2.0/token",
			url.Values{
				"grant_type": {"password"}, "client_id": {"app"}, "client_secret": {secret}, "username": {"u"}, "password": {"p"},
				"scope": {"a b"}, "claims": {`{"access_token":{}}`},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			rec.requests = nil
			cred, err := test.make()
			if err != nil {
				t.Fatal(err)
			}
			before := time.Now()
			token, err := cred.GetToken(t.Context(), test.request)
			if err != nil {
				t.Fatal(err)
			}
			if life := token.ExpiresOn.Sub(before).Round(time.Minute); token.Token != "eyJ" || life != time.Hour {
				t.Errorf("got token %q for %v, want eyJ for an hour", token.Token, life)
			}
			sent := rec.only(t)
			form, err := url.ParseQuery(sent.body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.wantForm, form); diff != "" {
				t.Errorf("form (-want +got):\n%s", diff)
			}
			if got, want := sent.method+" "+sent.uri, "POST "+test.wantURI; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got, want := sent.header.Get("Content-Type"), "application/x-www-form-urlencoded"; got != want {
				t.Errorf("got Content-Type %s, want %s", got, want)
			}
			if got := sent.header.Get("Authorization"); got != "" {
				t.Errorf("got Authorization %s, want none", got)
			}
		})
	}
}

func TestNewCredentialErrors(t *testing.T) {
	const authority = "https://login.example"
	secretOf := func(authority, tenant, clientID, secret string) func() (*Credential, error) {
		return func() (*Credential, error) {
			return NewClientSecretCredential(authority, tenant, clientID, secret, nil)
		}
	}
	passwordOf := func(authority, username, password string) func() (*Credential, error) {
		return func() (*Credential, error) {
			return NewPasswordCredential(authority, "t", "c", username, password, nil)
		}
	}
	for _, test := range []struct {
		name string
		make func() (*Credential, error)
		want string
	}{
		{"tenant", secretOf(authority, "", "c", "s"), "the tenant is empty"},
		{"dots", secretOf(authority, "..", "c", "s"), `the tenant is ".."`},
		{"client", secretOf(authority, "t", "", "s"), "the client id is empty"},
		{"secret", secretOf(authority, "t", "c", ""), "the client secret is empty"},
		{"user", passwordOf(authority, "", "p"), "the username is empty"},
		{"password", passwordOf(authority, "u", ""), "the password is empty"},
		{
			"http to the network", passwordOf("http://login.example", "u", "p"),
			"authority: http://login.example would send credentials in clear text: plain http is for loopback hosts",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := test.make(); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestTokenIsKept(t *testing.T) {
	for _, test := range []struct {
		name, expiresIn string
		asks            []time.Duration // when a token is asked for
		want            []int           // which one it is
	}{
		{"an hour", "3600", []time.Duration{0, 54 * time.Minute, 56 * time.Minute, 57 * time.Minute}, []int{1, 1, 2, 2}},
		{"an hour, as v1 says it", `"3600"`, []time.Duration{0, 54 * time.Minute, 56 * time.Minute}, []int{1, 1, 2}},
		{"a minute", "60", []time.Duration{0, 29 * time.Second, 31 * time.Second}, []int{1, 1, 2}},
		{"for ever", "9223372036854775807", []time.Duration{0, 24 * time.Hour, 40 * 24 * time.Hour}, []int{1, 1, 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				cred := mustSecretCredential(t, transporter(func(req *http.Request) (*http.Response, error) {
					asked++
					return response(req, 200, nil, fmt.Sprintf(`{"access_token":"%d","expires_in":%s}`, asked, test.expiresIn)), nil
				}))
				start := time.Now()
				var got []int
				for _, at := range test.asks {
					time.Sleep(time.Until(start.Add(at)))
					token, err := cred.GetToken(t.Context(), tokenRequest)
					if err != nil {
						t.Fatal(err)
					}
					if !token.ExpiresOn.After(time.Now()) {
						t.Errorf("after %v: got an expired token", at)
					}
					var number int
					fmt.Sscan(token.Token, &number)
					got = append(got, number)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("tokens (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestTokensAreKeptApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		cred := mustSecretCredential(t, transporter(func(req *http.Request) (*http.Response, error) {
			asked++
			return response(req, 200, nil, fmt.Sprintf(`{"access_token":"%d","expires_in":3600}`, asked)), nil
		}))
		for _, test := range []struct {
			name    string
			request policy.TokenRequestOptions
			want    string
		}{
			{"first", policy.TokenRequestOptions{Scopes: []string{"a"}}, "1"},
			{"again", policy.TokenRequestOptions{Scopes: []string{"a"}}, "1"},
			{"CAE", policy.TokenRequestOptions{Scopes: []string{"a"}, EnableCAE: true}, "1"},
			{"other scope", policy.TokenRequestOptions{Scopes: []string{"b"}}, "2"},
			{"other tenant", policy.TokenRequestOptions{Scopes: []string{"a"}, TenantID: "t"}, "3"},
			{"claims", policy.TokenRequestOptions{Scopes: []string{"a"}, Claims: "{}"}, "4"},
			{"after claims", policy.TokenRequestOptions{Scopes: []string{"a"}}, "4"},
			{"other scope again", policy.TokenRequestOptions{Scopes: []string{"b"}}, "2"},
		} {
			token, err := cred.GetToken(t.Context(), test.request)
			if token.Token != test.want || err != nil {
				t.Errorf("%s: got %s, %v; want %s", test.name, token.Token, err, test.want)
			}
		}
		time.Sleep(2 * time.Hour)
		if _, err := cred.GetToken(t.Context(), tokenRequest); err != nil {
			t.Fatal(err)
		}
		if len(cred.tokens) != 1 {
			t.Errorf("got %d tokens kept, want the one that has not expired", len(cred.tokens))
		}
		if _, err := cred.GetToken(t.Context(), policy.TokenRequestOptions{}); err == nil {
			t.Error("got a token without a scope")
		}
	})
}

func TestOneRequestForAll(t *testing.T) {
	const callers = 50
	var asked atomic.Int32
	var calling sync.WaitGroup // the answer waits until all are on their way
	calling.Add(callers)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		calling.Wait()
		fmt.Fprint(w, `{"access_token":"eyJ","expires_in":3600}`)
	}))
	defer server.Close()
	cred, err := NewClientSecretCredential(server.URL, "t", "c", secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			calling.Done()
			if token, err := cred.GetToken(t.Context(), tokenRequest); token.Token != "eyJ" || err != nil {
				t.Errorf("got %+v, %v", token, err)
			}
		})
	}
	wg.Wait()
	if asked.Load() != 1 {
		t.Errorf("got %d requests, want 1", asked.Load())
	}
}

// TestWaitersHaveTheirOwnContext says that who gives up harms nobody else.
func TestWaitersHaveTheirOwnContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		cred := mustSecretCredential(t, transporter(func(req *http.Request) (*http.Response, error) {
			if asked++; asked == 1 {
				<-req.Context().Done() // the first is never answered
				return nil, req.Context().Err()
			}
			return response(req, 200, nil, `{"access_token":"eyJ","expires_in":3600}`), nil
		}))
		first, cancel := context.WithCancel(t.Context())
		impatient, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()

		var wg sync.WaitGroup
		ask := func(ctx context.Context, wantToken string, wantErr error) {
			wg.Go(func() {
				token, err := cred.GetToken(ctx, tokenRequest)
				if token.Token != wantToken || !errors.Is(err, wantErr) {
					t.Errorf("got %q, %v; want %q, %v", token.Token, err, wantToken, wantErr)
				}
			})
			synctest.Wait()
		}
		ask(first, "", context.Canceled)
		ask(impatient, "", context.DeadlineExceeded)
		ask(t.Context(), "eyJ", nil)
		time.Sleep(2 * time.Second)
		cancel()
		wg.Wait()
		if asked != 2 {
			t.Errorf("got %d requests, want 2", asked)
		}
	})
}

func TestTokenIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		cred := mustSecretCredential(t, transporter(func(req *http.Request) (*http.Response, error) {
			switch asked++; asked {
			case 1:
				return nil, errors.New("connection refused") // the server is starting
			case 2:
				return response(req, 503, nil, ""), nil
			}
			return response(req, 200, nil, "\ufeff"+`{"access_token":"eyJ","expires_in":3600}`), nil
		}))
		if token, err := cred.GetToken(t.Context(), tokenRequest); token.Token != "eyJ" || err != nil {
			t.Errorf("got %+v, %v", token, err)
		}
	})
}

func TestTokenAnswersWithoutToken(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"empty", "", "answer of the token endpoint: the body is empty"},
		{"HTML", "<html>", "answer of the token endpoint: invalid character '<' looking for beginning of value"},
		{"no token", `{"expires_in":3600}`, "answer of the token endpoint: no access_token, or no expires_in"},
		{"no life", `{"access_token":"eyJ"}`, "answer of the token endpoint: no access_token, or no expires_in"},
		{"negative life", `{"access_token":"eyJ","expires_in":-1}`, "answer of the token endpoint: no access_token, or no expires_in"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cred := mustSecretCredential(t, transporter(func(req *http.Request) (*http.Response, error) {
				return response(req, 200, nil, test.body), nil
			}))
			if _, err := cred.GetToken(t.Context(), tokenRequest); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestAuthenticationError(t *testing.T) {
	quoted, _ := json.Marshal(secret)
	for _, test := range []struct {
		name, body string
		status     int
		want       AuthenticationError
		wantText   string
	}{
		{
			"wrong secret",
			`{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.","error_codes":[7000215],` +
				`"timestamp":"2026-01-05 09:00:00Z","trace_id":"t","correlation_id":"c",` +
				`"error_uri":"https://login.microsoftonline.com/error?code=7000215"}`,
			401,
			AuthenticationError{
				Code: "invalid_client", Description: "AADSTS7000215: Invalid client secret provided.", Codes: []int{7000215},
				Timestamp: "2026-01-05 09:00:00Z", TraceID: "t", CorrelationID: "c",
				ErrorURI: "https://login.microsoftonline.com/error?code=7000215",
			},
			"no token (status 401, invalid_client): AADSTS7000215: Invalid client secret provided.",
		},
		{
			"second factor",
			`{"error":"invalid_grant","error_description":"AADSTS50076: d","error_codes":[50076],"suberror":"basic_action","claims":"{}"}`,
			400,
			AuthenticationError{
				Code: "invalid_grant", Suberror: "basic_action", Description: "AADSTS50076: d", Codes: []int{50076}, Claims: "{}",
			},
			"no token (status 400, invalid_grant, basic_action): AADSTS50076: d",
		},
		{
			"codes in text", `{"error":"invalid_grant","error_codes":["50076"],"error_description":"d"}`, 400,
			AuthenticationError{Code: "invalid_grant", Codes: []int{0}, Description: "d"}, "no token (status 400, invalid_grant): d",
		},
		{
			"no JSON", "<html>no such page</html>", 404,
			AuthenticationError{Description: "<html>no such page</html>"},
			"no token (status 404, no OAuth error): <html>no such page</html>",
		},
		{"empty", "", 400, AuthenticationError{Description: "Bad Request"}, "no token (status 400, no OAuth error): Bad Request"},
		{
			"echo", `{"error":"e","error_description":` + string(quoted) + `}`, 400,
			AuthenticationError{Code: "e", Description: "REDACTED"}, "no token (status 400, e): REDACTED",
		},
		{
			"echo of the form", "client_secret=" + url.QueryEscape(secret) + "&x=y", 400,
			AuthenticationError{Description: "client_secret=REDACTED&x=y"},
			"no token (status 400, no OAuth error): client_secret=REDACTED&x=y",
		},
		{
			"echo at the end of the excerpt", strings.Repeat("x", excerptLimit-4) + secret, 400,
			AuthenticationError{Description: strings.Repeat("x", excerptLimit-4) + "REDA…"},
			"no token (status 400, no OAuth error): " + strings.Repeat("x", excerptLimit-4) + "REDA…",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			cred := mustSecretCredential(t, transporter(func(req *http.Request) (*http.Response, error) {
				return response(req, test.status, nil, test.body), nil
			}))
			_, err := cred.GetToken(t.Context(), tokenRequest)
			got, ok := errors.AsType[*AuthenticationError](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			test.want.Status = test.status
			if diff := cmp.Diff(&test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Error() != test.wantText {
				t.Errorf("got text %s, want %s", got, test.wantText)
			}
		})
	}
}

func TestCleaner(t *testing.T) {
	for _, test := range []struct {
		name, text string
		secrets    []string
		want       string
	}{
		{"none", "a", []string{"", ""}, "a"},
		{"one in the other", "abcdef abc", []string{"abc", "abcdef"}, "REDACTED REDACTED"},
		{"JSON", `{"a":"x\"y"}`, []string{`x"y`}, `{"a":"REDACTED"}`},
		{"HTML", "<p>a&lt;b</p>", []string{"a<b"}, "<p>REDACTED</p>"},
		{"form", "a=b+c%26d&e=f", []string{"b c&d"}, "a=REDACTED&e=f"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := cleaner(test.secrets...).Replace(test.text); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestClientTellsWhyThereIsNoToken goes through the whole client: the error arrives, after one request.
func TestClientTellsWhyThereIsNoToken(t *testing.T) {
	rec := &recorder{status: 401, body: `{"error":"invalid_client","error_description":"d","error_codes":[7000215]}`}
	server := httptest.NewServer(rec)
	defer server.Close()
	cred, err := NewClientSecretCredential(server.URL, "t", "c", secret, nil)
	if err != nil {
		t.Fatal(err)
	}
	opts := &ClientOptions{}
	opts.Cloud = Cloud(server.URL)
	client, err := NewClient(cred, opts)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Customers.Get(t.Context(), "1", nil)
	if refused, ok := errors.AsType[*AuthenticationError](err); !ok || refused.Codes[0] != 7000215 {
		t.Errorf("got %v, want AADSTS7000215", err)
	}
	if got, want := rec.only(t).uri, "/t/oauth2/v2.0/token"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestSecretsStayInside looks for the secret where programs print things.
func TestSecretsStayInside(t *testing.T) {
	var log strings.Builder
	azlog.SetListener(func(_ azlog.Event, text string) { log.WriteString(text) })
	defer azlog.SetListener(nil)

	opts := &PasswordCredentialOptions{ClientSecret: "s3cr3t"}
	opts.Logging.IncludeBody = true
	opts.Logging.AllowedHeaders = []string{"Authorization"}
	opts.Transport = transporter(func(req *http.Request) (*http.Response, error) {
		return response(req, 200, http.Header{"Content-Type": {"application/json"}}, `{"access_token":"eyJtoken","expires_in":3600}`), nil
	})
	cred, err := NewPasswordCredential("https://login.example", "t", "c", "u", "hunter2", opts)
	if err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprintf("%v %+v %#v", cred, cred, *cred)
	if _, err := cred.GetToken(t.Context(), tokenRequest); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"s3cr3t", "hunter2", "eyJtoken"} {
		if strings.Contains(log.String(), word) {
			t.Errorf("the log holds %s:\n%s", word, log.String())
		}
		if strings.Contains(printed, word) {
			t.Errorf("the printed credential holds %s:\n%s", word, printed)
		}
	}
	if log.Len() == 0 {
		t.Error("nothing was logged")
	}
}

// TestAzidentity is the way of a Tenantry with https: azidentity's credential and the same options for both.
func TestAzidentity(t *testing.T) {
	var server *httptest.Server
	mux := http.NewServeMux()
	mux.HandleFunc("GET /t/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":"%[1]s/t/v2.0","token_endpoint":"%[1]s/t/oauth2/v2.0/token",`+
			`"authorization_endpoint":"%[1]s/t/oauth2/v2.0/authorize"}`, server.URL)
	})
	mux.HandleFunc("POST /t/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		if got, want := strings.Fields(r.FormValue("scope"))[0], publicAudience+"/.default"; got != want {
			t.Errorf("got scope %s, want %s", got, want)
		}
		fmt.Fprint(w, `{"token_type":"Bearer","access_token":"eyJ","expires_in":3600}`)
	})
	mux.HandleFunc("GET /v1/customers/1", func(w http.ResponseWriter, r *http.Request) {
		if got, want := r.Header.Get("Authorization"), "Bearer eyJ"; got != want {
			t.Errorf("got Authorization %s, want %s", got, want)
		}
		fmt.Fprint(w, `{"id":"1"}`)
	})
	server = httptest.NewTLSServer(mux)
	defer server.Close()

	shared := azcore.ClientOptions{Cloud: Cloud(server.URL), Transport: server.Client()}
	cred, err := azidentity.NewClientSecretCredential("t", "app", secret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: shared, DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	client, err := NewClient(cred, &ClientOptions{ClientOptions: shared})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := client.Customers.Get(t.Context(), "1", nil); err != nil || got.ID != "1" {
		t.Errorf("got %+v, %v", got, err)
	}
}
