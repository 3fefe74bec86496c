package store

import (
	"strconv"
	"strings"
)

// insertion is an INSERT of rows, as many as there are. It is prepared for some numbers of rows, so that many are few statements.
type insertion struct {
	columns int
	texts   [len(insertionSizes)]string
}

// insertionSizes are the numbers of rows that an insertion is prepared for.
var insertionSizes = [...]int{64, 16, 4, 1}

// newInsertion takes what stands before the values and what stands behind them.
func newInsertion(head string, columns int, tail string) *insertion {
	in := &insertion{columns: columns}
	for s, size := range insertionSizes {
		var text strings.Builder
		text.WriteString(head)
		text.WriteString(" VALUES ")
		for n := range size * columns {
			switch {
			case n == 0:
				text.WriteString("(")
			case n%columns == 0:
				text.WriteString("), (")
			default:
				text.WriteString(", ")
			}
			text.WriteString("$" + strconv.Itoa(n+1))
		}
		text.WriteString(") ")
		text.WriteString(tail)
		in.texts[s] = text.String()
	}
	return in
}

// insert makes the rows whose columns stand one behind another. What the insertion returns of them is read by the function, if it is
// not nil.
func (t *tx) insert(in *insertion, values []any, made func(scanner) error) error {
	for s, size := range insertionSizes {
		for width := size * in.columns; len(values) >= width; values = values[width:] {
			var err error
			if made == nil {
				err = t.exec(in.texts[s], values[:width]...)
			} else {
				err = t.each(in.texts[s], made, values[:width]...)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
