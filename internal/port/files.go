package port

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// Files are a certificate (with its intermediates) and its key, in PEM, that
// the user brought and somebody renews.
type Files struct {
	Cert, Key string
	Now       func() time.Time // nil: the real clock

	// OnError hears, once per cause, why changed files were not used; nil: nobody
	// does. The certificate from before them stays, and they are tried again.
	OnError func(error)
}

// Config loads the files and returns what serves them. At a handshake, but at
// most once a second, it looks whether they have changed, so a renewed
// certificate needs no restart.
func (f Files) Config() (*tls.Config, error) {
	if f.Now == nil {
		f.Now = time.Now
	}
	p := &pair{files: f, checked: f.Now()}
	if err := p.load(); err != nil {
		return nil, err
	}
	return config(p.get), nil
}

// pair is what Files held when it was last right.
type pair struct {
	files Files

	mu      sync.Mutex
	cert    *tls.Certificate
	loaded  [2]stamp
	checked time.Time
	failed  string
}

// stamp tells one state of a file from another.
type stamp struct {
	time int64
	size int64
}

func (p *pair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.files.Now()
	if since := now.Sub(p.checked); since >= 0 && since < time.Second {
		return p.cert, nil
	}
	p.checked = now
	err := p.load()
	if err == nil {
		p.failed = ""
	} else if p.failed != err.Error() {
		p.failed = err.Error()
		if p.files.OnError != nil {
			p.files.OnError(err)
		}
	}
	return p.cert, nil
}

// load takes the files over if they have changed. It looks at the times before
// it reads, so what is written meanwhile is a change for the next look. A new
// certificate beside the old key is an error now and gone when the key follows.
func (p *pair) load() error {
	var s [2]stamp
	for i, name := range []string{p.files.Cert, p.files.Key} {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("TLS certificate: %w", err)
		}
		s[i] = stamp{info.ModTime().UnixNano(), info.Size()}
	}
	if p.cert != nil && s == p.loaded {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(p.files.Cert, p.files.Key)
	if err != nil {
		return fmt.Errorf("TLS certificate %s with key %s: %w", p.files.Cert, p.files.Key, err)
	}
	p.cert, p.loaded = &cert, s
	return nil
}
