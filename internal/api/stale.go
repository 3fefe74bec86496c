package api

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// mayBeStale reports whether what the operation answers may come from a copy of the store, if its caller says so: reads of customers,
// with all that is theirs, and of what was recorded of them.
func (r route) mayBeStale() bool {
	return r.method == http.MethodGet &&
		(strings.HasPrefix(r.pattern, "/v1/customers") || strings.HasSuffix(r.pattern, "/auditrecords"))
}

// behind is the handler that reads from the copy; nil if there is none.
func (h *Handler) behind() *Handler {
	if h.Replica == nil {
		return nil
	}
	behind, customers, users := *h, *h.Customers, *h.Users
	behind.Store, customers.Store, users.Store = h.Replica, h.Replica, h.Replica
	behind.Customers, behind.Users = &customers, &users
	return &behind
}

// stale lets the route ask the copy first where the caller accepts that. Who calls was found out without the copy; whatever it has no
// answer to, or refuses, is asked of the store itself, so that nobody is refused for what is not so any more.
func (r route) stale(behind *Handler) route {
	fresh := r.handle
	r.handle = func(h *Handler, w http.ResponseWriter, request *http.Request, caller *csp.Caller) error {
		most, ok := maxStale(request.Header["Cache-Control"])
		if !ok {
			return fresh(h, w, request, caller)
		}
		staleness := &csp.Staleness{Most: most}
		aged := &agedWriter{ResponseWriter: w, staleness: staleness}
		err := fresh(behind, aged, request.WithContext(csp.WithStaleness(request.Context(), staleness)), caller)
		if err != nil && !aged.begun {
			return fresh(h, w, request, caller)
		}
		return err
	}
	return r
}

// maxStale is how old the answer may be that the request accepts, by the directives of Cache-Control. RFC 9111, section 5.2.1: max-stale
// without a number accepts any age, no-cache none. What cannot be read is no directive; of several the strictest counts.
func maxStale(values []string) (most time.Duration, ok bool) {
	most = math.MaxInt64
	for _, value := range values {
		for directive := range strings.SplitSeq(value, ",") {
			name, argument, limited := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(name) {
			case "no-cache", "no-store":
				return 0, false
			case "max-stale":
				seconds, err := strconv.ParseUint(strings.Trim(argument, `"`), 10, 31)
				if limited && err != nil {
					continue
				}
				if limited {
					most = min(most, time.Duration(seconds)*time.Second)
				}
				ok = true
			}
		}
	}
	return most, ok
}

// agedWriter says how old an answer is, at most, that was read from the copy. RFC 9111, section 5.1.
type agedWriter struct {
	http.ResponseWriter
	staleness *csp.Staleness
	begun     bool
}

// WriteHeader implements [http.ResponseWriter].
func (w *agedWriter) WriteHeader(status int) {
	w.begun = true
	if age, ok := w.staleness.Age(); ok {
		seconds := int64((age + time.Second - 1) / time.Second)
		w.Header()["Age"] = []string{strconv.FormatInt(seconds, 10)}
	}
	w.ResponseWriter.WriteHeader(status)
}
