package partnercenter

import (
	"fmt"
	"slices"
)

// MaxDescription is the most characters that the description of a fault has. Partner Center docs: error-codes.
const MaxDescription = 1024

// Fault is the answer to a request that was refused: the JSON body, and a Go error.
// Two faults are the same to errors.Is if status, code and area are, whatever their words.
// Partner Center docs: error-codes; the code is a number in every captured answer.
type Fault struct {
	Code        int      `json:"code"`
	Description string   `json:"description"`
	Data        []string `json:"data"` // never null: .NET and Java enumerate it
	Source      string   `json:"source"`

	// ErrorName is what a newer service of the API calls the fault, whose answers have a form of their own: with the name, and
	// without data and source. Partner Center docs: confirm-customer-consent-customer-agreement.
	ErrorName string `json:"errorName,omitzero"`

	Status int `json:"-"` // the HTTP status

	// Area is the part of the API whose meaning of the code this is; codes are used again across routes.
	// A fault that any route may answer has none.
	Area string `json:"-"`

	// RequestID and CorrelationID are those of the refused request, on the client's side.
	RequestID     string `json:"-"`
	CorrelationID string `json:"-"`
}

// Error names the status, the code and the words, and each entry of the data.
func (f *Fault) Error() string {
	text := fmt.Sprintf("%s (status %d, code %d)", f.Description, f.Status, f.Code)
	for _, entry := range f.Data {
		text += "\n  " + entry
	}
	return text
}

// Is reports whether target is a fault of the same row of the catalogue.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && f.Status == other.Status && f.Code == other.Code &&
		(f.Area == other.Area || f.Area == "" || other.Area == "")
}

// With is the same fault with these words and this data.
func (f *Fault) With(description string, data ...string) *Fault {
	said := *f
	if description != "" {
		said.Description = description
	}
	said.Data = append(slices.Clone(f.Data), data...)
	if said.Data == nil {
		said.Data = []string{}
	}
	return &said
}

// Withf is With for words that are put together.
func (f *Fault) Withf(format string, args ...any) *Fault {
	return f.With(fmt.Sprintf(format, args...))
}
