package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestThrottledIsNotRemembered repeats a refused create under its id when it may: it is carried out then, and remembered.
func TestThrottledIsNotRemembered(t *testing.T) {
	s := newStage(t, "config: throttle-partner=60/5")
	create := `POST /v1/customers HTTP/1.1
Authorization: Bearer {{contoso}}
MS-RequestId: 94e4e214-6b06-4fb7-96d1-94d559f9b47f

{"companyProfile":{"domain":"margie.onmicrosoft.com"},"billingProfile":{"email":"a@b.example","culture":"en-US","language":"en","companyName":"A",
"defaultAddress":{"country":"US","city":"Redmond","state":"WA","addressLine1":"1","postalCode":"98052","firstName":"A","lastName":"B"}}}
`
	read := "GET /v1/countryvalidationrules/US HTTP/1.1\nAuthorization: Bearer {{contoso}}\n"
	steps := []struct {
		name    string
		after   int64 // seconds
		request string
		want    string
	}{
		{"one of five", 0, read, "200 OK"},
		{"a write has four", 0, create, "429 Too Many Requests"},
		{"a second too early", 5, create, "429 Too Many Requests"},
		{"as told", 6, create, "201 Created"},
		{"again", 5, create, "201 Created"},
	}
	first := ""
	for _, step := range steps {
		s.clock.Add(step.after)
		answer := string(s.send([]byte(step.request)))
		if !strings.HasPrefix(answer, "HTTP/1.1 "+step.want) {
			t.Fatalf("%s: got %s, want %s", step.name, answer, step.want)
		}
		_, body, _ := strings.Cut(answer, "\n\n")
		switch {
		case step.want != "201 Created":
		case first == "":
			first = body
		case body != first:
			t.Errorf("%s: got %s, want the same as before, %s", step.name, body, first)
		}
	}
}

// TestThrottledWait does as Retry-After says: the call passes then. Meanwhile another partner is not throttled.
func TestThrottledWait(t *testing.T) {
	const customer = "GET /v1/customers/94e4e214-6b06-4fb7-96d1-94d559f9b47f HTTP/1.1\n"
	for _, test := range []struct {
		name    string
		config  string
		request string
		calls   int // until one is refused
	}{
		{"by partner", "throttle-partner=60/3", customer, 3},
		{"by customer", "throttle-customer=60/3", customer, 3},
		{"by the narrower of both", "throttle-partner=600/100 throttle-customer=7/2", customer, 2},
		{"for both to have refilled", "throttle-partner=2/4 throttle-customer=60/3", customer, 3},
		{"a write", "throttle-partner=60/12", "DELETE /v1/customers/94e4e214-6b06-4fb7-96d1-94d559f9b47f HTTP/1.1\n", 2},
		{"not by customer", "throttle-customer=60/3", "GET /v1/customers/x HTTP/1.1\n", 0},
		{"not at all", "", customer, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "config: "+test.config)
			send := func(partner string) *answer {
				t.Helper()
				return parseAnswer(t, s.send([]byte(test.request+"Authorization: Bearer {{"+partner+"}}\n")))
			}
			passed := 0
			var refused *answer
			for refused == nil && passed < 50 {
				if got := send("contoso"); got.status == http.StatusTooManyRequests {
					refused = got
				} else {
					passed++
				}
			}
			if test.calls == 0 {
				if refused != nil {
					t.Errorf("refused after %d calls: %+v", passed, refused)
				}
				return
			}
			if passed != test.calls {
				t.Errorf("%d calls passed, want %d", passed, test.calls)
			}
			if got := send("fabrikam"); got.status == http.StatusTooManyRequests {
				t.Errorf("another partner was throttled: %+v", got)
			}
			wait, err := strconv.ParseInt(refused.retryAfter, 10, 64)
			if err != nil || wait < 1 {
				t.Fatalf("Retry-After: got %q, want seconds", refused.retryAfter)
			}
			s.clock.Add(wait)
			if got := send("contoso"); got.status == http.StatusTooManyRequests {
				t.Errorf("after %d seconds: got %+v", wait, got)
			}
		})
	}
}

// answer is what of an answer tells of throttling.
type answer struct {
	status     int
	retryAfter string
}

func parseAnswer(t *testing.T, text []byte) *answer {
	t.Helper()
	head, _, _ := strings.Cut(string(text), "\n\n")
	fields := strings.Fields(head)
	status, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(head, "\nRetry-After: ")
	after, _, _ = strings.Cut(after, "\n")
	return &answer{status, after}
}
