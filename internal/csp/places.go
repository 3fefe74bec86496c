package csp

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/tenantry/tenantry/partnercenter"
)

// What is known of places, as far as it goes. The tables are part of the binary and never change.
var (
	//go:embed zones.csv
	zonesCSV string
	//go:embed places.csv
	placesCSV string
	//go:embed streets.csv
	streetsCSV string
)

// zipLength is the length of a ZIP Code without its four further digits.
const zipLength = 5

// zip is a postal code without what follows the first five characters.
func zip(code string) string { return code[:min(len(code), zipLength)] }

// zone is a state, and the first characters of its postal codes: prefixes, and ranges of those. Of two zones the one with
// the longer prefix has the code. Of a state's own codes the first is the one that the tables know it by: Mexico has two.
type zone struct {
	country string
	states  []string
	codes   []span
}

// place is a city, and its postal codes, without the blanks in them. A code that is listed by itself is this city's only, and
// the first one stands for the city; a range says where the city's codes lie, perhaps among others.
type place struct {
	country, state, city string
	codes                []span
}

// record is an address that there is. If whole is set it is the only one of its street, and the street the only one of its
// name in the state; if suites is set it needs the number of one.
type record struct {
	country, state, city, code, line string
	whole, suites                    bool
	street                           street
}

// span is a range of codes of one length, both ends included.
type span struct{ first, last string }

func (s span) holds(code string) bool {
	code = strings.ReplaceAll(code, " ", "")
	return len(code) >= len(s.first) && s.first <= code[:len(s.first)] && code[:len(s.first)] <= s.last
}

func (p *place) owns(code string) bool {
	return slices.ContainsFunc(p.codes, func(s span) bool { return s.first == s.last && s.holds(code) })
}

func (p *place) holds(code string) bool {
	return slices.ContainsFunc(p.codes, func(s span) bool { return s.holds(code) })
}

func (p *place) main() string { return p.codes[0].first }

// agrees reports whether the address is in the record's city, or has its postal code.
func (r *record) agrees(a *partnercenter.Address) bool {
	return sameName(r.city, a.City) || zip(r.code) == zip(a.PostalCode)
}

// holds reports whether the postal code is the record's, as far as both go.
func (r *record) holds(code string) bool {
	return strings.HasPrefix(r.code, code) || strings.HasPrefix(code, r.code)
}

// sameName compares names of cities without regard to case, accents, full stops, hyphens and Saint or St.
func sameName(a, b string) bool { return nameKey(a) == nameKey(b) }

// plainly leaves capitals, and blanks between words. The accents are those of the languages of the countries in the tables.
var plainly = strings.NewReplacer(
	".", " ", "-", " ", "'", "", "’", "",
	"Á", "A", "À", "A", "Â", "A", "É", "E", "È", "E", "Ê", "E", "Ë", "E", "Í", "I", "Î", "I", "Ï", "I",
	"Ó", "O", "Ô", "O", "Ú", "U", "Ù", "U", "Û", "U", "Ü", "U", "Ñ", "N", "Ç", "C",
)

func nameKey(name string) string {
	words := strings.Fields(plainly.Replace(strings.ToUpper(name)))
	for at, word := range words {
		if word == "SAINT" {
			words[at] = "ST"
		}
	}
	return strings.Join(words, " ")
}

// geography is the tables, read once.
var geography = sync.OnceValue(func() (g struct {
	zones   []zone
	places  []place
	records []record
}) {
	for _, row := range rowsOf(zonesCSV) {
		g.zones = append(g.zones, zone{country: row[0], states: strings.Fields(row[1]), codes: spansOf(row[2])})
	}
	for _, row := range rowsOf(placesCSV) {
		g.places = append(g.places, place{country: row[0], state: row[1], city: row[2], codes: spansOf(row[3])})
	}
	for _, row := range rowsOf(streetsCSV) {
		g.records = append(g.records, record{
			country: row[0], state: row[1], city: row[2], code: row[3], line: row[4],
			whole: row[5] == "whole", suites: row[5] == "suites", street: parseStreet(row[4], ""),
		})
	}
	return g
})

// rowsOf is the rows of a table whose fields hold no commas, without its heading.
func rowsOf(text string) [][]string {
	var rows [][]string
	for line := range strings.Lines(text) {
		rows = append(rows, strings.Split(strings.TrimSpace(line), ","))
	}
	return rows[1:]
}

func spansOf(text string) []span {
	var spans []span
	for word := range strings.FieldsSeq(text) {
		first, last, ok := strings.Cut(word, "-")
		if !ok {
			last = first
		}
		spans = append(spans, span{first, last})
	}
	return spans
}

// zoned reports whether the states of the country are known by their postal codes.
func zoned(country string) bool {
	return slices.ContainsFunc(geography().zones, func(z zone) bool { return z.country == country })
}

// statesOf is all codes of the state that has this one, the first being the one that the tables know it by.
func statesOf(country, state string) []string {
	for _, z := range geography().zones {
		if z.country == country && slices.Contains(z.states, state) {
			return z.states
		}
	}
	return []string{state}
}

// zoneOf is the state that the postal code lies in, or nothing.
func zoneOf(country, code string) string {
	state, longest := "", 0
	for _, z := range geography().zones {
		for _, s := range z.codes {
			if z.country == country && len(s.first) > longest && s.holds(code) {
				state, longest = z.states[0], len(s.first)
			}
		}
	}
	return state
}

func placesWhere(is func(*place) bool) []*place { return where(geography().places, is) }

func recordsWhere(is func(*record) bool) []*record { return where(geography().records, is) }

// where is pointers to the elements for which is holds, in order.
func where[T any](all []T, is func(*T) bool) []*T {
	var found []*T
	for at := range all {
		if is(&all[at]) {
			found = append(found, &all[at])
		}
	}
	return found
}
