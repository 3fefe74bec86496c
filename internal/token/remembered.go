package token

import (
	"strings"
	"sync"
)

// rememberedTokens bounds what a Verifier remembers: 8 MiB of tokens of the usual size, 32 MiB of the largest.
const rememberedTokens = 4096

// remembered are tokens that were good when they were checked. There are two generations: when the young one is full it
// becomes the old one, and what was old is forgotten. So it stays bounded whatever comes, and a token in use stays in it.
//
// The token itself is the key. To compare strings takes the longer the more they are alike, but a map compares only those
// whose secretly seeded hashes agree, so that nobody can learn a signature from the time, byte by byte. A cryptographic
// hash as the key would cost more than all the rest.
type remembered struct {
	mu         sync.RWMutex
	young, old map[string]*Claims
}

// get is what a token says, or nil.
func (r *remembered) get(raw string) *Claims {
	r.mu.RLock()
	claims, isYoung := r.young[raw]
	if !isYoung {
		claims = r.old[raw]
	}
	r.mu.RUnlock()
	if claims != nil && !isYoung {
		r.put(raw, claims)
	}
	return claims
}

// put remembers a token.
func (r *remembered) put(raw string, claims *Claims) {
	raw = strings.Clone(raw) // it may be a part of something larger
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.young == nil || len(r.young) >= rememberedTokens/2 {
		r.young, r.old = make(map[string]*Claims), r.young
	}
	r.young[raw] = claims
}
