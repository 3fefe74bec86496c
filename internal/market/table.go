package market

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed countries.json
var countriesJSON []byte

// table is countries.json and the ways into it.
type table struct {
	countries []Country // ordered by ISO2
	byISO2    map[string]*Country
	cultures  map[string]string // lower case to canonical: en-us to en-US
	languages map[string]bool   // lower case: en, pt-pt
}

// load returns the table, which it reads the first time.
var load = sync.OnceValue(newTable)

// newTable panics if countries.json cannot be read: the file is part of the
// binary, so that is a mistake in this package, and its tests find it.
func newTable() *table {
	t := &table{
		byISO2:    map[string]*Country{},
		cultures:  map[string]string{},
		languages: map[string]bool{},
	}
	if err := json.Unmarshal(countriesJSON, &t.countries); err != nil {
		panic(fmt.Errorf("countries.json: %w", err))
	}
	for i := range t.countries {
		c := &t.countries[i]
		c.DefaultCulture = c.Cultures[0]
		c.Languages = languagesOf(c.Cultures)
		if c.States == nil {
			c.States = []string{}
		}
		t.byISO2[c.ISO2] = c
		for _, culture := range c.Cultures {
			t.cultures[strings.ToLower(culture)] = culture
		}
		for _, language := range c.Languages {
			t.languages[strings.ToLower(language)] = true
		}
	}
	return t
}

func (t *table) country(iso2 string) (*Country, bool) {
	c, ok := t.byISO2[strings.ToUpper(iso2)]
	if !ok || !sameASCII(c.ISO2, iso2) {
		return nil, false
	}
	return c, true
}

func (t *table) culture(s string) (string, bool) {
	c, ok := t.cultures[strings.ToLower(s)]
	if !ok || !sameASCII(c, s) {
		return "", false
	}
	return c, true
}

// languagesOf is how the recordings get from cultures to languages: en-US and
// es-US become en and es, pt-PT and en-US become en and pt-PT.
func languagesOf(cultures []string) []string {
	set := map[string]bool{}
	for _, culture := range cultures {
		switch language := subtag(culture); language {
		case "pt", "zh": // written in more than one way
			set[culture] = true
		default:
			set[language] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// subtag returns the language of a culture: sr for sr-Latn-RS.
func subtag(culture string) string {
	language, _, _ := strings.Cut(culture, "-")
	return language
}
