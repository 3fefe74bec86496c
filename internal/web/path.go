package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Paths makes paths canonical, so that a route is found however a client spells it and never by a redirect: clients
// build "/v1/" + "/customers", write /V1/Customers, add a slash or a blank at the end, and drop Authorization or the body
// when they are redirected (seen in the .NET, Java and PowerShell SDKs).
type Paths struct {
	words map[string]string // each literal segment of the patterns, by its lower case and by itself
}

// NewPaths knows the literal segments of the patterns. Of two spellings of one word it takes the last.
func NewPaths(patterns []string) *Paths {
	paths := &Paths{words: map[string]string{}}
	for _, pattern := range patterns {
		for segment := range strings.SplitSeq(pattern, "/") {
			if segment != "" && segment[0] != '{' {
				paths.words[strings.ToLower(segment)] = segment
			}
		}
	}
	for _, word := range slices.Collect(maps.Values(paths.words)) {
		paths.words[word] = word // saves the usual request the lower case
	}
	return paths
}

// Alias lets a segment be written as another word: AutoRest clients write v1.0 for v1.
func (p *Paths) Alias(other, word string) { p.words[strings.ToLower(other)] = word }

// Canonical gives the request its canonical path. Segments that are no word of the routes stay as they are, but for blanks
// around them; a segment that holds an escaped slash stays one segment. A path that climbs leads nowhere but to the root.
func (p *Paths) Canonical(r *http.Request) {
	escaped := r.URL.EscapedPath()
	if p.isCanonical(escaped) {
		return
	}
	var decoded, encoded strings.Builder
	for segment := range strings.SplitSeq(escaped, "/") {
		segment, err := url.PathUnescape(segment)
		if err != nil {
			continue // EscapedPath is always well formed
		}
		segment = strings.TrimSpace(segment)
		if segment == "" || segment == "." {
			continue
		}
		if segment == ".." {
			r.URL.Path, r.URL.RawPath = "/", "/"
			return
		}
		if word, ok := p.words[strings.ToLower(segment)]; ok {
			segment = word
		}
		decoded.WriteString("/" + segment)
		encoded.WriteString("/" + url.PathEscape(segment))
	}
	if decoded.Len() == 0 {
		decoded.WriteString("/")
		encoded.WriteString("/")
	}
	r.URL.Path, r.URL.RawPath = decoded.String(), encoded.String()
}

// isCanonical saves the usual request the work.
func (p *Paths) isCanonical(path string) bool {
	if path == "/" {
		return true
	}
	if path == "" || path[0] != '/' || strings.IndexByte(path, '%') >= 0 {
		return false
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
		word, ok := p.words[segment]
		if !ok {
			word, ok = p.words[strings.ToLower(segment)]
		}
		if ok && word != segment {
			return false
		}
	}
	return true
}
