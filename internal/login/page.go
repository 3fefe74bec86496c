package login

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

// page is what a template shows.
type page struct {
	visit *visit

	Name     string // the template's file
	Status   int    // 0: 200
	Title    string
	Account  *account // who is signed in, if the page says so; its forms count for that account only
	Problems []problem
	Data     any

	// Beyond is where forms may lead beside this server: the answer to one may send the browser on.
	Beyond []string

	// Script is the hash of the only script that runs; empty: none does.
	Script string
}

// problem is what keeps a form from being taken.
type problem struct {
	Field string // its id; empty: no single one
	Text  string
}

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed pages/style.css
var stylesheet []byte

// stylesheetPath changes with the sheet, so that it can be kept for good.
var stylesheetPath = func() string {
	sum := sha256.Sum256(stylesheet)
	return "/pages/" + hex.EncodeToString(sum[:8]) + ".css"
}()

// templates are the pages by their names, each with the layout.
var templates = func() map[string]*template.Template {
	all := map[string]*template.Template{}
	entries, err := pageFiles.ReadDir("pages")
	if err != nil {
		panic("login: " + err.Error()) // embedded
	}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".html")
		if name != "layout" && name != "who" && name != "code" {
			all[name] = template.Must(template.ParseFS(pageFiles, "pages/layout.html", "pages/who.html", "pages/code.html", "pages/"+entry.Name()))
		}
	}
	return all
}()

// Language is that of the page.
func (p *page) Language() string { return p.visit.language }

// T is a text of the page's language.
func (p *page) T(key string, names ...any) string { return text(p.visit.language, key, names...) }

// Stylesheet is where the sheet lies.
func (p *page) Stylesheet() string { return stylesheetPath }

// Action is where the page's forms are sent: to the page itself.
func (p *page) Action() string { return p.visit.self() }

// Token is what a form has to bring with it.
func (p *page) Token() string { return p.visit.token(p.Account) }

// OtherAccount is the page for somebody else.
func (p *page) OtherAccount() string { return p.visit.link("login_hint", "", "prompt", "login") }

// Problem is that of the field, or nil.
func (p *page) Problem(field string) *problem {
	for i := range p.Problems {
		if p.Problems[i].Field == field {
			return &p.Problems[i]
		}
	}
	return nil
}

// show sends the page. Nothing in it is loaded from elsewhere, and nothing may frame it. The referrer stays here: addresses
// hold what clients sent.
func (p *page) show() error {
	var body bytes.Buffer
	if err := templates[p.Name].ExecuteTemplate(&body, "layout", p); err != nil {
		return err
	}
	scripts := ""
	if p.Script != "" {
		scripts = "; script-src '" + p.Script + "'"
	}
	header := p.visit.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	header.Set("Content-Language", p.visit.language)
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action "+
		strings.Join(append([]string{"'self'"}, p.Beyond...), " ")+scripts+"; base-uri 'none'; frame-ancestors 'none'")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "same-origin")
	if p.Status == 0 {
		p.Status = http.StatusOK
	}
	p.visit.w.WriteHeader(p.Status)
	_, _ = body.WriteTo(p.visit.w) // the visitor has gone; nobody is left to tell
	return nil
}

// styles is the stylesheet.
func (h *Handler) styles(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Path != stylesheetPath {
		return ErrNoEndpoint.With(r.URL.Path)
	}
	header := w.Header()
	header.Set("Content-Type", "text/css; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(stylesheet)))
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(stylesheet) // as above
	return nil
}
