package csp

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// Qualifications is what customers are qualified as, and the vetting of it.
//
// A customer has one qualification at a time that is approved or in review: get-a-partner-s-validation-codes asks for a customer
// without one, and the older operations can show no more. Beside it stand those that were denied, one of a kind; asking again
// puts the new one into the place of the denied one.
//
//	none ──── GovernmentCommunityCloud, by a validation code ────► Approved
//	none ──── any other ──► InReview ──── vetting ────► Approved or Denied
//	Approved ◄──── vetting ────► Denied
//
// The older operations are another view of the same: they write what the newer ones do, and read what is approved or in
// review, for they know no status, and a client that wrote education expects to read it. None ends the qualification in
// whatever state it is, also an approved one; the docs leave that open. It is the older operations' alone, as in the docs.
type Qualifications struct {
	Store Store
	Now   func() time.Time
}

// KindQualification is the kind of the documents that hold qualifications; their ids are the words of the qualifications.
const KindQualification = "qualification"

// qualification is one as it is kept.
type qualification struct {
	partnercenter.CustomerQualification
	CodeOf string    `json:"codeOf,omitzero"` // the partner whose validation code it is
	Asked  time.Time `json:"asked"`
}

// live reports whether it counts: it was not denied.
func (q *qualification) live() bool { return q.VettingStatus != partnercenter.VettingDenied }

// answer is what partners are told. Samples tell no date of what is approved.
func (q *qualification) answer() *partnercenter.CustomerQualification {
	answer := &partnercenter.CustomerQualification{Qualification: q.Qualification, VettingStatus: q.VettingStatus, VettingReason: q.VettingReason}
	if q.VettingStatus != partnercenter.VettingApproved {
		answer.VettingCreateDate = q.VettingCreateDate
	}
	return answer
}

// file is what whoever vets has to know, and what the audit keeps: all but the code, which is one partner's alone.
func (q *qualification) file() *partnercenter.CustomerQualification {
	file := q.CustomerQualification
	file.ValidationCode = ""
	return &file
}

// Qualifying is a change of the qualifications of a customer, as a [Store] offers it.
type Qualifying struct {
	Documents []Document      // as they are, and as the change leaves them
	Code      *ValidationCode // the partner's code that was asked for; nil: it has none of that id
	UseCode   bool            // set by the change: the code is used once more
}

// List is the qualifications of a customer of the caller's, in the order in which they were asked for.
func (s *Qualifications) List(ctx context.Context, caller *Caller, customer ID) ([]partnercenter.CustomerQualification, error) {
	return s.listed(ctx, caller.Partner.ID, customer, (*qualification).answer)
}

// Files is the same for whoever vets, of any customer.
func (s *Qualifications) Files(ctx context.Context, customer ID) ([]partnercenter.CustomerQualification, error) {
	partner, err := s.partnerOf(ctx, customer)
	if err != nil {
		return nil, err
	}
	return s.listed(ctx, partner, customer, (*qualification).file)
}

func (s *Qualifications) listed(
	ctx context.Context, partner, customer ID, shown func(*qualification) *partnercenter.CustomerQualification,
) ([]partnercenter.CustomerQualification, error) {
	kept, err := s.kept(ctx, partner, customer)
	if err != nil {
		return nil, err
	}
	list := make([]partnercenter.CustomerQualification, 0, len(kept)) // an empty array where there is none
	for i := range kept {
		list = append(list, *shown(&kept[i]))
	}
	return list, nil
}

// Current is what the older operation reads.
func (s *Qualifications) Current(ctx context.Context, caller *Caller, customer ID) (partnercenter.Qualification, error) {
	kept, err := s.kept(ctx, caller.Partner.ID, customer)
	if err != nil {
		return "", err
	}
	if live := liveOf(kept); live != nil {
		return live.Qualification, nil
	}
	return partnercenter.QualificationNone, nil
}

// Validation is the validation code by which a customer of the caller's was qualified.
func (s *Qualifications) Validation(ctx context.Context, caller *Caller, customer ID) (*partnercenter.CustomerValidation, error) {
	kept, err := s.kept(ctx, caller.Partner.ID, customer)
	if err != nil {
		return nil, err
	}
	for _, qualification := range kept {
		if qualification.ValidationCode == "" {
			continue
		}
		owner, err := ParseID(qualification.CodeOf) // an indirect customer's may be its provider's or its reseller's
		if err != nil {
			return nil, fmt.Errorf("read the qualification: %w", err)
		}
		codes, err := s.Store.ValidationCodes(ctx, owner)
		if err != nil {
			return nil, err
		}
		for _, code := range codes {
			if code.ID == string(qualification.ValidationCode) {
				return &partnercenter.CustomerValidation{
					PartnerID: code.Partner.String(), CustomerID: customer.String(), ValidationID: qualification.ValidationCode,
					OrganizationName: code.OrganizationName, ETag: code.etag(),
				}, nil
			}
		}
	}
	return nil, partnercenter.ErrQualificationNotFound.With("The customer " + customer.String() + " was not qualified by a validation code.")
}

// Create asks for a qualification of a customer of the caller's. The code of the query may stand in the request instead:
// the docs of 2021 have it there, later ones here.
func (s *Qualifications) Create(
	ctx context.Context, caller *Caller, customer ID, request *partnercenter.CustomerQualification, code string, call Call,
) (*partnercenter.CustomerQualification, error) {
	if err := mayQualify(caller); err != nil {
		return nil, err
	}
	if request.Qualification == "" {
		return nil, partnercenter.ErrDetailsMissing.With("Qualification details are missing", "qualification")
	}
	if bad := badQualification(request, code); bad != nil {
		return nil, partnercenter.ErrInvalidProperty.With("", bad.data()...)
	}
	asked := *request
	asked.ValidationCode = cmp.Or(asked.ValidationCode, partnercenter.ValidationID(code))
	var answer *partnercenter.CustomerQualification
	recorded, err := s.change(ctx, caller.Partner.ID, customer, call, string(asked.ValidationCode), func(kept []qualification, q *Qualifying) (*step, error) {
		if live := liveOf(kept); live != nil {
			return nil, live.exists()
		}
		made, err := s.qualify(caller, &asked, q)
		if err != nil {
			return nil, err
		}
		answer = made.answer()
		return &step{before: find(kept, made.Qualification), after: made, answer: answer}, nil
	})
	if err != nil {
		return nil, err
	}
	return answered(recorded, answer)
}

// Put is what the older operation writes. What the customer has already is put without an effect; any other has to be ended
// with none first.
func (s *Qualifications) Put(
	ctx context.Context, caller *Caller, customer ID, wanted partnercenter.Qualification, code string, call Call,
) (partnercenter.Qualification, error) {
	if err := mayQualify(caller); err != nil {
		return "", err
	}
	if wanted == "" {
		return "", partnercenter.ErrDetailsMissing.With("Qualification details are missing", "qualification")
	}
	if wanted != partnercenter.QualificationNone && wanted.Older() == partnercenter.QualificationNone.Older() {
		return "", partnercenter.ErrInvalidEnum.With(
			"The qualification "+quoted(string(wanted))+" cannot be parsed; use education, nonprofit, government_community_cloud or none.", "qualification")
	}
	recorded, err := s.change(ctx, caller.Partner.ID, customer, call, code, func(kept []qualification, q *Qualifying) (*step, error) {
		live := liveOf(kept)
		none := wanted == partnercenter.QualificationNone
		switch {
		case live == nil && none, live != nil && live.Qualification == wanted:
			return &step{answer: wanted.Older()}, nil
		case none:
			return &step{before: live, answer: wanted.Older()}, nil
		case live != nil:
			return nil, live.exists()
		}
		made, err := s.qualify(caller, &partnercenter.CustomerQualification{Qualification: wanted, ValidationCode: partnercenter.ValidationID(code)}, q)
		if err != nil {
			return nil, err
		}
		return &step{before: find(kept, wanted), after: made, answer: wanted.Older()}, nil
	})
	if err != nil {
		return "", err
	}
	answer, err := answered(recorded, &wanted)
	if err != nil {
		return "", err
	}
	return *answer, nil
}

func mayQualify(caller *Caller) error {
	return caller.mustBe("qualify customers", AdminAgents, SalesAgents)
}

// qualify is what was asked for, as it is kept.
func (s *Qualifications) qualify(caller *Caller, asked *partnercenter.CustomerQualification, q *Qualifying) (*qualification, error) {
	now := s.Now().UTC()
	made := &qualification{CustomerQualification: *asked, Asked: now}
	made.VettingStatus, made.VettingReason, made.VettingCreateDate = partnercenter.VettingInReview, "", now.Format("2006-01-02T15:04:05Z")
	if asked.Qualification != partnercenter.QualificationGovernmentCommunityCloud {
		made.ValidationCode = "" // needed for the other one only; clients send what they have
		return made, nil
	}
	switch {
	case asked.ValidationCode == "":
		return nil, partnercenter.ErrDetailsMissing.With(
			"Qualification details are missing: GovernmentCommunityCloud needs a validation code of the partner's, as ?code= or as validationCode.", "validationCode")
	case q.Code == nil:
		return nil, partnercenter.ErrInvalidProperty.With("", violations{{"validationCode",
			quoted(string(asked.ValidationCode)) + " is not a validation code of the partner; use one of GET /v1/customers/all/validations, for example 40017"}}.data()...)
	case q.Code.Remaining() == 0:
		return nil, q.Code.UsedUp()
	}
	q.UseCode = true
	made.VettingStatus, made.CodeOf = partnercenter.VettingApproved, caller.Partner.ID.String() // the code was given out by who would vet
	return made, nil
}

// badQualification is all that is wrong with a request. A segment is asked for since 2022 only; clients of before send none.
func badQualification(request *partnercenter.CustomerQualification, code string) violations {
	var found violations
	const values = "Education, GovernmentCommunityCloud or StateOwnedEntity"
	switch request.Qualification {
	case partnercenter.QualificationEducation, partnercenter.QualificationGovernmentCommunityCloud, partnercenter.QualificationStateOwnedEntity:
	case partnercenter.QualificationNone, partnercenter.QualificationNonprofit: // Partner Center docs: cannot be set
		found.add("qualification", "%s cannot be asked for; use %s", request.Qualification, values)
	default:
		found.add("qualification", "%s is no qualification; use %s", quoted(string(request.Qualification)), values)
	}
	switch segment := request.EducationSegment; {
	case segment == "":
	case segment != partnercenter.EducationK12 && segment != partnercenter.EducationHigher:
		found.add("educationSegment", "%s is no segment of education; use K12 or HigherEducation", quoted(string(segment)))
	case request.Qualification != partnercenter.QualificationEducation:
		found.add("educationSegment", "%s goes with Education only; leave it out", segment)
	}
	switch length := utf8.RuneCountInString(request.Website); {
	case length > maxText:
		found.add("website", "is %d characters long; at most %d are allowed", length, maxText)
	case request.Website != "" && !isWebsite(request.Website):
		found.add("website", "%s is not the address of a website, for example https://school.example", quoted(request.Website))
	}
	if other := string(request.ValidationCode); other != "" && code != "" && other != code {
		found.add("validationCode", "%s is another code than %s in the query; give one of them", quoted(other), quoted(code))
	}
	return found
}

// Verdict is what the vetting comes to.
type Verdict struct {
	Status partnercenter.VettingStatus `json:"vettingStatus"`
	Reason string                      `json:"vettingReason"` // of a denial, one of partnercenter.VettingReasons
}

// Vet approves or denies a qualification of a customer, for whoever runs the server; by says who that is. What was approved may
// be denied, and the other way round; the same again has no effect. A denial gives no use of a validation code back.
func (s *Qualifications) Vet(ctx context.Context, customer ID, what partnercenter.Qualification, verdict Verdict, by Actor) (*partnercenter.CustomerQualification, error) {
	if err := verdict.check(); err != nil {
		return nil, err
	}
	partner, err := s.partnerOf(ctx, customer)
	if err != nil {
		return nil, err
	}
	var answer *partnercenter.CustomerQualification
	_, err = s.change(ctx, partner, customer, Call{By: by}, "", func(kept []qualification, _ *Qualifying) (*step, error) {
		before := find(kept, what)
		if before == nil {
			return nil, partnercenter.ErrQualificationNotFound.With(fmt.Sprintf("The customer %s has no qualification %s; it has %s.", customer, quoted(string(what)), named(kept)))
		}
		if live := liveOf(kept); verdict.Status == partnercenter.VettingApproved && live != nil && live.Qualification != what {
			return nil, live.exists()
		}
		after := *before
		after.VettingStatus, after.VettingReason = verdict.Status, verdict.Reason
		answer = after.file()
		if after == *before {
			return &step{}, nil
		}
		return &step{before: before, after: &after}, nil
	})
	return answer, err
}

// check refuses what is no verdict, and puts the reason into the docs' words.
func (v *Verdict) check() error {
	const values = "Approved or Denied"
	if v.Status == "" {
		return partnercenter.ErrDetailsMissing.With("Vetting details are missing: the vettingStatus is "+values+".", "vettingStatus")
	}
	reasons := partnercenter.VettingReasons()
	oneOf := fmt.Sprintf("use one of '%s'", strings.Join(reasons, "', '"))
	known := slices.IndexFunc(reasons, func(reason string) bool { return strings.EqualFold(reason, strings.TrimSpace(v.Reason)) })
	var found violations
	switch {
	case v.Status != partnercenter.VettingApproved && v.Status != partnercenter.VettingDenied:
		found.add("vettingStatus", "%s is no outcome of a vetting; use %s", quoted(string(v.Status)), values)
	case v.Status == partnercenter.VettingApproved && v.Reason != "":
		found.add("vettingReason", "%s goes with Denied only; leave it out", quoted(v.Reason))
	case v.Status == partnercenter.VettingDenied && v.Reason == "":
		found.add("vettingReason", "is missing; %s", oneOf)
	case v.Status == partnercenter.VettingDenied && known < 0:
		found.add("vettingReason", "%s is not a reason that the service knows; %s", quoted(v.Reason), oneOf)
	}
	if found != nil {
		return partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	if known >= 0 {
		v.Reason = reasons[known]
	}
	return nil
}

// partnerOf is a partner of the customer's: changes go through one, whoever makes them.
func (s *Qualifications) partnerOf(ctx context.Context, customer ID) (ID, error) {
	partners, err := s.Store.PartnersOf(ctx, customer)
	if err != nil {
		return ID{}, err
	}
	if len(partners) == 0 {
		return ID{}, partnercenter.ErrNoRelationship.With("No partner has a relationship with the customer " + customer.String() + " any more.")
	}
	return partners[0], nil
}

// step is what a change comes to: the qualification that goes, the one that takes its place, and the answer to remember.
type step struct {
	before, after *qualification
	answer        any
}

// change runs a change of a customer's qualifications, with the code of that id. What cannot be an id is not looked for.
func (s *Qualifications) change(
	ctx context.Context, partner, customer ID, call Call, code string, change func([]qualification, *Qualifying) (*step, error),
) (recorded []byte, err error) {
	if !isValidationID(code) {
		code = ""
	}
	return s.Store.Qualify(ctx, partner, customer, call, code, func(q *Qualifying) (Outcome, error) {
		kept, err := qualificationsOf(q.Documents)
		if err != nil {
			return Outcome{}, err
		}
		taken, err := change(kept, q)
		if err != nil {
			return Outcome{}, err
		}
		if taken.before != nil {
			q.Documents = slices.DeleteFunc(q.Documents, func(document Document) bool { return document.ID == string(taken.before.Qualification) })
		}
		if taken.after != nil {
			text, err := json.Marshal(taken.after)
			if err != nil {
				return Outcome{}, err
			}
			q.Documents = append(q.Documents, Document{ID: string(taken.after.Qualification), Text: text})
		}
		answer, err := json.Marshal(taken.answer)
		if err != nil {
			return Outcome{}, err
		}
		entry, err := taken.entry()
		return Outcome{Answer: answer, Audit: entry}, err
	})
}

// entry is the record of the step, nil if it changes nothing. What was ended is None afterwards.
func (t *step) entry() (_ *AuditEntry, err error) {
	if t.before == nil && t.after == nil {
		return nil, nil
	}
	entry := &AuditEntry{Operation: partnercenter.OperationUpdateCustomerQualification, Resource: partnercenter.AuditCustomer}
	if t.before != nil {
		if entry.Old, err = json.Marshal(t.before.file()); err != nil {
			return nil, err
		}
	}
	after := &partnercenter.CustomerQualification{Qualification: partnercenter.QualificationNone}
	if t.after != nil {
		after = t.after.file()
	}
	entry.New, err = json.Marshal(after)
	return entry, err
}

func (s *Qualifications) kept(ctx context.Context, partner, customer ID) ([]qualification, error) {
	documents, err := s.Store.Documents(ctx, partner, customer, KindQualification)
	if err != nil {
		return nil, err
	}
	return qualificationsOf(documents)
}

// qualificationsOf is the qualifications in the documents, in the order in which they were asked for.
func qualificationsOf(documents []Document) ([]qualification, error) {
	kept := make([]qualification, len(documents))
	for i, document := range documents {
		if err := json.Unmarshal(document.Text, &kept[i]); err != nil {
			return nil, fmt.Errorf("qualification %s: %w", document.ID, err)
		}
	}
	slices.SortStableFunc(kept, func(a, b qualification) int { return a.Asked.Compare(b.Asked) })
	return kept, nil
}

// liveOf is the qualification that counts, or nil.
func liveOf(kept []qualification) *qualification {
	if i := slices.IndexFunc(kept, func(q qualification) bool { return q.live() }); i >= 0 {
		return &kept[i]
	}
	return nil
}

// find is the qualification of that kind, or nil.
func find(kept []qualification, what partnercenter.Qualification) *qualification {
	if i := slices.IndexFunc(kept, func(q qualification) bool { return q.Qualification == what }); i >= 0 {
		return &kept[i]
	}
	return nil
}

// named is the kinds of the qualifications in words.
func named(kept []qualification) string {
	if len(kept) == 0 {
		return "none"
	}
	words := make([]string, len(kept))
	for i := range kept {
		words[i] = string(kept[i].Qualification)
	}
	return strings.Join(words, ", ")
}

// exists is the refusal of another qualification beside this one.
func (q *qualification) exists() error {
	state := "is approved as"
	if q.VettingStatus == partnercenter.VettingInReview {
		state = "is in review for"
	}
	return partnercenter.ErrQualificationExists.With(fmt.Sprintf(
		"The customer %s %s, and has one qualification at a time. To end this one, PUT \"none\" to /v1/customers/{customer-id}/qualification.",
		state, q.Qualification), string(q.Qualification))
}
