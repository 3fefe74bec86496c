package login

import (
	_ "embed"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// Languages are those in which there are pages, the first for all who read none of them.
var Languages = []string{"en", "nl", "de", "fr", "es"}

//go:embed pages/texts.json
var textsJSON []byte

// texts are the words of the pages, by key and language; %s stands for a name.
var texts = func() (all map[string]map[string]string) {
	if err := json.Unmarshal(textsJSON, &all); err != nil {
		panic("login: texts.json: " + err.Error()) // embedded, and read by a test
	}
	return all
}()

// text is the text of the key with the names in it. Templates call it through page.T.
func text(language, key string, names ...any) string {
	words, ok := texts[key][language]
	if !ok {
		panic("login: no text " + key + " in " + language) // a test holds templates and texts to each other
	}
	if len(names) == 0 {
		return words
	}
	return fmt.Sprintf(words, names...)
}

// languageOf is the visitor's language: what the client asks for in the query (ui_locales as in OpenID Connect, mkt as in the
// service's own links), or else what the browser says.
func languageOf(r *http.Request) string {
	query := r.URL.Query()
	for _, asked := range [...]string{query.Get("ui_locales"), query.Get("mkt")} {
		for tag := range strings.FieldsSeq(asked) {
			if language, ok := known(tag); ok {
				return language
			}
		}
	}
	return accepted(r.Header.Get("Accept-Language"))
}

// accepted is the language that the header likes most of those we have; of two that it likes alike, the first.
func accepted(header string) string {
	best, most := Languages[0], 0.0
	for item := range strings.SplitSeq(header, ",") {
		tag, parameter, _ := strings.Cut(item, ";")
		weight := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q="); ok {
			var err error
			if weight, err = strconv.ParseFloat(value, 64); err != nil {
				continue
			}
		}
		if language, ok := known(strings.TrimSpace(tag)); ok && weight > most {
			best, most = language, weight
		}
	}
	return best
}

// known is the language of the tag, whatever the region.
func known(tag string) (string, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	return primary, slices.Contains(Languages, primary)
}
