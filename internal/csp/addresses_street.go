package csp

import (
	"slices"
	"strings"

	"github.com/tenantry/tenantry/partnercenter"
)

// asRecorded is the address as the record spells it.
func (i *inquiry) asRecorded(r *record) *partnercenter.Address {
	return i.changed(func(a *partnercenter.Address) {
		a.City, a.State, a.PostalCode = r.city, r.state, r.code
		a.AddressLine1 = i.street.spelled(a.AddressLine1, r.line)
	})
}

// recorded is the address as its record spells it, if there is one. So the service answers nine digits where five were
// given (Partner Center announcements, March 2021).
func (i *inquiry) recorded() *partnercenter.Address {
	if r, ok := i.record(); ok {
		return i.asRecorded(r)
	}
	return i.tidy
}

// record is the recorded address that this one is, if it is one.
func (i *inquiry) record() (*record, bool) {
	for _, r := range i.records() {
		if r.street.number == i.street.number && r.agrees(i.tidy) && r.holds(i.tidy.PostalCode) {
			return r, true
		}
	}
	return nil, false
}

// records are those of the street, in the state.
func (i *inquiry) records() []*record {
	return recordsWhere(func(r *record) bool {
		return r.country == i.country.ISO2 && r.state == i.state && r.street.name == i.street.name
	})
}

// judgeStreet looks at the form of the street's line, and at what is recorded of the street.
func (i *inquiry) judgeStreet() finding {
	var open []finding
	whole := slices.DeleteFunc(i.records(), func(r *record) bool { return !r.whole })
	fitting := slices.DeleteFunc(slices.Clone(whole), func(r *record) bool { return !r.agrees(i.tidy) })
	suggestions := func() (suggestions []*partnercenter.Address) {
		for _, r := range fitting {
			suggestions = append(suggestions, i.asRecorded(r))
		}
		return suggestions
	}
	switch {
	case len(whole) > 0 && len(fitting) == 0:
		return objection(partnercenter.AddressNone, "Street", "StreetInvalid",
			quoted(i.tidy.AddressLine1)+" is in "+whole[0].city+", "+whole[0].state+" "+zip(whole[0].code)+"; neither the city nor the postal code is.")
	case !i.street.named && (i.numbersHouses() || i.street.number == ""):
		open = append(open, objection(partnercenter.AddressStreetPartial, "Street", "StreetInvalid",
			"The name of the street is missing; give it in line 1, for example 1 Microsoft Way."))
	case (i.street.number == "" || i.street.number == behind && len(fitting) > 0) && i.numbersHouses():
		open = append(open, objection(partnercenter.AddressStreetPartial, "Street", "StreetInvalid",
			"The house number is missing; give it in line 1, for example "+i.numbered(fitting)+".", suggestions()...))
	case len(fitting) > 0 && !slices.ContainsFunc(fitting, func(r *record) bool { return r.street.number == i.street.number }):
		open = append(open, objection(partnercenter.AddressPremisesPartial, "Premises", "PremisesInvalid",
			"The street has no number "+quoted(i.street.number)+".", suggestions()...))
	}
	if i.street.dangling != "" && slices.Contains(numbering, i.country.ISO2) {
		open = append(open, objection(partnercenter.AddressPremisesPartial, "Premises", "PremisesInvalid",
			"The number after "+quoted(i.street.dangling)+" is missing, for example "+i.street.dangling+" 100.", suggestions()...))
	} else if r, ok := i.record(); ok && r.suites && !i.street.unit {
		open = append(open, objection(partnercenter.AddressPremisesPartial, "Premises", "PremisesInvalid",
			"The building has many suites; give yours in line 2, for example Suite 100.", i.asRecorded(r)))
	}
	switch len(open) {
	case 0:
		return i.misspelled()
	case 1:
		return open[0]
	}
	// The docs' Multiple: "multiple fields that are partial (potentially also including StreetPartial and PremisesPartial)".
	open[0].status = partnercenter.AddressMultiple
	open[0].message += " " + open[1].message
	return open[0]
}

// numbered is an example of the street with a house number.
func (i *inquiry) numbered(records []*record) string {
	switch {
	case len(records) > 0:
		return records[0].line
	case i.country.ISO2 == "US" || i.country.ISO2 == "CA":
		return "12 " + clipped(i.tidy.AddressLine1)
	default:
		return clipped(i.tidy.AddressLine1) + " 12"
	}
}

// numbersHouses reports whether the house needs a number: houses of the country do, and this is no box.
func (i *inquiry) numbersHouses() bool {
	return slices.Contains(numbering, i.country.ISO2) && !i.street.box && !i.street.rural
}

// numbering are countries where hardly any house goes by a name instead of a number, or by that of a hamlet.
var numbering = strings.Fields("AT BE CA CH CZ DE DK LU NL PL SK US")

// misspelled finds a recorded street of almost this name, with this number and in this place.
// Seen in the announcement of March 2021: 1 Micro Way, Redmond, becomes 1 Microsoft Way and needs confirmation.
// So does a postal code that is not the record's.
func (i *inquiry) misspelled() finding {
	if r, ok := i.recordButCode(); ok {
		return objection(partnercenter.AddressInteractionRequired, "PostalCode", "ZipInvalid",
			"The postal code of "+r.line+" is "+r.code+".", i.asRecorded(r))
	}
	near := recordsWhere(func(r *record) bool {
		return r.country == i.country.ISO2 && r.state == i.state && sameName(r.city, i.tidy.City) &&
			zip(r.code) == zip(i.tidy.PostalCode) && r.street.number == i.street.number && almost(i.street.name, r.street.name)
	})
	if len(near) == 0 {
		return finding{}
	}
	return objection(partnercenter.AddressInteractionRequired, "Street", "StreetInvalid",
		"Did you mean "+near[0].line+"?", i.asRecorded(near[0]))
}

// recordButCode is the recorded address that this one is in all but the postal code, or its last four digits.
func (i *inquiry) recordButCode() (*record, bool) {
	for _, r := range i.records() {
		same := r.whole || zip(r.code) == zip(i.tidy.PostalCode)
		if same && r.street.number == i.street.number && r.agrees(i.tidy) && !r.holds(i.tidy.PostalCode) {
			return r, true
		}
	}
	return nil, false
}

// almost reports whether two streets differ, in one word and not the last, by two letters at most or by what follows the
// third letter.
func almost(name, recorded string) bool {
	words, others := strings.Fields(name), strings.Fields(recorded)
	if name == recorded || len(words) != len(others) || len(words) < 2 || words[len(words)-1] != others[len(others)-1] {
		return false
	}
	differing := 0
	for at, word := range words {
		if word == others[at] {
			continue
		}
		if differing++; len(word) < 3 || !strings.HasPrefix(others[at], word) && (len(word) < 5 || distance(word, others[at]) > 2) {
			return false
		}
	}
	return differing == 1
}

// distance is how many letters have to be put in, taken out or changed (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}
