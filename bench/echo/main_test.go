package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHandler(t *testing.T) {
	handler, err := newHandler()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name       string
		method     string
		path       string
		body       string
		wantStatus int
		wantBody   string // its beginning
	}{
		{"create", "POST", "/v1/customers", `{"CompanyProfile":{"Domain":"a.onmicrosoft.com"}}`, 201, `{"id":"dfd8cc0a-c592-468c-8461-869a38d24738","commerceId":`},
		{"create from nonsense", "POST", "/v1/customers", `{"CompanyProfile":[]}`, 400, "json: "},
		{"get", "GET", "/v1/customers/dfd8cc0a-c592-468c-8461-869a38d24738", "", 200, `{"id":"dfd8cc0a-c592-468c-8461-869a38d24738","commerceId":`},
		{"anything else", "GET", "/v1/profiles", "", 404, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			r.Header.Set("MS-RequestId", "94e4e214-6b06-4fb7-96d1-94d559f9b47f")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != tt.wantStatus || !strings.HasPrefix(w.Body.String(), tt.wantBody) {
				t.Errorf("got %d %s, want %d %s…", w.Code, w.Body, tt.wantStatus, tt.wantBody)
			}
			if w.Code < 300 && w.Header().Get("MS-RequestId") != r.Header.Get("MS-RequestId") {
				t.Errorf("got request id %q, want the caller's", w.Header().Get("MS-RequestId"))
			}
		})
	}
}
