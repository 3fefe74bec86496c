package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
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
