package partnercenter

import (
	"encoding/json"
	"testing"
)

// TestQualificationWords reads the words in all spellings that clients and docs have.
func TestQualificationWords(t *testing.T) {
	for _, test := range []struct {
		text  string
		want  Qualification
		older string
	}{
		{`"education"`, QualificationEducation, "education"},
		{`"Education"`, QualificationEducation, "education"},
		{`"government_community_cloud"`, QualificationGovernmentCommunityCloud, "government_community_cloud"},
		{`"governmentcommunitycloud"`, QualificationGovernmentCommunityCloud, "government_community_cloud"}, // a docs sample
		{`"GovernmentCommunityCloud"`, QualificationGovernmentCommunityCloud, "government_community_cloud"},
		{`"Nonprofit"`, QualificationNonprofit, "nonprofit"},
		{`"StateOwnedEntity"`, QualificationStateOwnedEntity, "none"},
		{`"none"`, QualificationNone, "none"},
		{`0`, QualificationNone, "none"},
		{`1`, QualificationEducation, "education"},
		{`3`, QualificationGovernmentCommunityCloud, "government_community_cloud"},
		{`17`, "17", "none"},
		{`"university"`, "university", "none"},
		{`null`, "", "none"},
	} {
		t.Run(test.text, func(t *testing.T) {
			var got Qualification
			if err := json.Unmarshal([]byte(test.text), &got); err != nil || got != test.want || got.Older() != test.older {
				t.Errorf("got %q, %q, %v, want %q, %q", got, got.Older(), err, test.want, test.older)
			}
		})
	}
}

// TestQualificationMembers reads the members that are words or digits, in either form.
func TestQualificationMembers(t *testing.T) {
	var got CustomerQualification
	err := json.Unmarshal([]byte(`{"qualification":1,"educationSegment":"higher_education","validationCode":40017,"vettingStatus":"in_review"}`), &got)
	want := CustomerQualification{Qualification: QualificationEducation, EducationSegment: EducationHigher, ValidationCode: "40017", VettingStatus: VettingInReview}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, text := range []string{`{"qualification":true}`, `{"educationSegment":{}}`, `{"validationCode":[1]}`, `{"vettingStatus":false}`} {
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: got %+v, want an error", text, got)
		}
	}
}
