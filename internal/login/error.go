package login

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/internal/web"
)

// Error is a refusal: a row of the catalogue, and a Go error. Two are the same to errors.Is if they are of one row,
// whatever their words name.
type Error struct {
	Code     int    // the number behind AADSTS; 0 where the real service has none
	Status   int    // the HTTP status
	Kind     string // the OAuth error
	KindV1   string // the OAuth error of the v1 endpoints, where that differs
	Suberror string // v2 only
	Text     string // with verbs for what With names

	row *Error
}

// Error is the text as the caller reads it, without the ids.
func (e *Error) Error() string {
	if e.Code == 0 {
		return e.Text
	}
	return fmt.Sprintf("AADSTS%d: %s", e.Code, e.Text)
}

// Is reports whether target is of the same row.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && e.row == other.row
}

// With is the error with the things that its text names. They are mostly what the caller sent, so they are cut to a
// length, and what cannot be printed is replaced.
func (e *Error) With(names ...string) *Error {
	said := *e
	args := make([]any, len(names))
	for i, name := range names {
		args[i] = printable(name)
	}
	said.Text = fmt.Sprintf(e.Text, args...)
	return &said
}

const maxNamed = 128

func printable(text string) string {
	if len(text) > maxNamed {
		text = text[:maxNamed] + "…"
	}
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return unicode.ReplacementChar
		}
		return c
	}, text) // Map also replaces what is not UTF-8
}

// errorBody is a refusal on the wire, in the real service's order.
type errorBody struct {
	Error         string `json:"error"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Timestamp     string `json:"timestamp"`
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
	URI           string `json:"error_uri,omitzero"`
	Suberror      string `json:"suberror,omitzero"`
}

// WriteError is the one place that answers with an error. What is no refusal is logged, and not told.
func (h *Handler) WriteError(w http.ResponseWriter, r *http.Request, err error) {
	refusal := (*Error)(nil)
	trace := h.IDs.New()
	switch {
	case errors.As(err, &refusal):
		h.log().InfoContext(r.Context(), "refused", "code", refusal.Code, "trace", trace)
	case errors.Is(err, csp.ErrOverloaded), errors.Is(err, token.ErrBusy), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		refusal = ErrTransient // and no line in the log for each of a flood
	case errors.Is(err, csp.ErrUnavailable):
		h.log().ErrorContext(r.Context(), "request failed", "trace", trace, "err", err)
		refusal = ErrTransient
	default:
		h.log().ErrorContext(r.Context(), "request failed", "trace", trace, "err", err)
		refusal = ErrUnexpected
	}
	body := h.errorBody(r, refusal, trace, h.mark(w, r, trace))
	if refusal.Status == http.StatusServiceUnavailable {
		web.ComeBack(w)
	}
	if pagePatterns[r.Pattern] {
		err := h.errorShown(w, r, refusal, body)
		if err == nil {
			return
		}
		h.log().ErrorContext(r.Context(), "refusal not shown", "trace", trace, "err", err)
	}
	if err := web.Write(w, refusal.Status, "", body); err != nil {
		h.log().ErrorContext(r.Context(), "refusal not written", "trace", trace, "err", err)
	}
}

func (h *Handler) errorBody(r *http.Request, e *Error, trace, correlation csp.ID) *errorBody {
	body := &errorBody{
		Error:         e.Kind,
		Description:   e.Error(),
		Codes:         []int{},
		Timestamp:     h.now().UTC().Format("2006-01-02 15:04:05Z"),
		TraceID:       trace.String(),
		CorrelationID: correlation.String(),
		Suberror:      e.Suberror,
	}
	if e.Code != 0 {
		body.Codes = append(body.Codes, e.Code)
		if origin, err := h.origin(r); err == nil {
			body.URI = fmt.Sprintf("%s/error?code=%d", origin, e.Code)
		}
	}
	separator := " "
	if !isV2(r) {
		separator, body.Suberror = "\r\n", ""
		if e.KindV1 != "" {
			body.Error = e.KindV1
		}
		if e.row == ErrPasswordWrong {
			// Seen in the test data of spring-social-partnercenter, and in MSAL.NET's notes on ADAL.
			body.Description = "AADSTS70002: Error validating credentials. " + body.Description
			body.Codes = append([]int{70002}, body.Codes...)
		}
	}
	body.Description = strings.Join([]string{
		body.Description, "Trace ID: " + body.TraceID, "Correlation ID: " + body.CorrelationID, "Timestamp: " + body.Timestamp,
	}, separator)
	return body
}

// isV2 reports whether the request is to one of the v2 endpoints.
func isV2(r *http.Request) bool { return strings.Contains(r.URL.Path, "/v2.0/") }
