package api

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

// TestAgreementTexts follows a link, changed and unchanged, at several times.
func TestAgreementTexts(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	texts, other := newTexts(t), newTexts(t)
	text, err := csp.NewAgreementText("117a77b0-9360-443b-8795-c6dedc750cf9", "fr-FR", "CA")
	if err != nil {
		t.Fatal(err)
	}
	texts.Now, other.Now = func() time.Time { return now }, func() time.Time { return now }
	ids := &csp.IDs{}
	link := texts.link(text, ids.New())
	if again := texts.link(text, ids.New()); again == link {
		t.Errorf("two calls made the link %s", link)
	}
	partner := csp.MustParseID("11111111-1111-4111-8111-111111111111")
	continuation := (&Handler{Root: texts.Root}).continuation(&csp.Caller{Partner: &csp.Partner{ID: partner}}, csp.CustomerQuery{}, &csp.Page{})
	const view, get = agreementView, agreementGet
	for _, test := range []struct {
		name, path string
		after      time.Duration
		status     int
		attachment string
		holds      string
	}{
		{"view", view + link, 0, 200, "", "<dd>CA</dd>\n<dt>Language</dt>\n<dd>fr-FR</dd>"},
		{"download", get + link, 0, 200, `attachment; filename="MicrosoftCustomerAgreement-CA-fr-FR.html"`, "stand-in"},
		{"at the last second", view + link, 5*time.Minute - time.Second, 200, "", "stand-in"},
		{"too late", view + link, 5 * time.Minute, 410, "", "/v1/agreementtemplates/117a77b0-9360-443b-8795-c6dedc750cf9/document"},
		{"download too late", get + link, time.Hour, 410, "", "a new one"},
		{"cut off", view + link[:len(link)-2], 0, 404, "", "no such link"},
		{"tag changed", view + "AAAA" + link[4:], 0, 404, "", "no such link"},
		{"nothing but a tag", view + link[:21] + "A", 0, 404, "", "no such link"},
		{"no base64", view + "%3Cb%3E", 0, 404, "", "no such link"},
		{"of another root key", view + other.link(text, ids.New()), 0, 404, "", "no such link"},
		{"a continuation token", view + continuation, 0, 404, "", "no such link"},
	} {
		t.Run(test.name, func(t *testing.T) {
			texts.Now = func() time.Time { return now.Add(test.after) }
			mux := http.NewServeMux()
			texts.Mount(mux)
			recorder := httptest.NewRecorder()
			mux.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, test.path, nil))
			if recorder.Code != test.status || !strings.Contains(recorder.Body.String(), test.holds) {
				t.Errorf("got %d with %s, want %d with %s", recorder.Code, recorder.Body, test.status, test.holds)
			}
			if got := recorder.Header().Get("Content-Disposition"); got != test.attachment {
				t.Errorf("Content-Disposition: got %q, want %q", got, test.attachment)
			}
			if got := recorder.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control: got %q, want no-store", got)
			}
		})
	}
}

// newTexts is the pages of a server with a root key of its own.
func newTexts(t *testing.T) *AgreementTexts {
	t.Helper()
	root, err := token.NewRoot(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &AgreementTexts{Root: root, Logger: slog.New(slog.DiscardHandler)}
}
