package partnercenter

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAgreementTypes(t *testing.T) {
	for _, test := range []struct {
		text string
		want AgreementType
		fail bool
	}{
		{`"MicrosoftCustomerAgreement"`, MicrosoftCustomerAgreement, false},
		{`"microsoft_cloud_agreement"`, MicrosoftCloudAgreement, false},
		{`"microsoftCloudAgreement"`, MicrosoftCloudAgreement, false},
		{`1`, MicrosoftCustomerAgreement, false},
		{`7`, "7", false},
		{`"Other"`, "Other", false},
		{`null`, "", false},
		{`true`, "", true},
		{`{}`, "", true},
	} {
		var got AgreementType
		err := json.Unmarshal([]byte(test.text), &got)
		if got != test.want || (err != nil) != test.fail {
			t.Errorf("%s: got %q, %v, want %q", test.text, got, err, test.want)
		}
	}
}

func TestAgreementQueries(t *testing.T) {
	rec := &recorder{status: 200, body: "{}"}
	client := mustClient(t, rec, nil)
	if _, err := client.Agreements.List(t.Context(), &ListAgreementsOptions{Type: AllAgreements}); err != nil {
		t.Fatal(err)
	}
	if got, want := rec.only(t).uri, "/v1/agreements?agreementType=%2A"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	rec = &recorder{status: 200, body: `{"displayUri":"d","downloadUri":"l","language":"de-DE","country":"AT"}`}
	document, err := mustClient(t, rec, nil).Agreements.Document(t.Context(), "a/b", &AgreementDocumentOptions{Language: "de-DE", Country: "AT"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rec.only(t).uri, "/v1/agreementtemplates/a%2Fb/document?country=AT&language=de-DE"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if want := (&AgreementDocument{DisplayURI: "d", DownloadURI: "l", Language: "de-DE", Country: "AT"}); !cmp.Equal(document, want) {
		t.Errorf("got %+v, want %+v", document, want)
	}
}

func TestAgreementExists(t *testing.T) {
	rec := &recorder{status: 400, body: `{"code":600061,"message":"m","description":"m","errorName":"PartnerConfirmedAgreementAlreadyExists",` +
		`"isRetryable":false,"parameters":{},"errorMessageExtended":"InternalErrorCode=600061"}`}
	_, err := mustClient(t, rec, nil).Customers.ConfirmAgreement(t.Context(), "1", &Agreement{}, nil)
	if fault, ok := errors.AsType[*Fault](err); !errors.Is(err, ErrAgreementExists) || !ok || fault.ErrorName != ErrAgreementExists.ErrorName {
		t.Errorf("got %#v, want %v", err, ErrAgreementExists)
	}
}
