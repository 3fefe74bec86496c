package token

import (
	"crypto/rand"
	"io"
	"time"
)

// randomOr is the source, or the real one.
func randomOr(source io.Reader) io.Reader {
	if source == nil {
		return rand.Reader
	}
	return source
}

// clock is the time by now, or the real one.
func clock(now func() time.Time) time.Time {
	if now == nil {
		return time.Now()
	}
	return now()
}

// sample draws n characters of the alphabet, each equally likely, from a source of random bytes.
func sample(source io.Reader, alphabet string, n int) ([]byte, error) {
	fair := 256 - 256%len(alphabet) // bytes from here on would favour the first characters
	text := make([]byte, 0, n)
	chunk := make([]byte, n)
	for len(text) < n {
		if _, err := io.ReadFull(source, chunk); err != nil {
			return nil, err
		}
		for _, b := range chunk {
			if int(b) < fair && len(text) < n {
				text = append(text, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return text, nil
}
