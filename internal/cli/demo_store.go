package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
)

// fingerprint is the hash of all that a store has on disk: its file, and the log of what was committed since.
func fingerprint(path string) (string, error) {
	hash := sha256.New()
	for _, name := range [...]string{path, path + "-wal"} {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(hash, file)
		_ = file.Close() // was only read
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
