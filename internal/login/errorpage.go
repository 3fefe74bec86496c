package login

import (
	"net/http"
	"strconv"
	"strings"
)

// explanation is what the error_uri of a refusal leads to: the rows of the catalogue with its code.
type explanation struct {
	Code   int         `json:"code"`
	Errors []explained `json:"errors"`
}

type explained struct {
	Status int    `json:"status"`
	Error  string `json:"error"`
	Text   string `json:"text"`
}

// errorShown is a refusal as a browser gets it. The words of the catalogue are English, whatever the page's language.
func (h *Handler) errorShown(w http.ResponseWriter, r *http.Request, refusal *Error, body *errorBody) error {
	v := h.visit(w, r)
	p := &page{visit: v, Name: "error", Status: refusal.Status, Title: v.T("error.title")}
	p.Data = struct {
		*errorBody
		Text string
	}{body, refusal.Error()}
	return p.show()
}

func (h *Handler) errorPage(w http.ResponseWriter, r *http.Request) error {
	asked := r.URL.Query().Get("code")
	page := &explanation{}
	for _, e := range catalogue {
		if e.Code != 0 && strconv.Itoa(e.Code) == asked {
			page.Code = e.Code
			page.Errors = append(page.Errors, explained{e.Status, e.Kind, strings.ReplaceAll(e.Error(), "%s", "…")})
		}
	}
	if page.Code == 0 {
		return ErrNoEndpoint.With(r.URL.RequestURI())
	}
	return h.answer(w, r, http.StatusOK, page)
}
