package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestWireRules holds every answer in the golden files to what clients of the real service rely on, whatever the operation:
// one that is written with -update and not read cannot break them unseen.
func TestWireRules(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	seen := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(archive.Files); i += 2 {
			answer := &wireAnswer{request: string(archive.Files[i-1].Data)}
			answer.read(t, string(archive.Files[i].Data))
			if !strings.Contains(strings.ToLower(answer.path), "v1") {
				continue // another surface, or a page
			}
			seen++
			for _, broken := range answer.broken() {
				t.Errorf("%s: %s %s: %s", filepath.Base(file), answer.method, answer.path, broken)
			}
		}
	}
	if seen < 300 {
		t.Errorf("looked at %d answers only", seen)
	}
}

// wireAnswer is an answer of a golden file.
type wireAnswer struct {
	request      string
	method, path string
	status       int
	header       http.Header
	body         string
	bom          bool
}

var firstLine = regexp.MustCompile(`^([A-Z]+) (?:https?://[^/]+)?([^ ?]+)`)

func (a *wireAnswer) read(t *testing.T, text string) {
	t.Helper()
	line := firstLine.FindStringSubmatch(a.request)
	if line == nil {
		t.Fatalf("no request: %.80s", a.request)
	}
	a.method, a.path = line[1], line[2]
	text = strings.TrimPrefix(text, "HTTP/1.1 100 Continue\n\n")
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	a.status, _ = strconv.Atoi(strings.Fields(lines[0])[1])
	a.header = http.Header{}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		a.header.Add(name, value)
	}
	a.body, a.bom = strings.CutPrefix(strings.TrimSuffix(body, "\n"), "<BOM>")
}

// answerStatuses are those that no SDK repeats by itself or fails on, and the gateway's. A 412 is an answer to If-Match alone:
// the .NET and Java SDKs repeat it.
var answerStatuses = []int{200, 201, 204, 400, 401, 403, 404, 405, 409, 412, 429, 501}

// broken is what is wrong with the answer.
func (a *wireAnswer) broken() (found []string) {
	wrong := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if !slices.Contains(answerStatuses, a.status) {
		wrong("status %d", a.status)
	}
	if a.status == http.StatusPreconditionFailed && !strings.Contains(a.request, "\nIf-Match:") {
		wrong("412 without If-Match")
	}
	if after, err := strconv.Atoi(a.header.Get("Retry-After")); a.status == http.StatusTooManyRequests && (err != nil || after < 1) {
		wrong("429 with Retry-After %q", a.header.Get("Retry-After"))
	}
	for _, name := range []string{"MS-RequestId", "MS-CorrelationId", "MS-CV", "MS-ServerId", "Date"} {
		if a.header.Get(name) == "" {
			wrong("no %s", name)
		}
	}
	for _, name := range []string{"Content-Encoding", "Location", "Set-Cookie"} {
		if a.header.Get(name) != "" {
			wrong("%s: %s", name, a.header.Get(name))
		}
	}
	if a.body == "" {
		if a.header.Get("Content-Type") != "" || a.status != http.StatusNoContent && a.header.Get("Content-Length") != "0" {
			wrong("no body, but %v", a.header)
		}
		return found
	}
	if a.method == http.MethodHead || a.status == http.StatusNoContent {
		wrong("a body")
	}
	length := len(a.body)
	if a.bom {
		length += len("\ufeff")
	}
	if a.header.Get("Content-Type") != "application/json; charset=utf-8" || a.header.Get("Content-Length") != strconv.Itoa(length) {
		wrong("%d bytes of %s, of which %s are announced", length, a.header.Get("Content-Type"), a.header.Get("Content-Length"))
	}
	if a.bom && a.status >= 300 {
		wrong("a byte order mark before a fault")
	}
	var value any
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		wrong("no JSON: %v", err)
	}
	if a.status != http.StatusTooManyRequests && a.status >= 400 {
		return append(found, brokenFault(value)...)
	}
	if value == nil {
		return found // the one record that there is not
	}
	return append(found, a.brokenValue("", value)...)
}

// brokenFault is what is wrong with a fault: .NET and Java enumerate its data.
func brokenFault(value any) (found []string) {
	fault, _ := value.(map[string]any)
	_, isNumber := fault["code"].(float64)
	words, _ := fault["description"].(string)
	if !isNumber || words == "" || len([]rune(words)) > 1024 {
		found = append(found, fmt.Sprintf("code %v and description %q", fault["code"], words))
	}
	if fault["errorName"] != nil {
		return found // of the newer services
	}
	if data, ok := fault["data"].([]any); !ok || fault["source"] == nil {
		found = append(found, fmt.Sprintf("data %v and source %v", fault["data"], fault["source"]))
	} else if slices.ContainsFunc(data, func(entry any) bool { _, isText := entry.(string); return !isText }) {
		found = append(found, fmt.Sprintf("data %v", data))
	}
	return found
}

var relationshipWords = []any{"unknown", "reseller", "advisor", "syndication", "microsoft_support", "none"}

// brokenValue looks at a value, and at those in it.
func (a *wireAnswer) brokenValue(path string, value any) (found []string) {
	switch value := value.(type) {
	case nil:
		return []string{path + " is null"}
	case []any:
		for i, item := range value {
			found = append(found, a.brokenValue(fmt.Sprintf("%s[%d]", path, i), item)...)
		}
	case map[string]any:
		for name, member := range value {
			found = append(found, a.brokenMember(path+"."+name, name, value, member)...)
			found = append(found, a.brokenValue(path+"."+name, member)...)
		}
	}
	return found
}

var camelCase = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)

func (a *wireAnswer) brokenMember(path, name string, object map[string]any, member any) (found []string) {
	wrong := func(format string, args ...any) { found = append(found, path+": "+fmt.Sprintf(format, args...)) }
	if !camelCase.MatchString(name) && !strings.HasPrefix(a.path, "/webhooks/") { // whose samples are in Pascal case
		wrong("is not in camel case")
	}
	switch name {
	case "relationshipToPartner":
		if !slices.Contains(relationshipWords, member) {
			wrong("is %v", member)
		}
	case "password":
		// The first one is told once; one that the request sets is answered to it, in the docs' samples of users.
		echoed := path == ".passwordProfile.password" && strings.Contains(a.path, "/users") && strings.Contains(a.request, fmt.Sprintf("%q", member))
		if text, ok := member.(string); !ok || text == "" || a.status != http.StatusCreated && !echoed {
			wrong("is in an answer of %d", a.status)
		}
	case "attributes":
		attributes, ok := member.(map[string]any)
		if objectType, _ := attributes["objectType"].(string); !ok || objectType == "" {
			wrong("has no objectType")
		}
		for _, attribute := range attributes {
			if _, ok := attribute.(string); !ok {
				wrong("is not flat")
			}
		}
	case "items":
		items, _ := member.([]any)
		attributes, _ := object["attributes"].(map[string]any)
		if object["totalCount"] != float64(len(items)) || attributes["objectType"] != "Collection" {
			wrong("are %d in a collection with totalCount %v and attributes %v", len(items), object["totalCount"], attributes)
		}
	case "links":
		links, _ := member.(map[string]any)
		for name, link := range links {
			if problem := brokenLink(link, name == "next" || name == "previous"); problem != "" {
				wrong("%s %s", name, problem)
			}
		}
	}
	return found
}

// brokenLink is what is wrong with a link. Its headers are enumerated by .NET, unchecked. URIs leave the version out, but for
// those of pages on a portal.
func brokenLink(value any, seeks bool) string {
	link, _ := value.(map[string]any)
	uri, _ := link["uri"].(string)
	headers, ok := link["headers"].([]any)
	switch {
	case !strings.HasPrefix(uri, "/") && !strings.HasPrefix(uri, "https://"), strings.HasPrefix(uri, "/v1"):
		return "leads to " + uri
	case link["method"] != "GET" || !ok:
		return fmt.Sprintf("has method %v and headers %v", link["method"], link["headers"])
	case seeks != (len(headers) == 1 && strings.Contains(fmt.Sprint(headers), "MS-ContinuationToken")):
		return fmt.Sprintf("has headers %v", headers)
	}
	return ""
}
