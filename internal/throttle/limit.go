package throttle

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// most is the largest rate and the largest burst. A time in which so many tokens come in still fits a [time.Duration].
const most = 1_000_000

// Limit is how many tokens a bucket gets a minute, and how many it holds. The zero value is no limit.
type Limit struct {
	PerMinute int
	Burst     int
}

// ParseLimit reads RATE/BURST, for example 500/100. An empty text is no limit.
func ParseLimit(text string) (Limit, error) {
	if text == "" {
		return Limit{}, nil
	}
	rate, burst, _ := strings.Cut(text, "/")
	limit := Limit{PerMinute: count(rate), Burst: count(burst)}
	if limit.PerMinute == 0 || limit.Burst == 0 {
		return Limit{}, fmt.Errorf("%q is not RATE/BURST, two whole numbers from 1 to %d: for example 500/100, for 500 a minute and 100 at once", text, most)
	}
	return limit, nil
}

// count is the number that the text is, or zero for none that a limit may have.
func count(text string) int {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n > most {
		return 0
	}
	return int(n)
}

// UnmarshalText reads what [ParseLimit] does.
func (l *Limit) UnmarshalText(text []byte) error {
	limit, err := ParseLimit(string(text))
	if err == nil {
		*l = limit
	}
	return err
}

// refill is how long it takes until so many tokens have come in. Each takes equally long, to the nanosecond: a burst is
// exactly as long as its tokens.
func (l Limit) refill(tokens int) time.Duration {
	return time.Duration(tokens) * (time.Minute / time.Duration(l.PerMinute))
}
