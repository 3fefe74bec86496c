package api

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// The headers as the service spells them; net/http would write Ms-Requestid.
const (
	headerRequestID     = "MS-RequestId"
	headerCorrelationID = "MS-CorrelationId"
	headerCV            = "MS-CV"
	headerServerID      = "MS-ServerId"
)

// Headers of requests as net/http keeps them; to look for them in any other spelling takes longer.
var (
	sentRequestID     = http.CanonicalHeaderKey(headerRequestID)
	sentCorrelationID = http.CanonicalHeaderKey(headerCorrelationID)
	sentClient        = http.CanonicalHeaderKey("MS-PartnerCenter-Client")
)

// prepared gives every answer the headers that all answers of the service have.
// Partner Center docs: headers; MS-CV and MS-ServerId as in the recordings.
func (h *Handler) prepared(next web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		header := w.Header()
		values := [4]string{strings.TrimSpace(sent(r, sentRequestID)), strings.TrimSpace(sent(r, sentCorrelationID))}
		malformed := ""
		if h.StrictHeaders {
			malformed = notGUID(values[0], values[1])
		}
		for i, name := range [...]string{headerRequestID, headerCorrelationID} {
			if values[i] == "" {
				values[i] = h.IDs.New().String()
			}
			header[name] = values[i : i+1 : i+1]
		}
		values[2], values[3] = h.correlationVector(), h.ServerID
		header[headerCV], header[headerServerID] = values[2:3:3], values[3:]
		if malformed != "" {
			return partnercenter.ErrMalformedHeader.With("The header " + malformed + " must be a GUID, for example " + h.IDs.New().String() + ".")
		}
		return next(w, r)
	}
}

// sent is the first value of the request's header, whose name is canonical.
func sent(r *http.Request, name string) string {
	if values := r.Header[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// notGUID is the name of the header whose value is none, if there is one.
func notGUID(requestID, correlationID string) string {
	if _, err := csp.ParseID(requestID); err != nil {
		return headerRequestID
	}
	if _, err := csp.ParseID(correlationID); err != nil {
		return headerCorrelationID
	}
	return ""
}

// correlationVector is 16 base64 characters and the count of the first hop.
func (h *Handler) correlationVector() string {
	var bits [12]byte
	if _, err := io.ReadFull(h.Rand, bits[:]); err != nil {
		panic(fmt.Sprintf("api: no randomness: %v", err))
	}
	return string(append(base64.StdEncoding.AppendEncode(make([]byte, 0, 18), bits[:]), ".0"...))
}

func requestID(w http.ResponseWriter) string     { return w.Header()[headerRequestID][0] }
func correlationID(w http.ResponseWriter) string { return w.Header()[headerCorrelationID][0] }

// BOM says when JSON starts with a byte order mark.
//
// The real service puts one before every 2xx body of /v1 (five recordings, dozens of documented samples). Old PowerShell
// modules cut off the first character unseen and fail without it; Go, Python and others fail with it.
type BOM string

// The choices.
const (
	BOMAuto   BOM = "auto" // for clients of the service's own family
	BOMAlways BOM = "always"
	BOMNever  BOM = "never"
)

const byteOrderMark = "\ufeff"

func (b BOM) prefix(r *http.Request) string {
	switch {
	case b == BOMAlways,
		b == BOMAuto && (sent(r, sentClient) != "" || strings.Contains(r.UserAgent(), "WindowsPowerShell")):
		return byteOrderMark
	default:
		return ""
	}
}

// write answers a request of /v1 with JSON.
func (h *Handler) write(w http.ResponseWriter, r *http.Request, status int, value any) error {
	return web.Write(w, status, h.BOM.prefix(r), value)
}

// empty answers without a body, and so without a content type.
func empty(w http.ResponseWriter, status int) {
	w.Header()["Content-Length"] = []string{"0"}
	w.WriteHeader(status)
}
