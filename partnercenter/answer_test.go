package partnercenter

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/google/go-cmp/cmp"
)

// TestCatalogueComesBack sends every row of the catalogue to every method that may meet it.
func TestCatalogueComesBack(t *testing.T) {
	areas := map[string]string{
		"AgreementsService.List":            AreaAgreements,
		"CustomersService.Create":           AreaCustomers,
		"CustomersService.Get":              AreaCustomers,
		"CountryValidationRulesService.Get": AreaMarkets,
		"ProfilesService.Organization":      AreaProfiles,
		"ProfilesService.MPN":               AreaProfiles,
		"RelationshipsService.List":         AreaRelationships,
		"CustomersService.Relationships":    AreaRelationships,
		"UsersService.Create":               AreaUsers,
		"ValidationsService.Address":        AreaValidations,
		"WebhooksService.Registration":      AreaWebhooks,
	}
	met := map[*Fault]bool{}
	for method, area := range areas {
		for _, row := range Faults() {
			if row.Area != "" && row.Area != area {
				continue
			}
			met[row] = true
			body, err := json.Marshal(row.With("Said otherwise.", "companyProfile.domain"))
			if err != nil {
				t.Fatal(err)
			}
			rec := &recorder{status: row.Status, body: string(body)}
			err = operations[method](t.Context(), mustClient(t, rec, nil))
			if !errors.Is(err, row) {
				t.Errorf("%s: got %v, want %v", method, err, row)
			}
			fault, ok := errors.AsType[*Fault](err)
			if !ok {
				t.Errorf("%s: got %T, want a Fault", method, err)
				continue
			}
			sent := rec.only(t)
			want := &Fault{
				Status: row.Status, Code: row.Code, Area: area, Source: row.Source, ErrorName: row.ErrorName,
				Description: "Said otherwise.", Data: []string{"companyProfile.domain"},
				RequestID: sent.header.Get("MS-RequestId"), CorrelationID: sent.header.Get("MS-CorrelationId"),
			}
			if diff := cmp.Diff(want, fault); diff != "" {
				t.Errorf("%s (-want +got):\n%s", method, diff)
			}
		}
	}
	for _, row := range Faults() {
		if !met[row] {
			t.Errorf("no method meets %v of area %q", row, row.Area)
		}
	}
}

// TestOtherRowsStayApart says that a code of one area is not taken for another's.
func TestOtherRowsStayApart(t *testing.T) {
	rec := &recorder{status: 404, body: `{"code":1000,"description":"d","data":[],"source":"s"}`}
	_, err := mustClient(t, rec, nil).Customers.Get(t.Context(), "1", nil)
	if errors.Is(err, ErrNoCountryRules) || !errors.Is(err, ErrRouteNotFound) {
		t.Errorf("got %v, want only ErrRouteNotFound", err)
	}
}

func TestFaultIsAResponseError(t *testing.T) {
	rec := &recorder{
		status: 409,
		header: http.Header{"Ms-Requestid": {"r"}, "Ms-Correlationid": {"c"}},
		body:   `{"code":27002,"description":"taken","data":[],"source":"PartnerFD"}`,
	}
	_, err := mustClient(t, rec, nil).Customers.Create(t.Context(), &Customer{}, nil)
	if !errors.Is(err, ErrDomainTaken) {
		t.Fatalf("got %v, want %v", err, ErrDomainTaken)
	}
	if got, want := err.Error(), "taken (status 409, code 27002)"; got != want {
		t.Errorf("got text %q, want %q", got, want)
	}
	response, ok := errors.AsType[*azcore.ResponseError](err)
	if !ok || response.StatusCode != 409 || response.ErrorCode != "27002" || response.RawResponse == nil {
		t.Errorf("got response error %+v, want 409 and 27002", response)
	}
	fault, ok := errors.AsType[*Fault](err)
	if !ok || fault.RequestID != "r" || fault.CorrelationID != "c" {
		t.Errorf("got fault %+v, want the ids of the answer", fault)
	}
	text, err := json.Marshal(err)
	if want := rec.body; string(text) != want || err != nil {
		t.Errorf("got JSON %s, %v; want %s", text, err, want)
	}
}

func TestFaultForms(t *testing.T) {
	long := "x" + strings.Repeat("é", excerptLimit) // the limit is inside a letter
	for _, test := range []struct {
		name, body string
		status     int
		want       Fault
	}{
		{"general", `{"code":2000,"description":"d","data":["a","b"],"source":"PartnerFD"}`, 400,
			Fault{Code: 2000, Description: "d", Data: []string{"a", "b"}, Source: "PartnerFD"}},
		{"byte order mark", "\ufeff" + `{"code":2000,"description":"d","data":[],"source":"s"}`, 400,
			Fault{Code: 2000, Description: "d", Source: "s"}},
		{"code in text", `{"code":"2000","description":"d"}`, 400, Fault{Code: 2000, Description: "d"}},
		{"code in words", `{"code":"BadInput","description":"d","data":null}`, 400,
			Fault{Description: "d", Data: []string{"code:  BadInput"}}},
		{"names in Pascal case", `{"Code":2000,"Description":"d","Data":["a"],"Source":"s"}`, 400,
			Fault{Code: 2000, Description: "d", Data: []string{"a"}, Source: "s"}},
		{"data of other types", `{"code":1,"description":"d","data":[1,{"a":"b"},null,"c"]}`, 400,
			Fault{Code: 1, Description: "d", Data: []string{"1", `{"a":"b"}`, "c"}}},
		{"data no array", `{"code":1,"description":"d","data":{"a":"b"}}`, 400,
			Fault{Code: 1, Description: "d", Data: []string{`{"a":"b"}`}}},
		{"description no text", `{"code":7,"description":{"a":"b"}}`, 400, Fault{Code: 7, Description: "Bad Request"}},
		{"newer services", `{"code":600061,"message":"m","description":"m","errorName":"InvalidRequest","isRetryable":false,` +
			`"parameters":{"a":"b"},"errorMessageExtended":"InternalErrorCode=600061"}`, 400,
			Fault{Code: 600061, Description: "m", Data: []string{"InternalErrorCode=600061"}, ErrorName: "InvalidRequest"}},
		{"newer services, message alone", `{"code":600061,"message":"m"}`, 400, Fault{Code: 600061, Description: "m"}},
		{"gateway", `{"statusCode":429,"message":"Rate limit is exceeded. Try again in 7 seconds."}`, 429,
			Fault{Description: "Rate limit is exceeded. Try again in 7 seconds."}},
		{"IIS", `{"Message":"An error has occurred."}`, 500, Fault{Description: "An error has occurred."}},
		{"address", `{"code":2007,"description":"{\"code\":\"60071\"}","data":[],"source":"PartnerFD"}`, 400,
			Fault{Code: 2007, Description: `{"code":"60071"}`, Source: "PartnerFD"}},
		{"HTML", "<html>Bad Gateway</html>\r\n", 502, Fault{Description: "<html>Bad Gateway</html>"}},
		{"JSON of another kind", `{"a":1}`, 500, Fault{Description: `{"a":1}`}},
		{"JSON text", `"no"`, 500, Fault{Description: `"no"`}},
		{"JSON list", `[1]`, 500, Fault{Description: `[1]`}},
		{"no UTF-8", "\xff\xfe", 500, Fault{Description: "\ufffd"}},
		{"long", long, 500, Fault{Description: long[:excerptLimit-1] + "…"}},
		{"empty", "", 503, Fault{Description: "Service Unavailable"}},
		{"empty, unknown status", "", 599, Fault{Description: "HTTP status 599"}},
		{"redirect", "", 302, Fault{Description: "Found"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rec := &recorder{status: test.status, body: test.body, header: http.Header{
				"Ms-Requestid": {"r"}, "Ms-Correlationid": {"c"}, "Location": {"/elsewhere"},
			}}
			_, err := mustClient(t, rec, nil).Customers.Get(t.Context(), "1", nil)
			got, _ := errors.AsType[*Fault](err)
			want := test.want
			want.Status, want.Area, want.RequestID, want.CorrelationID = test.status, AreaCustomers, "r", "c"
			if want.Data == nil {
				want.Data = []string{}
			}
			if diff := cmp.Diff(&want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnswersThatAreNoCustomer(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"empty", "", "answer to POST /v1/customers (201 Created): the body is empty"},
		{"only a byte order mark", "\ufeff", "answer to POST /v1/customers (201 Created): the body is empty"},
		{"cut", `{"id":`, "answer to POST /v1/customers (201 Created): unexpected end of JSON input"},
		{"more after it", `{} {}`, "answer to POST /v1/customers (201 Created): invalid character '{' after top-level value"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rec := &recorder{status: 201, body: test.body}
			got, err := mustClient(t, rec, nil).Customers.Create(t.Context(), &Customer{}, nil)
			if got != nil || err == nil || err.Error() != test.want {
				t.Errorf("got %+v, %v; want error %s", got, err, test.want)
			}
		})
	}
}

func TestDomainExists(t *testing.T) {
	for _, test := range []struct {
		status int
		want   bool
		fault  *Fault
	}{
		{200, true, nil},
		{204, true, nil},
		{404, false, nil},
		{401, false, &Fault{Status: 401, Description: "Unauthorized"}},
		{403, false, &Fault{Status: 403, Description: "Forbidden"}},
		{500, false, &Fault{Status: 500, Description: "Internal Server Error"}},
	} {
		t.Run(fmt.Sprint(test.status), func(t *testing.T) {
			rec := &recorder{status: test.status}
			got, err := mustClient(t, rec, nil).Domains.Exists(t.Context(), "kestrel.onmicrosoft.com", nil)
			fault, _ := errors.AsType[*Fault](err)
			if got != test.want || (err != nil) != (test.fault != nil) || fault != nil && fault.Error() != test.fault.Error() {
				t.Errorf("got %v, %v; want %v, %v", got, err, test.want, test.fault)
			}
			if got, want := rec.only(t).uri, "/v1/domains/kestrel.onmicrosoft.com"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func FuzzFault(f *testing.F) {
	f.Add(`{"code":2000,"description":"d","data":["a"],"source":"s"}`)
	f.Add(`{"code":"x","message":1,"data":{"a":[]},"errorMessageExtended":"e"}`)
	f.Add(`{"statusCode":429,"message":"m"}`)
	f.Add("\ufeff<html>")
	f.Fuzz(func(t *testing.T, body string) {
		resp := response(nil, 400, nil, body)
		fault, ok := errors.AsType[*Fault](newRefusal(resp, AreaCustomers))
		if !ok || fault.Data == nil || fault.Description == "" || !utf8.ValidString(fault.Description) {
			t.Errorf("got %+v", fault)
		}
	})
}
