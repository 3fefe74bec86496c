package partnercenter

import (
	"encoding/json"
	"testing"
)

// TestDomainWords reads the words of a domain in the ways that clients write them.
func TestDomainWords(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`{"authenticationType":"Federated","capability":"SharePointPublic","status":"PendingDeletion","verificationMethod":"DnsRecord"}`,
			`{"authenticationType":"federated","capability":"share_point_public","status":"pending_deletion","verificationMethod":"dns_record"}`},
		{`{"authenticationType":0,"capability":9,"status":1,"verificationMethod":2}`,
			`{"authenticationType":"managed","capability":"intune","status":"verified","verificationMethod":"email"}`},
		{`{"authenticationType":"MANAGED","capability":"office_communications_online","status":null,"verificationMethod":"none"}`,
			`{"authenticationType":"managed","capability":"office_communications_online","verificationMethod":"none"}`},
		{`{"authenticationType":7,"capability":-1,"status":"Doubtful"}`, `{"authenticationType":"7","capability":"-1","status":"Doubtful"}`},
	} {
		var domain Domain
		if err := json.Unmarshal([]byte(test.text), &domain); err != nil {
			t.Errorf("%s: %v", test.text, err)
		}
		if got, err := json.Marshal(&domain); err != nil || string(got) != test.want {
			t.Errorf("%s: got %s, %v, want %s", test.text, got, err, test.want)
		}
	}
	var settings DomainFederationSettings
	text := `{"preferredAuthenticationProtocol":"Samlp","promptLoginBehavior":"TranslateToFreshPasswordAuth","signingCertificateUpdateStatus":"succeeded"}`
	want := `{"preferredAuthenticationProtocol":"samlp","promptLoginBehavior":"translate_to_fresh_password_auth","signingCertificateUpdateStatus":{"result":"succeeded"}}`
	if err := json.Unmarshal([]byte(text), &settings); err != nil {
		t.Error(err)
	}
	if got, err := json.Marshal(&settings); err != nil || string(got) != want {
		t.Errorf("settings: got %s, %v, want %s", got, err, want)
	}
	if err := json.Unmarshal([]byte(`{"status":{}}`), &Domain{}); err == nil {
		t.Error("an object was taken for a word")
	}
}
