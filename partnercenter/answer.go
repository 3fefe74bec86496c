package partnercenter

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// decode reads the JSON of an answer into v. The real service puts a byte order mark before it.
func decode(resp *http.Response, v any) error {
	body, err := payload(resp)
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return errors.New("the body is empty")
	}
	return json.Unmarshal(body, v)
}

// payload is the body of an answer without byte order mark; the answer keeps it.
func payload(resp *http.Response) ([]byte, error) {
	body, err := runtime.Payload(resp)
	return bytes.TrimPrefix(body, []byte("\ufeff")), err
}

// refusal is a fault with the response that brought it. The two are kept apart so that a Fault is a plain value on
// both ends; errors.As finds either.
type refusal struct {
	*Fault
	response error // an *azcore.ResponseError
}

func (r *refusal) Unwrap() []error { return []error{r.Fault, r.response} }

// newRefusal makes an error of an answer that is no success. What cannot be read as a fault is still one: it has the
// status, and the text that came.
func newRefusal(resp *http.Response, area string) error {
	body, err := payload(resp)
	if err != nil {
		return err
	}
	fault, ok := parseFault(body)
	if !ok {
		fault = &Fault{Description: excerpt(string(body)), Data: []string{}}
	}
	if fault.Description == "" {
		fault.Description = statusText(resp.StatusCode)
	}
	fault.Status, fault.Area = resp.StatusCode, area
	fault.RequestID = answeredID(resp, headerRequestID)
	fault.CorrelationID = answeredID(resp, headerCorrelationID)

	code := ""
	if fault.Code != 0 {
		code = strconv.Itoa(fault.Code)
	}
	return &refusal{Fault: fault, response: runtime.NewResponseErrorWithErrorCode(resp, code)}
}

// anyFault is what the forms of faults have in common: the general one; that of newer services, with a message, an
// errorName and an errorMessageExtended; and that of the gateway, {"statusCode", "message"}.
// Partner Center docs: error-codes, confirm-customer-consent-customer-agreement, api-throttling-guidance.
type anyFault struct {
	Code                 json.RawMessage `json:"code"` // number, or text that is one
	Description          string          `json:"description"`
	Data                 json.RawMessage `json:"data"`
	Source               string          `json:"source"`
	ErrorName            string          `json:"errorName"`
	Message              string          `json:"message"`
	ErrorMessageExtended string          `json:"errorMessageExtended"`
}

// parseFault reads a fault of any form, and reports whether it is one.
func parseFault(body []byte) (*Fault, bool) {
	var from anyFault
	if err := json.Unmarshal(body, &from); err != nil && !errors.As(err, new(*json.UnmarshalTypeError)) {
		return nil, false
	}
	fault := &Fault{Description: from.Description, Data: entries(from.Data), Source: from.Source, ErrorName: from.ErrorName}
	if fault.Description == "" {
		fault.Description = from.Message
	}
	word := textOf(from.Code)
	number, err := strconv.Atoi(word)
	fault.Code = number
	if err != nil && word != "" {
		fault.Data = append(fault.Data, "code:  "+word)
	}
	if from.ErrorMessageExtended != "" {
		fault.Data = append(fault.Data, from.ErrorMessageExtended)
	}
	return fault, word != "" || fault.Description != "" || len(fault.Data) > 0
}

// entries are the entries of a fault's data, which may hold anything and need not be an array.
func entries(data json.RawMessage) []string {
	found := []string{}
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		list = []json.RawMessage{data}
	}
	for _, entry := range list {
		if text := textOf(entry); text != "" {
			found = append(found, text)
		}
	}
	return found
}

// textOf is a JSON value as text: a string without its quotes, null as none, anything else as it stands.
func textOf(value json.RawMessage) string {
	var text *string
	if err := json.Unmarshal(value, &text); err != nil {
		return string(value)
	}
	if text == nil {
		return ""
	}
	return *text
}

// answeredID is an id as the answer has it, or as the request had it where something before the service answered.
func answeredID(resp *http.Response, name string) string {
	if id := resp.Header.Get(name); id != "" || resp.Request == nil {
		return id
	}
	return resp.Request.Header.Get(name)
}

// excerptLimit is how long the service's own descriptions may be.
const excerptLimit = 1024

// excerpt is the beginning of a text that somebody will read.
func excerpt(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\ufffd"))
	if len(text) <= excerptLimit {
		return text
	}
	end := excerptLimit
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// statusText says a status that came without words.
func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "HTTP status " + strconv.Itoa(status)
}
