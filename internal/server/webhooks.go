package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/internal/webhook"
)

// webhookSigner is the key that what webhooks are sent is signed with. The first who asks makes it.
func (s *Server) webhookSigner(ctx context.Context) (*token.WebhookSigner, error) {
	s.signerLock.Lock()
	defer s.signerLock.Unlock()
	if s.signer != nil {
		return s.signer, nil
	}
	signer, err := token.OpenWebhookSigner(ctx, s.store, s.root, s.config.WebhookIssuer, s.config.Now())
	s.signer = signer
	return signer, err
}

// webhookCertificate answers the certificate in DER, which X509Certificate2 of .NET reads.
func (s *Server) webhookCertificate(w http.ResponseWriter, r *http.Request) {
	signer, err := s.webhookSigner(r.Context())
	if err != nil {
		s.config.Logger.ErrorContext(r.Context(), "no certificate for webhooks", "err", err)
		http.Error(w, "the certificate is not available", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/pkix-cert")
	_, _ = w.Write(signer.Certificate()) // the client has gone; nobody is left to tell
}

// sendWebhooks sends events until the context ends.
func (s *Server) sendWebhooks(ctx context.Context) {
	origin := strings.TrimRight(s.config.ExternalURL, "/")
	if origin == "" {
		origin = s.URL()
	}
	sender := &webhook.Sender{
		Queue:   s.store,
		Signer:  func(ctx context.Context) (webhook.Signer, error) { return s.webhookSigner(ctx) },
		Client:  webhook.NewClient(s.config.PrivateWebhooks),
		Origin:  origin,
		Logger:  s.config.Logger,
		Now:     s.config.Now,
		Spacing: s.config.WebhookSpacing,
	}
	sender.Run(ctx)
}
