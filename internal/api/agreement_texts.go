package api

import (
	"bytes"
	_ "embed"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

// AgreementTexts is what the links to the texts of agreements lead to: pages beside the surface, for browsers, that stand in
// for the texts. A link says by itself what it leads to, and is proved by the root key, so that nothing is kept of it.
type AgreementTexts struct {
	Root   token.Root
	Now    func() time.Time
	Logger *slog.Logger
}

// The paths that links begin with.
const (
	agreementView = "/_tenantry/agreements/view/"
	agreementGet  = "/_tenantry/agreements/get/"
)

// AgreementTextPatterns are the paths of the pages.
var AgreementTextPatterns = []string{agreementView + "{link}", agreementGet + "{link}"}

// linkLife is how long a link leads somewhere. Partner Center docs: download-customer-agreement-template.
const linkLife = 5 * time.Minute

// linkPurpose stands where a continuation token has its partner.
var linkPurpose = [16]byte([]byte("agreement's link"))

// textLink is what a link says.
type textLink struct {
	Template string `json:"t"`
	Language string `json:"l"`
	Country  string `json:"c"`
	Expires  int64  `json:"e"` // in seconds of Unix
	ID       string `json:"i"` // each call makes a link of its own
}

// link is the last segment of a link's path.
func (a *AgreementTexts) link(text *csp.AgreementText, id csp.ID) string {
	said, err := json.Marshal(&textLink{
		Template: text.Template.TemplateID,
		Language: text.Language,
		Country:  text.Country,
		Expires:  a.Now().Add(linkLife).Unix(),
		ID:       id.String(),
	})
	if err != nil {
		panic("api: " + err.Error()) // texts and a number
	}
	return a.Root.Prove(linkPurpose, said)
}

// read is what the link says, if it was made here.
func (a *AgreementTexts) read(link string) (said textLink, ok bool) {
	text, ok := a.Root.Proved(linkPurpose, link)
	if !ok {
		return said, false
	}
	return said, json.Unmarshal(text, &said) == nil
}

// Mount puts the pages on a mux. They ask for no token: to have the link is enough, as with the service's.
func (a *AgreementTexts) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET "+AgreementTextPatterns[0], func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, false) })
	mux.HandleFunc("GET "+AgreementTextPatterns[1], func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, true) })
}

// serve answers 404 for a link that was not made here, and 410 for one whose time is over.
func (a *AgreementTexts) serve(w http.ResponseWriter, r *http.Request, download bool) {
	header := w.Header()
	header["Cache-Control"] = []string{"no-store"}
	header["Content-Security-Policy"] = []string{"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
	header["X-Content-Type-Options"] = []string{"nosniff"}
	header["Referrer-Policy"] = []string{"no-referrer"}
	said, ok := a.read(r.PathValue("link"))
	if !ok {
		http.Error(w, "There is no such link to an agreement.", http.StatusNotFound)
		return
	}
	if a.Now().Unix() >= said.Expires {
		http.Error(w, "The link was good for five minutes, which are over. Ask GET /v1/agreementtemplates/"+said.Template+"/document for a new one.", http.StatusGone)
		return
	}
	text, err := csp.NewAgreementText(said.Template, said.Language, said.Country)
	if err != nil {
		http.Error(w, "The agreement of the link is no more.", http.StatusGone)
		return
	}
	var page bytes.Buffer
	if err := agreementPage.Execute(&page, text); err != nil {
		a.Logger.ErrorContext(r.Context(), "agreement not shown", "err", err)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	header["Content-Type"] = []string{"text/html; charset=utf-8"}
	header["Content-Length"] = []string{strconv.Itoa(page.Len())}
	if download {
		header["Content-Disposition"] = []string{`attachment; filename="` + string(text.Template.AgreementType) + "-" + text.Country + "-" + text.Language + `.html"`}
	}
	_, _ = page.WriteTo(w) // the client has gone; nobody is left to tell
}

//go:embed agreement.html
var agreementHTML string

var agreementPage = template.Must(template.New("agreement").Parse(agreementHTML))
