package token

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	hashSalt = 16
	hashSum  = 32
)

// chosenParams are what OWASP's Password Storage Cheat Sheet asks at least, in its form with the least memory for two passes.
var chosenParams = argonParams{memory: 19456, passes: 2, lanes: 1}

// argonParams is the cost of an argon2id hash; memory in KiB.
type argonParams struct {
	memory, passes uint32
	lanes          uint8
}

func (p argonParams) sum(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, hashSum)
}

// argonHash is a hash as its PHC string says it.
type argonHash struct {
	params    argonParams
	salt, sum []byte
}

// encode writes $argon2id$v=19$m=19456,t=2,p=1$salt$sum
// (github.com/P-H-C/phc-string-format).
func (h argonHash) encode() []byte {
	return fmt.Appendf(nil, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.params.memory, h.params.passes, h.params.lanes,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.sum))
}

// parseHash reads what encode wrote, now or with other parameters, but none that would let a stored value ask for more
// than 256 MiB.
func parseHash(text []byte) (argonHash, error) {
	fields := strings.Split(string(text), "$")
	if len(fields) != 6 || text[0] != chosenCredential || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return argonHash{}, errCredential
	}
	var hash argonHash
	p := &hash.params
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return argonHash{}, errCredential
	}
	canonical := fmt.Sprintf("m=%d,t=%d,p=%d", p.memory, p.passes, p.lanes)
	if fields[3] != canonical || p.memory < 8*uint32(p.lanes) || p.memory > 256<<10 || p.passes < 1 || p.passes > 16 || p.lanes < 1 {
		return argonHash{}, errCredential
	}
	var saltErr, sumErr error
	hash.salt, saltErr = base64.RawStdEncoding.Strict().DecodeString(fields[4])
	hash.sum, sumErr = base64.RawStdEncoding.Strict().DecodeString(fields[5])
	if saltErr != nil || sumErr != nil || len(hash.salt) < 8 || len(hash.salt) > 64 || len(hash.sum) != hashSum {
		return argonHash{}, errCredential
	}
	return hash, nil
}
