package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// outputFlag chooses between a form for people and one for programs.
type outputFlag struct {
	Output string `short:"o" default:"table" enum:"table,json" variable:"TENANTRY_OUTPUT" help:"table or json."`
}

// show prints the value as JSON, or as its table.
func (o *outputFlag) show(p *program, value any, table func(io.Writer)) error {
	var b strings.Builder
	if o.Output == "json" {
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(value); err != nil {
			return err
		}
	} else {
		table(&b)
	}
	_, err := io.WriteString(p.stdout, b.String())
	return err
}

// rows writes names and values in two columns; a name whose value is empty is left out.
func rows(w io.Writer, pairs ...string) {
	width := 0
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			width = max(width, len(pairs[i]))
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(w, "%-*s  %s\n", width, pairs[i], pairs[i+1])
		}
	}
}

// columns writes lines of as many fields each, the first of them the head, one under another.
func columns(w io.Writer, lines [][]string) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, field := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(field))
		}
	}
	for _, line := range lines {
		var b strings.Builder
		for i, field := range line {
			b.WriteString(field + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(field)+2))
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}
