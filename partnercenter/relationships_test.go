package partnercenter

import (
	"encoding/json"
	"testing"
)

func TestPartnerRelationshipType(t *testing.T) {
	for _, test := range []struct {
		text string // JSON
		want PartnerRelationshipType
		fail bool
	}{
		{text: `"is_indirect_cloud_solution_provider_of"`, want: IsIndirectCloudSolutionProviderOf},
		{text: `"IsIndirectCloudSolutionProviderOf"`, want: IsIndirectCloudSolutionProviderOf},
		{text: `"isIndirectResellerOf"`, want: IsIndirectResellerOf},
		{text: `"ISINDIRECTRESELLEROF"`, want: IsIndirectResellerOf},
		{text: `"None"`, want: RelationshipTypeNone},
		{text: `0`, want: RelationshipTypeNone},
		{text: `1`, want: IsIndirectResellerOf},
		{text: `2`, want: IsIndirectCloudSolutionProviderOf},
		{text: `"2"`, want: IsIndirectCloudSolutionProviderOf},
		{text: `"is_something_newer"`, want: "is_something_newer"},
		{text: `""`, want: ""},
		{text: `3`, fail: true},
		{text: `-1`, fail: true},
		{text: `true`, fail: true},
	} {
		var got PartnerRelationshipType
		if err := json.Unmarshal([]byte(test.text), &got); (err != nil) != test.fail || got != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.text, got, err, test.want)
		}
	}
}

// TestQueries looks at what the options of profiles and relationships become.
func TestQueries(t *testing.T) {
	for _, test := range []struct {
		name string
		call func(*Client) error
		want string
	}{
		{"resellers", func(c *Client) error {
			_, err := c.Relationships.List(t.Context(), IsIndirectCloudSolutionProviderOf, nil)
			return err
		}, "/v1/relationships?relationship_type=IsIndirectCloudSolutionProviderOf"},
		{"providers by name", func(c *Client) error {
			_, err := c.Relationships.List(t.Context(), IsIndirectResellerOf, &ListRelationshipsOptions{Name: "Fab & \"Co\""})
			return err
		}, "/v1/relationships?relationship_type=IsIndirectResellerOf&filter=" +
			"%7B%22Field%22%3A%22Name%22%2C%22Value%22%3A%22Fab+%5Cu0026+%5C%22Co%5C%22%22%2C%22Operator%22%3A%22starts_with%22%7D"},
		{"another's MPN profile", func(c *Client) error {
			_, err := c.Profiles.MPN(t.Context(), &MPNProfileOptions{MPNID: "47 00123"})
			return err
		}, "/v1/profiles/mpn?mpnId=47+00123"},
		{"last finalized vetting", func(c *Client) error {
			_, err := c.Profiles.LegalBusiness(t.Context(), &LegalBusinessProfileOptions{VettingVersion: VettingLastFinalized})
			return err
		}, "/v1/profiles/legalbusiness?vettingVersion=LastFinalized"},
	} {
		rec := &recorder{status: 200, body: "{}"}
		if err := test.call(mustClient(t, rec, nil)); err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if got := rec.only(t).uri; got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	rec := &recorder{status: 200, body: "{}"}
	if _, err := mustClient(t, rec, nil).Relationships.List(t.Context(), "", nil); err == nil || len(rec.requests) > 0 {
		t.Errorf("no type of relationship: got %v and %d requests, want an error and none", err, len(rec.requests))
	}
}
