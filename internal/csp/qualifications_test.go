package csp_test

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// The kinds, as short as the tables need them.
const (
	education  = partnercenter.QualificationEducation
	nonprofit  = partnercenter.QualificationNonprofit
	government = partnercenter.QualificationGovernmentCommunityCloud
	stateOwned = partnercenter.QualificationStateOwnedEntity
	none       = partnercenter.QualificationNone
)

// qualifying is a world with codes: 40017 of direct with two creates, 40018 with none, 50017 of other.
type qualifying struct {
	*world
	csp.Qualifications
	codes csp.ValidationCodes
}

func MustQualifying(t testing.TB) *qualifying {
	t.Helper()
	w := MustWorld(t, inMemory)
	q := &qualifying{
		world:          w,
		Qualifications: csp.Qualifications{Store: w.db, Now: func() time.Time { return time.Date(2026, 2, 3, 10, 11, 12, 0, time.UTC) }},
		codes:          csp.ValidationCodes{Store: w.db},
	}
	q.issue(t, w.direct, "40017", 2)
	q.issue(t, w.direct, "40018", 0)
	q.issue(t, w.other, "50017", 5)
	return q
}

func (q *qualifying) issue(t testing.TB, partner *csp.Partner, id string, maxCreates int) {
	t.Helper()
	request := &csp.ValidationCodeRequest{OrganizationName: "Kestrel County", MaxCreates: jsontext.Value(strconv.Itoa(maxCreates))}
	if _, err := q.codes.Put(t.Context(), partner.ID, id, request); err != nil {
		t.Fatal(err)
	}
}

// remaining is how many creates a code of the partner's has left.
func (q *qualifying) remaining(t testing.TB, partner *csp.Partner, id string) int {
	t.Helper()
	codes, err := q.codes.List(t.Context(), partner.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range codes {
		if string(code.ValidationID) == id {
			return code.RemainingCreates
		}
	}
	t.Fatalf("no code %s", id)
	return 0
}

// views is what both operations read.
func (q *qualifying) views(t testing.TB, caller *csp.Caller, id csp.ID) string {
	t.Helper()
	list, err := q.Qualifications.List(t.Context(), caller, id)
	if err != nil {
		t.Fatal(err)
	}
	current, err := q.Current(t.Context(), caller, id)
	if err != nil {
		t.Fatal(err)
	}
	return current.Older() + " " + MustJSON(t, list)
}

func (q *qualifying) customer(t testing.TB, changes ...set) csp.ID {
	t.Helper()
	return csp.MustParseID(q.MustCreate(t, admin(q.direct), csp.Call{}, changes...).ID)
}

// deed is something that is done to a customer's qualifications: ask (newer), put (older), or a verdict.
type deed struct {
	ask, put partnercenter.Qualification
	code     string
	vet      partnercenter.Qualification
	verdict  csp.Verdict
	want     error
	details  string // in the refusal
}

func (q *qualifying) do(t *testing.T, caller *csp.Caller, id csp.ID, d deed) {
	t.Helper()
	var err error
	switch {
	case d.ask != "":
		_, err = q.Qualifications.Create(t.Context(), caller, id, &partnercenter.CustomerQualification{Qualification: d.ask}, d.code, csp.Call{})
	case d.put != "":
		_, err = q.Put(t.Context(), caller, id, d.put, d.code, csp.Call{})
	default:
		_, err = q.Vet(t.Context(), id, d.vet, d.verdict, csp.Actor{})
	}
	if !errors.Is(err, d.want) || err != nil && !strings.Contains(err.Error(), d.details) {
		t.Errorf("%+v: got %v, want %v with %q", d, err, d.want, d.details)
	}
}

const (
	inReview = `"vettingStatus":"InReview","vettingCreateDate":"2026-02-03T10:11:12Z"}`
	approved = `"vettingStatus":"Approved"}`
	museum   = "Not an eligible Museum"
	denied   = `"vettingStatus":"Denied","vettingReason":"` + museum + `","vettingCreateDate":"2026-02-03T10:11:12Z"}`
)

var (
	approval = csp.Verdict{Status: partnercenter.VettingApproved}
	denial   = csp.Verdict{Status: partnercenter.VettingDenied, Reason: museum}
)

// TestQualifications does things one after the other, and looks at both views of what comes of them.
func TestQualifications(t *testing.T) {
	exists := partnercenter.ErrQualificationExists
	for _, test := range []struct {
		name      string
		deeds     []deed
		want      string
		remaining int // of 40017's two
	}{
		{"nothing", nil, `none []`, 2},
		{"education", []deed{{ask: education}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"education approved", []deed{{ask: education}, {vet: education, verdict: approval}}, `education [{"qualification":"Education",` + approved + `]`, 2},
		{"education denied", []deed{{ask: education}, {vet: education, verdict: denial}}, `none [{"qualification":"Education",` + denied + `]`, 2},
		{"state-owned", []deed{{ask: stateOwned}}, `none [{"qualification":"StateOwnedEntity",` + inReview + `]`, 2},
		{"government", []deed{{ask: government, code: "40017"}}, `government_community_cloud [{"qualification":"GovernmentCommunityCloud",` + approved + `]`, 1},
		{"a code that education does not need", []deed{{ask: education, code: "40017"}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"older education", []deed{{put: education}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"older nonprofit", []deed{{put: nonprofit}}, `nonprofit [{"qualification":"Nonprofit",` + inReview + `]`, 2},
		{"older government", []deed{{put: government, code: "40017"}}, `government_community_cloud [{"qualification":"GovernmentCommunityCloud",` + approved + `]`, 1},
		{"older government twice", []deed{{put: government, code: "40017"}, {put: government, code: "40017"}}, `government_community_cloud [{"qualification":"GovernmentCommunityCloud",` + approved + `]`, 1},
		{"older none of nothing", []deed{{put: none}}, `none []`, 2},
		{"older none after a review began", []deed{{ask: education}, {put: none}}, `none []`, 2},
		{"older none after an approval", []deed{{ask: government, code: "40017"}, {put: none}}, `none []`, 1},
		{"older none after a denial", []deed{{ask: education}, {vet: education, verdict: denial}, {put: none}}, `none [{"qualification":"Education",` + denied + `]`, 2},
		{"older state-owned", []deed{{put: stateOwned, want: partnercenter.ErrInvalidEnum, details: "use education, nonprofit"}}, `none []`, 2},
		{"older word of nobody's", []deed{{put: "k12", want: partnercenter.ErrInvalidEnum, details: "'k12'"}}, `none []`, 2},
		{"another while in review", []deed{{ask: education}, {ask: stateOwned, want: exists, details: "is in review for Education"}, {ask: education, want: exists}, {put: nonprofit, want: exists}},
			`education [{"qualification":"Education",` + inReview + `]`, 2},
		{"another after an approval", []deed{{ask: education}, {vet: education, verdict: approval}, {ask: government, code: "40017", want: exists, details: "is approved as Education"}, {put: government, code: "40017", want: exists}},
			`education [{"qualification":"Education",` + approved + `]`, 2},
		{"again after a denial", []deed{{ask: education}, {vet: education, verdict: denial}, {ask: education}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"another after a denial", []deed{{ask: education}, {vet: education, verdict: denial}, {ask: government, code: "40017"}},
			`government_community_cloud [{"qualification":"Education",` + denied + `,{"qualification":"GovernmentCommunityCloud",` + approved + `]`, 1},
		{"approved too late", []deed{{ask: education}, {vet: education, verdict: denial}, {ask: stateOwned}, {vet: education, verdict: approval, want: exists, details: "StateOwnedEntity"}},
			`none [{"qualification":"Education",` + denied + `,{"qualification":"StateOwnedEntity",` + inReview + `]`, 2},
		{"a change of mind", []deed{{ask: education}, {vet: education, verdict: approval}, {vet: education, verdict: denial}, {vet: education, verdict: denial}, {vet: education, verdict: approval}},
			`education [{"qualification":"Education",` + approved + `]`, 2},
		{"government denied", []deed{{ask: government, code: "40017"}, {vet: government, verdict: denial}}, `none [{"qualification":"GovernmentCommunityCloud",` + denied + `]`, 1},
		{"no code", []deed{{ask: government, want: partnercenter.ErrDetailsMissing, details: "validationCode"}, {put: government, want: partnercenter.ErrDetailsMissing}}, `none []`, 2},
		{"an unknown code", []deed{{ask: government, code: "1", want: partnercenter.ErrInvalidProperty, details: "'1' is not a validation code of the partner"}}, `none []`, 2},
		{"somebody else's code", []deed{{ask: government, code: "50017", want: partnercenter.ErrInvalidProperty, details: "'50017' is not"}}, `none []`, 2},
		{"a code without creates", []deed{{ask: government, code: "40018", want: partnercenter.ErrValidationCodeUsedUp, details: "40018 of 'Kestrel County'"}}, `none []`, 2},
		{"a code that ends", []deed{{put: government, code: "40017"}, {put: none}, {put: government, code: "40017"}, {put: none}, {put: government, code: "40017", want: partnercenter.ErrValidationCodeUsedUp}}, `none []`, 0},
		{"a verdict on nothing", []deed{{ask: education}, {vet: government, verdict: approval, want: partnercenter.ErrQualificationNotFound, details: "it has Education"}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"no verdict", []deed{{ask: education}, {vet: education, want: partnercenter.ErrDetailsMissing, details: "vettingStatus"}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"no outcome", []deed{{ask: education}, {vet: education, verdict: csp.Verdict{Status: "InReview"}, want: partnercenter.ErrInvalidProperty, details: "Approved or Denied"}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"no reason", []deed{{ask: education}, {vet: education, verdict: csp.Verdict{Status: "Denied"}, want: partnercenter.ErrInvalidProperty, details: "vettingReason"}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"no known reason", []deed{{ask: education}, {vet: education, verdict: csp.Verdict{Status: "Denied", Reason: "Because"}, want: partnercenter.ErrInvalidProperty, details: "'Not an Academic Domain'"}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"a reason to approve", []deed{{ask: education}, {vet: education, verdict: csp.Verdict{Status: "Approved", Reason: museum}, want: partnercenter.ErrInvalidProperty, details: "goes with Denied only"}}, `education [{"qualification":"Education",` + inReview + `]`, 2},
		{"a reason in small letters", []deed{{ask: education}, {vet: education, verdict: csp.Verdict{Status: "Denied", Reason: " not an eligible museum "}}}, `none [{"qualification":"Education",` + denied + `]`, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := MustQualifying(t)
			id := q.customer(t)
			for _, d := range test.deeds {
				q.do(t, admin(q.direct), id, d)
			}
			if got := q.views(t, user(q.direct), id); got != test.want {
				t.Errorf("views: got %s, want %s", got, test.want)
			}
			if got := q.remaining(t, q.direct, "40017"); got != test.remaining {
				t.Errorf("remaining: got %d, want %d", got, test.remaining)
			}
		})
	}
}

func TestQualificationRequest(t *testing.T) {
	q := MustQualifying(t)
	for _, test := range []struct {
		name    string
		caller  *csp.Caller
		request partnercenter.CustomerQualification
		code    string
		want    error
		details []string
	}{
		{"all of it", admin(q.direct), partnercenter.CustomerQualification{Qualification: education, EducationSegment: "K12", Website: "school.example"}, "", nil, nil},
		{"a whole address", user(q.direct, csp.SalesAgents), partnercenter.CustomerQualification{Qualification: education, Website: "HTTPS://www.school.example:8443/about?x=1"}, "", nil, nil},
		{"the code in both places", admin(q.direct), partnercenter.CustomerQualification{Qualification: government, ValidationCode: "40017"}, "40017", nil, nil},
		{"the code in the body", admin(q.direct), partnercenter.CustomerQualification{Qualification: government, ValidationCode: "40017"}, "", nil, nil},
		{"nothing", admin(q.direct), partnercenter.CustomerQualification{Website: "?"}, "", partnercenter.ErrDetailsMissing, []string{"qualification"}},
		{"what cannot be asked for", admin(q.direct), partnercenter.CustomerQualification{Qualification: nonprofit}, "", partnercenter.ErrInvalidProperty, []string{"Nonprofit cannot be asked for; use Education"}},
		{"everything wrong", admin(q.direct), partnercenter.CustomerQualification{Qualification: "School", EducationSegment: "K13", Website: "no site", ValidationCode: "1"}, "2", partnercenter.ErrInvalidProperty,
			[]string{"'School' is no qualification", "'K13' is no segment", "'no site' is not the address", "'1' is another code than '2'"}},
		{"a segment of none", admin(q.direct), partnercenter.CustomerQualification{Qualification: stateOwned, EducationSegment: "K12"}, "", partnercenter.ErrInvalidProperty, []string{"goes with Education only"}},
		{"a long address", admin(q.direct), partnercenter.CustomerQualification{Qualification: education, Website: strings.Repeat("a", 300) + ".example"}, "", partnercenter.ErrInvalidProperty, []string{"308 characters"}},
		{"a script", admin(q.direct), partnercenter.CustomerQualification{Qualification: education, Website: "javascript://a.b/%0aalert(1)"}, "", partnercenter.ErrInvalidProperty, []string{"website"}},
		{"helpdesk", user(q.direct, csp.HelpdeskAgents), partnercenter.CustomerQualification{Qualification: education}, "", partnercenter.ErrNotAllowed, nil},
		{"another partner", admin(q.other), partnercenter.CustomerQualification{Qualification: education}, "", partnercenter.ErrNoRelationship, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			id := q.customer(t)
			_, err := q.Qualifications.Create(t.Context(), test.caller, id, &test.request, test.code, csp.Call{})
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			for _, details := range test.details {
				if !strings.Contains(err.Error(), details) {
					t.Errorf("got %v, want %s", err, details)
				}
			}
			files, err := q.Files(t.Context(), id)
			switch {
			case err != nil:
				t.Error(err)
			case test.want != nil && len(files) != 0:
				t.Errorf("refused, and left %v behind", files)
			case test.want == nil && (len(files) != 1 || files[0].Website != test.request.Website || files[0].EducationSegment != test.request.EducationSegment || files[0].ValidationCode != ""):
				t.Errorf("whoever vets sees %v", files)
			}
		})
	}
	if got := q.remaining(t, q.direct, "40017"); got != 0 {
		t.Errorf("remaining: got %d, want 0 after two uses", got)
	}
}

// TestQualificationAgain repeats calls: each is answered as it was, and uses its code once.
func TestQualificationAgain(t *testing.T) {
	q := MustQualifying(t)
	id, caller := q.customer(t), admin(q.direct)
	older, newer, refused := newCall(caller), newCall(caller), newCall(caller)
	for range 2 {
		if word, err := q.Put(t.Context(), caller, id, government, "40017", older); err != nil || word != government {
			t.Errorf("put: got %s, %v", word, err)
		}
		_, err := q.Qualifications.Create(t.Context(), caller, id, &partnercenter.CustomerQualification{Qualification: education}, "", refused)
		if !errors.Is(err, partnercenter.ErrQualificationExists) {
			t.Errorf("refused: got %v", err)
		}
	}
	if _, err := q.Put(t.Context(), caller, id, none, "", newCall(caller)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		answer, err := q.Qualifications.Create(t.Context(), caller, id, &partnercenter.CustomerQualification{Qualification: government}, "40017", newer)
		if err != nil || answer.VettingStatus != partnercenter.VettingApproved {
			t.Errorf("create: got %+v, %v", answer, err)
		}
		if _, err := q.Qualifications.Create(t.Context(), caller, id, &partnercenter.CustomerQualification{Qualification: education}, "", refused); !errors.Is(err, partnercenter.ErrQualificationExists) {
			t.Errorf("refused before: got %v", err)
		}
	}
	if got := q.remaining(t, q.direct, "40017"); got != 0 {
		t.Errorf("remaining: got %d, want 0", got)
	}
}

// TestQualificationsRace lets twenty customers ask for the last two creates of a code.
func TestQualificationsRace(t *testing.T) {
	q := MustQualifying(t)
	var won atomic.Int64
	var group sync.WaitGroup
	for range 20 {
		id := q.customer(t)
		group.Go(func() {
			_, err := q.Qualifications.Create(t.Context(), admin(q.direct), id, &partnercenter.CustomerQualification{Qualification: government}, "40017", csp.Call{})
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, partnercenter.ErrValidationCodeUsedUp):
				t.Error(err)
			}
		})
	}
	group.Wait()
	if won.Load() != 2 || q.remaining(t, q.direct, "40017") != 0 {
		t.Errorf("got %d customers qualified, %d creates remaining, want 2 and 0", won.Load(), q.remaining(t, q.direct, "40017"))
	}
}

// TestQualificationOfIndirectCustomer lets provider and reseller see one truth, and the code that one of them used.
func TestQualificationOfIndirectCustomer(t *testing.T) {
	q := MustQualifying(t)
	q.issue(t, q.provider, "60017", 1)
	id := csp.MustParseID(q.MustCreate(t, admin(q.provider), csp.Call{}, set{reseller: q.reseller.ID.String()}).ID)
	if _, err := q.Validation(t.Context(), admin(q.reseller), id); !errors.Is(err, partnercenter.ErrQualificationNotFound) {
		t.Errorf("no code yet: got %v", err)
	}
	q.do(t, admin(q.reseller), id, deed{ask: government, code: "60017", want: partnercenter.ErrInvalidProperty})
	q.do(t, admin(q.provider), id, deed{ask: government, code: "60017"})
	for _, partner := range []*csp.Partner{q.provider, q.reseller} {
		if got := q.views(t, app(partner), id); got != `government_community_cloud [{"qualification":"GovernmentCommunityCloud",`+approved+`]` {
			t.Errorf("views: got %s", got)
		}
		validation, err := q.Validation(t.Context(), app(partner), id)
		if err != nil || validation.PartnerID != q.provider.ID.String() || validation.CustomerID != id.String() || validation.ValidationID != "60017" || validation.OrganizationName != "Kestrel County" {
			t.Errorf("validation: got %+v, %v", validation, err)
		}
	}
	for name, read := range map[string]func() error{
		"list":       func() error { _, err := q.Qualifications.List(t.Context(), admin(q.other), id); return err },
		"current":    func() error { _, err := q.Current(t.Context(), admin(q.other), id); return err },
		"validation": func() error { _, err := q.Validation(t.Context(), admin(q.other), id); return err },
		"put":        func() error { _, err := q.Put(t.Context(), admin(q.other), id, none, "", csp.Call{}); return err },
	} {
		if err := read(); !errors.Is(err, partnercenter.ErrNoRelationship) {
			t.Errorf("%s by somebody else: got %v", name, err)
		}
	}
	if _, err := q.Patch(t.Context(), admin(q.provider), id, &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone}, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	q.do(t, nil, id, deed{vet: government, verdict: denial, want: partnercenter.ErrNoRelationship})
	q.do(t, nil, q.other.ID, deed{vet: government, verdict: denial, want: partnercenter.ErrNoRelationship})
	q.do(t, nil, csp.MustParseID("94e4e214-6b06-4fb7-96d1-94d559f9b47f"), deed{vet: government, verdict: denial, want: partnercenter.ErrTenantNotFound})
}

// TestQualificationAudit reads what was recorded, the newest first: by whom, and the values.
func TestQualificationAudit(t *testing.T) {
	q := MustQualifying(t)
	id, caller := q.customer(t), admin(q.direct)
	request := &partnercenter.CustomerQualification{Qualification: education, EducationSegment: "K12", Website: "school.example"}
	if _, err := q.Qualifications.Create(t.Context(), caller, id, request, "", csp.Call{By: csp.Actor{User: "ana"}}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time has no effect
		if _, err := q.Vet(t.Context(), id, education, denial, csp.Actor{App: "Tenantry"}); err != nil {
			t.Fatal(err)
		}
	}
	q.do(t, caller, id, deed{ask: government, code: "40017"})
	q.do(t, caller, id, deed{put: government, code: "40017"})
	q.do(t, caller, id, deed{put: none})
	audit := &csp.Audit{Store: q.db, Now: time.Now}
	query := &csp.AuditQuery{Customer: id}
	if err := audit.Window(query, csp.AuditDays{}); err != nil {
		t.Fatal(err)
	}
	page, err := audit.Records(t.Context(), caller, query)
	if err != nil {
		t.Fatal(err)
	}
	const nothing = `"EducationSegment":null,"Website":null,"ValidationCode":null,`
	const school = `{"Qualification":"Education","EducationSegment":"K12","Website":"school.example","ValidationCode":null,"VettingStatus":`
	const county = `{"Qualification":"GovernmentCommunityCloud",` + nothing + `"VettingStatus":"Approved","VettingReason":null,"VettingCreateDate":"2026-02-03T10:11:12Z"}`
	inReview := school + `"InReview","VettingReason":null,"VettingCreateDate":"2026-02-03T10:11:12Z"}`
	want := []struct{ user, app, old, new string }{
		{"", "", county, `{"Qualification":"None",` + nothing + `"VettingStatus":null,"VettingReason":null,"VettingCreateDate":null}`},
		{"", "", "", county},
		{"", "Tenantry", inReview, school + `"Denied","VettingReason":"` + museum + `","VettingCreateDate":"2026-02-03T10:11:12Z"}`},
		{"ana", "", "", inReview},
	}
	if len(page.Items) != len(want)+1 { // and the customer's creation
		t.Fatalf("got %d records, want %d", len(page.Items), len(want)+1)
	}
	for i, want := range want {
		got := page.Items[i]
		if got.OperationType != partnercenter.OperationUpdateCustomerQualification || got.UserPrincipalName != want.user || got.ApplicationID != want.app ||
			got.ResourceOldValue != want.old || got.ResourceNewValue != want.new {
			t.Errorf("record %d: got %+v\nwant %+v", i, got, want)
		}
	}
}

func TestValidationCodeRefused(t *testing.T) {
	q := MustQualifying(t)
	invalid, missing := partnercenter.ErrInvalidProperty, partnercenter.ErrDetailsMissing
	for _, test := range []struct {
		name                    string
		id, organization, limit string
		partner                 csp.ID
		want                    error
		details                 []string
	}{
		{"nothing", "x", "", "", q.direct.ID, missing, []string{"organizationName", "maxCreates"}},
		{"blank and null", "1", " ", "null", q.direct.ID, missing, []string{"organizationName", "maxCreates"}},
		{"everything wrong", "0x1", strings.Repeat("é", 256) + "\n", "-1", q.direct.ID, invalid, []string{"'0x1' is not the id", "257 characters", "control character", "'-1' is not a whole number"}},
		{"no id", "", "A", "1", q.direct.ID, invalid, []string{"'' is not the id"}},
		{"ten digits", "1234567890", "A", "1", q.direct.ID, invalid, []string{"1 to 9 digits"}},
		{"a zero in front", "01", "A", "1", q.direct.ID, invalid, []string{"the first not 0"}},
		{"half a customer", "1", "A", "2.5", q.direct.ID, invalid, []string{"'2.5' is not a whole number"}},
		{"text", "1", "A", `"5"`, q.direct.ID, invalid, []string{"is not a whole number from 0 to 1000000, for example 5"}},
		{"too many", "1", "A", "1000001", q.direct.ID, invalid, []string{"from 0 to 1000000"}},
		{"no partner", "1", "A", "1", csp.MustParseID("94e4e214-6b06-4fb7-96d1-94d559f9b47f"), partnercenter.ErrTenantNotFound, []string{"No partner has the tenant id"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := q.codes.Put(t.Context(), test.partner, test.id, &csp.ValidationCodeRequest{OrganizationName: test.organization, MaxCreates: jsontext.Value(test.limit)})
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			for _, details := range test.details {
				if !strings.Contains(err.Error(), details) {
					t.Errorf("got %v, want %s", err, details)
				}
			}
		})
	}
	if codes, err := q.codes.List(t.Context(), q.direct.ID); err != nil || len(codes) != 2 {
		t.Errorf("got %v, %v, want the two codes", codes, err)
	}
	if codes, err := q.codes.List(t.Context(), q.sandbox.ID); err != nil || MustJSON(t, codes) != "[]" {
		t.Errorf("of a partner without: got %s, %v, want []", MustJSON(t, codes), err)
	}
}
