package token

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestRemembered holds the memory to a model: what it answers was put there, what was put last is there, and it is never
// larger than it may be.
func TestRemembered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r remembered
		last := map[string]*Claims{}
		chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		different := rapid.IntRange(1, 3*rememberedTokens).Draw(t, "different tokens")
		for range 2 * different {
			raw := strconv.Itoa(chance.IntN(different))
			if got := r.get(raw); got != nil && got != last[raw] {
				t.Fatalf("get(%s) answers another's claims", raw)
			} else if got == nil {
				last[raw] = &Claims{TokenID: raw}
				r.put(raw, last[raw])
			}
			if r.get(raw) != last[raw] {
				t.Fatalf("%s was forgotten at once", raw)
			}
			if held := len(r.young) + len(r.old); held > rememberedTokens {
				t.Fatalf("%d remembered, want at most %d", held, rememberedTokens)
			}
		}
	})
}

// TestRememberedKeepsWhatIsUsed floods the memory while one token stays in use.
func TestRememberedKeepsWhatIsUsed(t *testing.T) {
	var r remembered
	used := &Claims{}
	r.put("used", used)
	for i := range 10 * rememberedTokens {
		r.put(strconv.Itoa(i), &Claims{})
		if i%100 == 0 && r.get("used") != used {
			t.Fatalf("forgotten after %d others", i)
		}
	}
}
