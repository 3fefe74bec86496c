package partnercenter

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestValidateAddressOnTheWire(t *testing.T) {
	rec := &recorder{status: http.StatusOK, body: `{"originalAddress":{"country":"US","city":"Seattle"},"suggestedAddresses":[{"country":"US","city":"Redmond"}],` +
		`"status":"InteractionRequired","validationMessage":"Address field invalid for property: 'City'."}`}
	got, err := mustClient(t, rec, nil).Validations.Address(t.Context(), &Address{Country: "US", City: "Seattle"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &AddressValidationResponse{
		OriginalAddress:    &Address{Country: "US", City: "Seattle"},
		SuggestedAddresses: []*Address{{Country: "US", City: "Redmond"}},
		Status:             AddressInteractionRequired,
		ValidationMessage:  "Address field invalid for property: 'City'.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
	if got, want := rec.only(t).body, `{"country":"US","city":"Seattle"}`; got != want {
		t.Errorf("request: got %s, want %s", got, want)
	}
}

func TestAddressStatusVerified(t *testing.T) {
	for status, want := range map[AddressStatus]bool{
		AddressVerifiedShippable: true, AddressVerified: true, AddressInteractionRequired: false, AddressStreetPartial: false,
		AddressPremisesPartial: false, AddressMultiple: false, AddressNone: false, AddressNotValidated: false, "": false,
	} {
		if got := status.Verified(); got != want {
			t.Errorf("%s: got %t, want %t", status, got, want)
		}
	}
}

func TestPrefixAvailable(t *testing.T) {
	for _, test := range []struct {
		name, body string
		status     int
		want, fail bool
	}{
		{"free", "true", 200, true, false},
		{"taken", "false", 200, false, false},
		{"byte order mark", "\ufefftrue", 200, true, false},
		{"no boolean", "{}", 200, false, true},
		{"refused", "", 403, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			rec := &recorder{status: test.status, body: test.body}
			got, err := mustClient(t, rec, nil).Domains.PrefixAvailable(t.Context(), "kestrel", nil)
			if got != test.want || (err != nil) != test.fail {
				t.Errorf("got %t, %v, want %t and an error: %t", got, err, test.want, test.fail)
			}
		})
	}
}
