package webhook

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// Queue is where deliveries wait. Servers that share it never send one at the same time.
type Queue interface {
	// Deliveries yields when something was queued on this server.
	Deliveries() <-chan struct{}

	// NextDelivery is when the next delivery is due; zero if none waits.
	NextDelivery(ctx context.Context) (time.Time, error)

	// ClaimDeliveries are deliveries that are due, at most so many, which nobody else claims before the lease is over.
	ClaimDeliveries(ctx context.Context, lease time.Duration, most int) ([]*csp.Delivery, error)

	// RecordDelivery keeps what came of an attempt: the results, the state, and when the next attempt is due; nothing if somebody
	// else has claimed the delivery since.
	RecordDelivery(ctx context.Context, delivery *csp.Delivery, due time.Time) error
}

// Signer signs what is sent.
type Signer interface {
	Sign(body []byte) ([]byte, error)
}

// Sender sends what is due until its context ends. Fill in the fields before Run.
type Sender struct {
	Queue  Queue
	Signer func(ctx context.Context) (Signer, error) // asked for at the first delivery: making a key takes time
	Client *http.Client
	Origin string // of the addresses in events, and of the certificate
	Logger *slog.Logger
	Now    func() time.Time

	// Spacing is how long to wait after each attempt but the last. Its default makes ten attempts, as the service does.
	Spacing []time.Duration
}

// CertificatePath is where the certificate that signatures are checked with can be read.
const CertificatePath = "/_tenantry/webhook.cer"

// spacing is ours: the service's is not documented.
var spacing = []time.Duration{
	10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
	10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour,
}

const (
	attemptTimeout = 20 * time.Second
	lease          = 3 * attemptTimeout
	atOnce         = 16
	lookAround     = 15 * time.Second // for what other servers on the store have queued or left
	maxAnswer      = 64 << 10         // that is read, so that the connection can be used again
)

// Run sends what is due until the context ends, and then lets attempts under way end.
func (s *Sender) Run(ctx context.Context) {
	if s.Spacing == nil {
		s.Spacing = spacing
	}
	for ctx.Err() == nil {
		sent, err := s.sendDue(ctx)
		if err != nil && ctx.Err() == nil {
			s.Logger.ErrorContext(ctx, "webhook deliveries not sent", "err", err)
		}
		if sent > 0 {
			continue
		}
		s.wait(ctx)
	}
}

// wait returns when something may be due.
func (s *Sender) wait(ctx context.Context) {
	pause := lookAround
	if next, err := s.Queue.NextDelivery(ctx); err == nil && !next.IsZero() {
		pause = max(time.Millisecond, min(pause, next.Sub(s.Now())))
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-s.Queue.Deliveries():
	case <-timer.C:
	case <-ctx.Done():
	}
}

// sendDue sends what is due, side by side, and reports how many deliveries that were.
func (s *Sender) sendDue(ctx context.Context) (int, error) {
	due, err := s.Queue.NextDelivery(ctx)
	if err != nil || due.IsZero() || due.After(s.Now()) {
		return 0, err
	}
	claimed, err := s.Queue.ClaimDeliveries(ctx, lease, atOnce)
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	signer, err := s.Signer(ctx)
	if err != nil {
		return 0, err
	}
	var group sync.WaitGroup
	for _, delivery := range claimed {
		group.Go(func() { s.attempt(ctx, signer, delivery) })
	}
	group.Wait()
	return len(claimed), nil
}

// attempt sends the delivery once and records what came of it. One that the end of the server cut off does not count: the
// delivery is due again at once, or after a crash when its lease is over.
func (s *Sender) attempt(ctx context.Context, signer Signer, delivery *csp.Delivery) {
	result := s.post(ctx, signer, delivery)
	due := s.Now()
	cutOff := ctx.Err() != nil && result.SystemError
	if !cutOff {
		delivery.Results = append(delivery.Results, result.WebhookResult)
	}
	switch attempts := len(delivery.Results); {
	case cutOff:
	case result.taken:
		delivery.State = csp.DeliveryCompleted
	case attempts > len(s.Spacing):
		delivery.State = csp.DeliveryFailed
	default:
		due = due.Add(s.Spacing[attempts-1])
	}
	if err := s.Queue.RecordDelivery(context.WithoutCancel(ctx), delivery, due); err != nil {
		s.Logger.ErrorContext(ctx, "webhook delivery not recorded", "delivery", delivery.ID.String(), "err", err)
	}
	s.Logger.DebugContext(ctx, "webhook delivery", "delivery", delivery.ID.String(), "event", string(delivery.Event.Name),
		"attempt", len(delivery.Results), "result", result.ResponseCode, "state", string(delivery.State))
}

// attempted is the result of an attempt.
type attempted struct {
	partnercenter.WebhookResult
	taken bool // the receiver answered 2xx
}

// post sends the delivery. Partner Center docs: partner-center-webhooks.
func (s *Sender) post(ctx context.Context, signer Signer, delivery *csp.Delivery) (result attempted) {
	result.DateTimeUTC = s.Now().UTC().Format("2006-01-02T15:04:05.0000000")
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	request, err := s.request(ctx, signer, delivery)
	if err == nil {
		var response *http.Response
		if response, err = s.Client.Do(request); err == nil {
			_, _ = io.CopyN(io.Discard, response.Body, maxAnswer) // only to use the connection again
			_ = response.Body.Close()                             // as above
			result.ResponseCode = strings.ReplaceAll(http.StatusText(response.StatusCode), " ", "")
			result.taken = response.StatusCode/100 == 2
			return result
		}
	}
	result.SystemError = true
	result.ResponseMessage = inWords(err)
	return result
}

func (s *Sender) request(ctx context.Context, signer Signer, delivery *csp.Delivery) (*http.Request, error) {
	body, err := json.Marshal(s.notification(delivery))
	if err != nil {
		return nil, err
	}
	signature, err := signer.Sign(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, delivery.Registration.WebhookURL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	name := "Authorization"
	if delivery.Registration.SignatureTokenToMSSignatureHeader {
		name = "x-ms-signature"
	}
	request.Header = http.Header{
		"Content-Type":             {"application/json"},
		"Accept-Encoding":          {"gzip, deflate"},
		"User-Agent":               {"Tenantry"},
		name:                       {"Signature " + base64.StdEncoding.EncodeToString(signature)},
		"X-MS-Certificate-Url":     {s.Origin + CertificatePath},
		"X-MS-Signature-Algorithm": {"rsa-sha256"},
	}
	return request, nil
}

// notification is the body, the same at every attempt.
func (s *Sender) notification(delivery *csp.Delivery) *partnercenter.WebhookNotification {
	notification := &partnercenter.WebhookNotification{
		EventName:             delivery.Event.Name,
		ResourceURI:           s.Origin + delivery.Event.ResourcePath,
		ResourceName:          delivery.Event.ResourceName,
		ResourceChangeUTCDate: delivery.Queued.UTC().Format("2006-01-02T15:04:05.0000000+00:00"),
	}
	if delivery.Event.AuditPath != "" {
		uri := s.Origin + delivery.Event.AuditPath
		notification.AuditURI = &uri
	}
	return notification
}
