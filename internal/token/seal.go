package token

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

var errSeal = errors.New("it was sealed with another root key, or is damaged")

// seal encrypts with AES-256-GCM. Each name has a key of its own, so that the random nonces of one are all that must differ.
func (r Root) seal(random io.Reader, name string, plain []byte) ([]byte, error) {
	aead := r.aead(name)
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(randomOr(random), nonce); err != nil {
		return nil, fmt.Errorf("random bytes: %w", err)
	}
	return aead.Seal(nonce, nonce, plain, nil), nil
}

// open decrypts what seal made under the name.
func (r Root) open(name string, sealed []byte) ([]byte, error) {
	aead := r.aead(name)
	if len(sealed) < aead.NonceSize() {
		return nil, errSeal
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], nil)
	if err != nil {
		return nil, errSeal
	}
	return plain, nil
}

func (r Root) aead(name string) cipher.AEAD {
	block, err := aes.NewCipher(mac(r.keys.seal, []byte(name)))
	if err != nil {
		panic("token: " + err.Error()) // the key has 32 bytes
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("token: " + err.Error()) // AES has the block size that GCM wants
	}
	return aead
}
