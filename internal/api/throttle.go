package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// What a call costs of a bucket. The service throttles writes sooner than reads, and does not say by how much.
// Partner Center docs: api-throttling-guidance.
const (
	readCost  = 1
	writeCost = 5
)

// ofPartner is a customer as one partner calls for it. Another partner's calls for the same customer are not counted with it.
type ofPartner struct{ partner, customer csp.ID }

// throttled counts the call against its partner, and against the customer that its path names, if any. It answers 429 if
// either has had too many, and then says how long to wait for both.
// Partner Center docs: api-throttling-guidance, throttling per partner tenant and per partner and customer tenant.
func (h *Handler) throttled(w http.ResponseWriter, r *http.Request, partner csp.ID) error {
	cost := writeCost
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		cost = readCost
	}
	wait, ok := h.partnerCalls.Take(partner, cost)
	if customer, err := csp.ParseID(r.PathValue("customer")); err == nil {
		waitCustomer, okCustomer := h.customerCalls.Take(ofPartner{partner, customer}, cost)
		wait, ok = max(wait, waitCustomer), ok && okCustomer
	}
	if ok {
		return nil
	}
	return tooMany(w, wait)
}

// tooMany refuses a call that has to wait so long.
func tooMany(w http.ResponseWriter, wait time.Duration) error {
	seconds := int((wait + time.Second - 1) / time.Second) // never 0: a refused call has to wait
	w.Header()["Retry-After"] = []string{strconv.Itoa(seconds)}
	return partnercenter.ErrThrottled.Withf("Rate limit is exceeded. Try again in %d seconds.", seconds)
}

// gatewayFault is a fault as the gateway before the service writes it: the body of a 429.
// Partner Center docs: api-throttling-guidance.
type gatewayFault struct {
	StatusCode int    `json:"statusCode"`
	Message    string `json:"message"`
}
