package main

import (
	"strings"
	"testing"
	"time"
)

func TestSizeReport(t *testing.T) {
	at := func(rate float64, cpu time.Duration) measurement {
		return measurement{rate: rate, cpu: cpu, p50: time.Millisecond, p99: 2 * time.Millisecond, clientCPU: 9 * time.Microsecond, peakMemory: 15e6, resident: 19e6}
	}
	r := &sizeReport{window: 4 * time.Second, many: 1e6}
	for _, rate := range []float64{8000, 5000, 10000} {
		r.rounds = append(r.rounds, round{cells: map[cell]measurement{
			{get.name, readConnections, "1,000"}:           at(10000, 50*time.Microsecond),
			{get.name, readConnections, "1,000,000"}:       at(rate, 55*time.Microsecond),
			{firstPage.name, readConnections, "1,000"}:     at(4000, 200*time.Microsecond),
			{firstPage.name, readConnections, "1,000,000"}: at(4000, 280*time.Microsecond),
		}})
	}
	got := r.markdown()
	for _, want := range []string{
		"\n| get        | 1,000,000 |      8,000 |   1.00 |   2.00 |             55 |                     9 |           15.0 |        19.0 |\n",
		"\n| GET by id, 1,000,000 to 1,000 customers          | 1.25 (1.00–2.00) | 1.10 (1.10–1.10) |\n",
		`
- time, GET by id, 1,000,000 to 1,000 customers: 1.25 (aim: at most 1.20) **missed**
- CPU time, GET by id, 1,000,000 to 1,000 customers: 1.10 (aim: at most 1.20) ok
- time, first page by name, 1,000,000 to 1,000 customers: 1.00 (aim: at most 1.30) ok
- CPU time, first page by name, 1,000,000 to 1,000 customers: 1.40 (aim: at most 1.30) **missed**
`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant in it\n%s", got, want)
		}
	}
	if strings.Contains(got, "deep page to") {
		t.Errorf("got\n%s\nwant no deep pages, which were not measured", got)
	}
	if got := missed(r.aims()); got != 2 {
		t.Errorf("got %d missed, want 2", got)
	}
}
