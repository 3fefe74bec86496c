package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"testing"
)

func TestRequest(t *testing.T) {
	s := &server{addr: "127.0.0.1:4321", token: "abc.def.ghi"}
	for i := range 3 {
		id := customerID{}
		putGUID(id[:], rand.NewPCG(uint64(i), 0))
		s.ids = append(s.ids, id)
		s.first = append(s.first, page{path: pathByName("abc")})
		s.deep = append(s.deep, page{path: pathOfNext, token: "the-token"})
	}
	for _, tt := range []struct {
		operation  operation
		wantMethod string
		wantPath   string
	}{
		{create, "POST", `^/v1/customers$`},
		{get, "GET", `^/v1/customers/[0-9a-f-]{36}$`},
		{firstPage, "GET", `^/v1/customers$`},
		{deepPage, "GET", `^/v1/customers$`},
	} {
		t.Run(tt.operation.name, func(t *testing.T) {
			random := rand.NewPCG(1, 2)
			request := tt.operation.request(s)
			seen := make(map[string]bool)
			for range 1000 {
				r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request.next(random))))
				if err != nil {
					t.Fatal(err)
				}
				if r.Method != tt.wantMethod || !regexp.MustCompile(tt.wantPath).MatchString(r.URL.Path) {
					t.Fatalf("got %s %s, want %s %s", r.Method, r.URL.Path, tt.wantMethod, tt.wantPath)
				}
				if got, want := r.Host, s.addr; got != want {
					t.Fatalf("host: got %q, want %q", got, want)
				}
				if got, want := r.Header.Get("Authorization"), "Bearer "+s.token; got != want {
					t.Fatalf("authorization: got %q, want %q", got, want)
				}
				guid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
				for _, name := range []string{"MS-RequestId", "MS-CorrelationId"} {
					id := r.Header.Get(name)
					if !guid.MatchString(id) {
						t.Fatalf("%s: got %q, want a GUID", name, id)
					}
					if seen[id] {
						t.Fatalf("%s: %q came twice", name, id)
					}
					seen[id] = true
				}
				// ReadRequest stops the body at Content-Length: a wrong one cuts it or leaves something over.
				if _, err := io.Copy(io.Discard, r.Body); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestPageRequest(t *testing.T) {
	s := &server{addr: "127.0.0.1:4321", token: "abc.def.ghi"}
	for _, test := range []struct {
		name              string
		page              page
		wantQuery, wantAt string
	}{
		{"first", page{path: pathByName("kes")}, `size=25&filter={"Field":"CompanyName","Value":"kes","Operator":"starts_with"}`, ""},
		{"deep", page{pathOfNext, "one.two"}, "size=25&seekOperation=Next", "one.two"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := newPageRequest(s, []page{test.page}).next(rand.NewPCG(1, 2))
			r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
			if err != nil {
				t.Fatal(err)
			}
			if query, err := url.QueryUnescape(r.URL.RawQuery); err != nil || query != test.wantQuery {
				t.Errorf("got the query %s, %v; want %s", query, err, test.wantQuery)
			}
			if got := r.Header.Get("MS-ContinuationToken"); got != test.wantAt {
				t.Errorf("got the token %q, want %q", got, test.wantAt)
			}
		})
	}
}

func TestTokenRequest(t *testing.T) {
	s := &server{addr: "127.0.0.1:4321", app: application{"t", "a", "s~1+2"}}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(newTokenRequest(s).next(nil))))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ParseForm(); err != nil {
		t.Fatal(err)
	}
	if r.Method != "POST" || r.URL.Path != "/t/oauth2/token" || r.PostForm.Get("client_secret") != "s~1+2" || r.PostForm.Get("grant_type") != "client_credentials" {
		t.Errorf("got %s %s %v", r.Method, r.URL, r.PostForm)
	}
}

func TestCreateBody(t *testing.T) {
	var (
		random  = rand.NewPCG(1, 2)
		request = newCreateRequest(&server{addr: "127.0.0.1:4321"})
		domains = make(map[string]bool)
		names   = make(map[string]bool)
		domain  = regexp.MustCompile(`^[a-z0-9]{1,27}\.onmicrosoft\.com$`)
		name    = regexp.MustCompile(`^[A-Z][a-z]+ [A-Z][a-z]+$`)
	)
	for range 1000 {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request.next(random))))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		var body struct {
			CompanyProfile struct{ Domain string }
			BillingProfile struct{ CompanyName string }
		}
		if err := json.Unmarshal(text, &body); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if got := body.CompanyProfile.Domain; !domain.MatchString(got) || domains[got] {
			t.Fatalf("domain: got %q, want a valid one that has not come yet", got)
		}
		if got := body.BillingProfile.CompanyName; !name.MatchString(got) || names[got] {
			t.Fatalf("name: got %q, want two words that have not come yet", got)
		}
		domains[body.CompanyProfile.Domain] = true
		names[body.BillingProfile.CompanyName] = true
	}
}
