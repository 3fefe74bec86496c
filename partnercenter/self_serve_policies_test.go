package partnercenter

import "testing"

// TestIfMatch looks at the header that an etag becomes.
func TestIfMatch(t *testing.T) {
	for _, test := range []struct{ name, etag, want string }{
		{"none", "", ""},
		{"any", "*", "*"},
		{"a billing profile's", "-311850923347718204", `"-311850923347718204"`},
		{"a policy's, which has its own quotes", `"b7e91c04-55d2-4a8f-9e60-13c2f7a8d5b4"`, `"b7e91c04-55d2-4a8f-9e60-13c2f7a8d5b4"`},
	} {
		rec := &recorder{status: 200, body: "{}"}
		opts := &UpdateSelfServePolicyOptions{IfMatch: test.etag}
		if _, err := mustClient(t, rec, nil).SelfServePolicies.Update(t.Context(), "policy-id", &SelfServePolicy{}, opts); err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if got := rec.only(t).header.Get("If-Match"); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}
