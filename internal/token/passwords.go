package token

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// MaxPassword is the most bytes that a password may have; the real service takes 256 characters.
const MaxPassword = 1 << 10

// ErrPasswordTooLong is returned for a chosen password of more than [MaxPassword] bytes.
var ErrPasswordTooLong = errors.New("the password is longer than 1024 bytes")

// ErrBusy is returned for a password that would have to wait too long until it is proved.
var ErrBusy = errors.New("too many passwords are being proved")

// maxLine is how many slow hashes run or wait: about a second of them.
const maxLine = 64

// Passwords proves the passwords of users.
//
// A first password is proved by deriving it again, which takes a microsecond. A chosen one costs an argon2id hash, and
// so does every refusal: the time of an answer tells neither whether there is such a user, nor whether the user has
// chosen a password yet.
type Passwords struct {
	Root Root
	Rand io.Reader // salts of chosen passwords; nil: the real source

	once   sync.Once
	gate   chan struct{} // slow hashes that run
	line   atomic.Int64  // those, and who waits to run one
	hashes atomic.Int64
}

// Verify reports whether the password is the credential's. The error is the context's, [ErrBusy], or says that
// the credential cannot be read.
func (p *Passwords) Verify(ctx context.Context, credential []byte, tenant [16]byte, password string) (bool, error) {
	if len(password) > MaxPassword {
		return false, nil
	}
	if salt, ok := derivedSalt(credential); ok {
		first := p.Root.FirstPassword(tenant, salt)
		if subtle.ConstantTimeCompare([]byte(first), []byte(password)) == 1 {
			return true, nil
		}
		return false, p.VerifyNobody(ctx, password)
	}
	if len(credential) == 0 { // a user that has no password yet
		return false, p.VerifyNobody(ctx, password)
	}
	hash, err := parseHash(credential)
	if err != nil {
		return false, err
	}
	sum, err := p.slow(ctx, password, hash.params, hash.salt)
	return err == nil && subtle.ConstantTimeCompare(sum, hash.sum) == 1, err
}

// VerifyNobody takes the time that [Passwords.Verify] takes to refuse. The error is the context's, or [ErrBusy].
func (p *Passwords) VerifyNobody(ctx context.Context, password string) error {
	if len(password) > MaxPassword {
		return nil
	}
	_, err := p.slow(ctx, password, chosenParams, make([]byte, hashSalt))
	return err
}

// ChosenCredential is what a store keeps of a password that somebody chose: an argon2id hash as a PHC string.
func (p *Passwords) ChosenCredential(ctx context.Context, password string) ([]byte, error) {
	if len(password) > MaxPassword {
		return nil, ErrPasswordTooLong
	}
	salt := make([]byte, hashSalt)
	if _, err := io.ReadFull(randomOr(p.Rand), salt); err != nil {
		return nil, fmt.Errorf("random bytes: %w", err)
	}
	sum, err := p.slow(ctx, password, chosenParams, salt)
	if err != nil {
		return nil, err
	}
	return argonHash{params: chosenParams, salt: salt, sum: sum}.encode(), nil
}

// Hashes is how many slow hashes were asked for so far. A refusal costs one, whoever is refused.
func (p *Passwords) Hashes() int64 { return p.hashes.Load() }

// slow runs the hash when its turn comes: two at a time, so that a flood of sign-ins takes neither all memory nor all
// processors from the API. So long a line that its end would be too late is refused, whoever asks.
func (p *Passwords) slow(ctx context.Context, password string, params argonParams, salt []byte) ([]byte, error) {
	p.once.Do(func() { p.gate = make(chan struct{}, 2) })
	p.hashes.Add(1)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	defer p.line.Add(-1)
	if p.line.Add(1) > maxLine {
		return nil, ErrBusy
	}
	select {
	case p.gate <- struct{}{}:
		defer func() { <-p.gate }()
		return params.sum(password, salt), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
