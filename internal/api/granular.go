package api

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// granularPath is where granular delegated admin lies, which is Microsoft Graph's: its clients come with tokens for Graph, to /v1.0,
// and read refusals in Graph's shape.
const granularPath = "/v1/tenantRelationships/delegatedAdminRelationships"

// granularRoutes is the table of what is Microsoft Graph's, not Partner Center's: other documents, words and shapes. Applications that
// speak for themselves need one of its permissions.
var granularRoutes = []route{
	{"GET", granularPath, appOrUser, (*Handler).listGranular},
	{"POST", granularPath, appOrUser, (*Handler).createGranular},
	{"GET", granularPath + "/{relationship}", appOrUser, (*Handler).getGranular},
	{"PATCH", granularPath + "/{relationship}", appOrUser, (*Handler).patchGranular},
	{"DELETE", granularPath + "/{relationship}", appOrUser, (*Handler).deleteGranular},
	{"GET", granularPath + "/{relationship}/requests", appOrUser, (*Handler).listGranularRequests},
	{"POST", granularPath + "/{relationship}/requests", appOrUser, (*Handler).createGranularRequest},
	{"GET", granularPath + "/{relationship}/requests/{request}", appOrUser, (*Handler).getGranularRequest},
	{"GET", granularPath + "/{relationship}/accessAssignments", appOrUser, (*Handler).listGranularAssignments},
	{"POST", granularPath + "/{relationship}/accessAssignments", appOrUser, (*Handler).createGranularAssignment},
	{"GET", granularPath + "/{relationship}/accessAssignments/{assignment}", appOrUser, (*Handler).getGranularAssignment},
	{"PATCH", granularPath + "/{relationship}/accessAssignments/{assignment}", appOrUser, (*Handler).patchGranularAssignment},
	{"DELETE", granularPath + "/{relationship}/accessAssignments/{assignment}", appOrUser, (*Handler).deleteGranularAssignment},
}

// isGranular reports whether the request is for it.
func isGranular(r *http.Request) bool {
	return len(r.URL.Path) >= len(granularPath) && strings.EqualFold(r.URL.Path[:len(granularPath)], granularPath)
}

func (h *Handler) granular() *csp.GranularRelationships {
	return &csp.GranularRelationships{Store: h.Store, IDs: h.IDs, Now: h.Now}
}

// graphList is a list as Graph answers it.
type graphList[T any] struct {
	Context string `json:"@odata.context"`
	Value   []T    `json:"value"`
}

// graphContext is the address of the description of what is answered.
const graphContext = "https://graph.microsoft.com/v1.0/tenantRelationships/$metadata#"

// relationship is a relationship as it is answered by itself.
func (h *Handler) relationship(r *http.Request, found *csp.GranularRelationship) (*partnercenter.DelegatedAdminRelationship, error) {
	account := found.Account(h.Now())
	account.ODataType, account.ODataContext = "#microsoft.graph.delegatedAdminRelationship", graphContext+"delegatedAdminRelationships/$entity"
	return account, h.addApproval(r, account)
}

// addApproval says where the customer approves the relationship.
func (h *Handler) addApproval(r *http.Request, account *partnercenter.DelegatedAdminRelationship) error {
	if account.Status != partnercenter.DelegatedAdminApprovalPending {
		return nil
	}
	origin, err := h.Origin.Of(r)
	if err != nil {
		return partnercenter.ErrMalformedHeader.With("The header Host must be a host and port: the link to the approval begins with it.")
	}
	account.ApprovalURL = origin + csp.GranularPath + account.ID
	return nil
}

// filterForm is a condition of $filter that is understood.
var filterForm = regexp.MustCompile(`(?i)^\s*(status|customer/tenantId)\s+eq\s+'([^']*)'\s*$`)

// granularFilter is what $filter asks for.
func granularFilter(text string) (status partnercenter.DelegatedAdminStatus, customer csp.ID, err error) {
	if strings.TrimSpace(text) == "" {
		return "", customer, nil
	}
	refused := partnercenter.ErrMalformedQuery.With("The $filter '" + shown(text) + "' cannot be followed; use status eq 'active', customer/tenantId eq '7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61', or both with and between them.")
	for condition := range strings.SplitSeq(text, " and ") {
		match := filterForm.FindStringSubmatch(condition)
		switch {
		case match == nil:
			return "", customer, refused
		case strings.EqualFold(match[1], "status"):
			status = partnercenter.DelegatedAdminStatus(match[2])
		default:
			if customer, err = csp.ParseID(match[2]); err != nil {
				return "", customer, refused
			}
		}
	}
	return status, customer, nil
}

// listGranular is the partner's relationships. Microsoft Graph docs: tenantrelationship-list-delegatedadminrelationships.
func (h *Handler) listGranular(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	status, customer, err := granularFilter(queryOf(r)["$filter"])
	if err != nil {
		return err
	}
	found, err := h.granular().List(r.Context(), caller, customer)
	if err != nil {
		return err
	}
	list := &graphList[*partnercenter.DelegatedAdminRelationship]{Context: graphContext + "delegatedAdminRelationships", Value: []*partnercenter.DelegatedAdminRelationship{}}
	for _, relationship := range found {
		account := relationship.Account(h.Now())
		if status != "" && !strings.EqualFold(string(status), string(account.Status)) {
			continue
		}
		if err := h.addApproval(r, account); err != nil {
			return err
		}
		list.Value = append(list.Value, account)
	}
	return h.write(w, r, http.StatusOK, list)
}

// createGranular makes a relationship. Microsoft Graph docs: tenantrelationship-post-delegatedadminrelationships.
func (h *Handler) createGranular(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.DelegatedAdminRelationship
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	made, err := h.granular().Create(r.Context(), caller, &request, call)
	if err != nil {
		return err
	}
	return h.answerGranular(w, r, http.StatusCreated, made)
}

func (h *Handler) answerGranular(w http.ResponseWriter, r *http.Request, status int, found *csp.GranularRelationship) error {
	account, err := h.relationship(r, found)
	if err != nil {
		return err
	}
	w.Header()["ETag"] = []string{account.ETag}
	if status == http.StatusCreated {
		if err := h.located(w, r, "/"+found.ID); err != nil {
			return err
		}
	}
	return h.write(w, r, status, account)
}

// located says where lies what was made, below the relationships.
func (h *Handler) located(w http.ResponseWriter, r *http.Request, below string) error {
	origin, err := h.Origin.Of(r)
	if err != nil {
		return partnercenter.ErrMalformedHeader.With("The header Host must be a host and port: the location of what is made begins with it.")
	}
	w.Header()["Location"] = []string{origin + strings.Replace(granularPath, "/v1/", "/v1.0/", 1) + below}
	return nil
}

// getGranular reads a relationship. Microsoft Graph docs: delegatedadminrelationship-get.
func (h *Handler) getGranular(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	found, err := h.granular().Get(r.Context(), caller, r.PathValue("relationship"))
	if err != nil {
		return err
	}
	return h.answerGranular(w, r, http.StatusOK, found)
}

// weakMatch is the etag of If-Match without its dress.
func weakMatch(r *http.Request) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(r.Header.Get("If-Match")), "W/"), `"`)
}

// patchGranular changes a relationship. Microsoft Graph docs: delegatedadminrelationship-update.
func (h *Handler) patchGranular(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.DelegatedAdminRelationship
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	changed, err := h.granular().Update(r.Context(), caller, r.PathValue("relationship"), weakMatch(r), &request, call)
	if err != nil {
		return err
	}
	return h.answerGranular(w, r, http.StatusOK, changed)
}

// deleteGranular removes a relationship. Microsoft Graph docs: delegatedadminrelationship-delete.
func (h *Handler) deleteGranular(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	if err := h.granular().Delete(r.Context(), caller, r.PathValue("relationship"), weakMatch(r), h.call(w, r, caller, nil)); err != nil {
		return err
	}
	empty(w, http.StatusNoContent)
	return nil
}

// graphFault is a refusal in Graph's shape.
type graphFault struct {
	Error struct {
		Code       string `json:"code"`
		Message    string `json:"message"`
		InnerError struct {
			Date            string `json:"date"`
			RequestID       string `json:"request-id"`
			ClientRequestID string `json:"client-request-id"`
		} `json:"innerError"`
	} `json:"error"`
}

// graphCodes are Graph's words for statuses. Microsoft Graph docs: errors.
var graphCodes = map[int]string{
	http.StatusUnauthorized: "InvalidAuthenticationToken", http.StatusForbidden: "Authorization_RequestDenied", http.StatusNotFound: "Request_ResourceNotFound",
	http.StatusConflict: "Request_MultipleObjectsWithSameKeyValue", http.StatusPreconditionFailed: "preconditionFailed",
	http.StatusTooManyRequests: "TooManyRequests", http.StatusMethodNotAllowed: "Request_BadRequest", http.StatusInternalServerError: "InternalServerError",
	http.StatusServiceUnavailable: "ServiceUnavailable",
}

func (h *Handler) graphFaultOf(w http.ResponseWriter, fault *partnercenter.Fault) *graphFault {
	answer := &graphFault{}
	answer.Error.Code = graphCodes[fault.Status]
	if answer.Error.Code == "" {
		answer.Error.Code = "Request_BadRequest"
	}
	answer.Error.Message = fault.Description
	answer.Error.InnerError.Date = h.Now().UTC().Format("2006-01-02T15:04:05")
	answer.Error.InnerError.RequestID, answer.Error.InnerError.ClientRequestID = requestID(w), correlationID(w)
	return answer
}
