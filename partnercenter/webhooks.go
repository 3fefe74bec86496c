package partnercenter

import (
	"context"
	"errors"
	"net/http"
	"slices"
)

// WebhookRegistration is where a partner's events are sent. Partner Center docs: partner-center-webhooks, whose samples have
// these names; the service's OpenAPI file has them in camel case. Both are taken.
type WebhookRegistration struct {
	SubscriberID  string         `json:"SubscriberId,omitzero"` // the partner's tenant id; in answers
	WebhookURL    string         `json:"WebhookUrl"`
	WebhookEvents []WebhookEvent `json:"WebhookEvents"`

	// SignatureTokenToMSSignatureHeader asks for the signature in x-ms-signature instead of Authorization.
	SignatureTokenToMSSignatureHeader bool `json:"SignatureTokenToMsSignatureHeader,omitzero"`
}

// Wants reports whether the webhook is registered for the event.
func (r *WebhookRegistration) Wants(event WebhookEvent) bool {
	return slices.Contains(r.WebhookEvents, event)
}

// WebhookEvent is the name of an event.
type WebhookEvent string

// The events about customers, and the one that tests a webhook.
const (
	EventTestCreated            WebhookEvent = "test-created"
	EventRelationshipAccepted   WebhookEvent = "reseller-relationship-accepted-by-customer"
	EventIndirectAccepted       WebhookEvent = "indirect-reseller-relationship-accepted-by-customer"
	EventDAPApproved            WebhookEvent = "dap-admin-relationship-approved"
	EventDAPTerminated          WebhookEvent = "dap-admin-relationship-terminated"
	EventGranularApproved       WebhookEvent = "granular-admin-relationship-approved"
	EventGranularActivated      WebhookEvent = "granular-admin-relationship-activated"
	EventGranularCreated        WebhookEvent = "granular-admin-relationship-created"
	EventGranularUpdated        WebhookEvent = "granular-admin-relationship-updated"
	EventGranularTerminated     WebhookEvent = "granular-admin-relationship-terminated"
	EventGranularExpired        WebhookEvent = "granular-admin-relationship-expired"
	EventAssignmentCreated      WebhookEvent = "granular-admin-access-assignment-created"
	EventAssignmentActivated    WebhookEvent = "granular-admin-access-assignment-activated"
	EventAssignmentUpdated      WebhookEvent = "granular-admin-access-assignment-updated"
	EventAssignmentDeleted      WebhookEvent = "granular-admin-access-assignment-deleted"
	EventSubscriptionUpdated    WebhookEvent = "subscription-updated"
	EventUsageThresholdExceeded WebhookEvent = "usagerecords-thresholdExceeded"
)

// webhookEvents are all that the docs name. Of those that are about subscriptions, usage, referrals and invoices there are none
// where nobody sells anything; programs register for them all the same.
var webhookEvents = []WebhookEvent{
	EventTestCreated, EventSubscriptionUpdated, EventUsageThresholdExceeded,
	"referral-created", "referral-updated", "invoice-ready",
	EventRelationshipAccepted, EventIndirectAccepted, EventDAPApproved, EventDAPTerminated, "dap-admin-relationship-terminated-by-microsoft",
	EventGranularApproved, EventGranularActivated, EventGranularCreated, EventGranularExpired, EventGranularTerminated, EventGranularUpdated,
	EventAssignmentActivated, EventAssignmentCreated, EventAssignmentDeleted, EventAssignmentUpdated,
	"azure-fraud-event-detected",
}

// WebhookEvents are all events that a webhook can be registered for.
func WebhookEvents() []WebhookEvent { return slices.Clone(webhookEvents) }

// WebhookNotification is the body that a webhook is sent.
type WebhookNotification struct {
	EventName             WebhookEvent `json:"EventName"`
	ResourceURI           string       `json:"ResourceUri"`
	ResourceName          string       `json:"ResourceName"`
	AuditURI              *string      `json:"AuditUri"` // nil: null
	ResourceChangeUTCDate string       `json:"ResourceChangeUtcDate"`
}

// WebhookValidation names a test event.
type WebhookValidation struct {
	CorrelationID string `json:"correlationId"`
}

// WebhookValidationStatus is what became of a test event.
type WebhookValidationStatus struct {
	CorrelationID string          `json:"correlationId"`
	PartnerID     string          `json:"partnerId"`
	Status        string          `json:"status"` // completed
	CallbackURL   string          `json:"callbackUrl"`
	Results       []WebhookResult `json:"results"` // of each attempt
}

// WebhookResult is what came of an attempt to deliver an event.
type WebhookResult struct {
	ResponseCode    string `json:"responseCode"` // as .NET names statuses: OK, NotFound
	ResponseMessage string `json:"responseMessage"`
	SystemError     bool   `json:"systemError"` // there was no answer
	DateTimeUTC     string `json:"dateTimeUtc"` // without zone
}

// WebhooksService is where the partner hears of events.
type WebhooksService service

// WebhookOptions are the options of the methods of [WebhooksService].
type WebhookOptions RequestOptions

const webhookRegistration = "/webhooks/v1/registration"

// Events are the names of events that a webhook can be registered for.
//
// Partner Center docs: partner-center-webhooks.
//
//partnercenter:operation GET /webhooks/v1/registration/events
func (s *WebhooksService) Events(ctx context.Context, opts *WebhookOptions) ([]WebhookEvent, error) {
	events, err := webhookCall[[]WebhookEvent](ctx, s, "WebhooksService.Events", http.MethodGet, "/events", nil, opts)
	if err != nil {
		return nil, err
	}
	return *events, nil
}

// Registration is the partner's webhook. [ErrWebhookNotFound] if it has none.
//
// Partner Center docs: partner-center-webhooks.
//
//partnercenter:operation GET /webhooks/v1/registration
func (s *WebhooksService) Registration(ctx context.Context, opts *WebhookOptions) (*WebhookRegistration, error) {
	return webhookCall[WebhookRegistration](ctx, s, "WebhooksService.Registration", http.MethodGet, "", nil, opts)
}

// Register makes the partner's webhook. [ErrWebhookExists] if it has one.
//
// Partner Center docs: partner-center-webhooks.
//
//partnercenter:operation POST /webhooks/v1/registration
func (s *WebhooksService) Register(ctx context.Context, registration *WebhookRegistration, opts *WebhookOptions) (*WebhookRegistration, error) {
	if registration == nil {
		return nil, errors.New("the registration is nil")
	}
	return webhookCall[WebhookRegistration](ctx, s, "WebhooksService.Register", http.MethodPost, "", registration, opts)
}

// Update replaces the partner's webhook. [ErrWebhookNotFound] if it has none.
//
// Partner Center docs: partner-center-webhooks.
//
//partnercenter:operation PUT /webhooks/v1/registration
func (s *WebhooksService) Update(ctx context.Context, registration *WebhookRegistration, opts *WebhookOptions) (*WebhookRegistration, error) {
	if registration == nil {
		return nil, errors.New("the registration is nil")
	}
	return webhookCall[WebhookRegistration](ctx, s, "WebhooksService.Update", http.MethodPut, "", registration, opts)
}

// Delete ends the partner's webhook. [ErrWebhookNotFound] if it has none.
//
// Partner Center docs: partner-center-webhooks.
//
//partnercenter:operation DELETE /webhooks/v1/registration
func (s *WebhooksService) Delete(ctx context.Context, opts *WebhookOptions) error {
	_, err := s.client.do(ctx, call{
		name: "WebhooksService.Delete", method: http.MethodDelete, path: webhookRegistration, area: AreaWebhooks, options: (*RequestOptions)(opts),
	})
	return err
}

// Validate sends the partner's webhook a test event, twice a minute at the most.
//
// Partner Center docs: partner-center-webhooks.
//
//partnercenter:operation POST /webhooks/v1/registration/validationEvents
func (s *WebhooksService) Validate(ctx context.Context, opts *WebhookOptions) (*WebhookValidation, error) {
	return webhookCall[WebhookValidation](ctx, s, "WebhooksService.Validate", http.MethodPost, "/validationEvents", nil, opts)
}

// Validation is what became of a test event of the last seven days.
//
// Partner Center docs: partner-center-webhooks.
//
//partnercenter:operation GET /webhooks/v1/registration/validationEvents/{correlation-id}
func (s *WebhooksService) Validation(ctx context.Context, correlationID string, opts *WebhookOptions) (*WebhookValidationStatus, error) {
	segment, err := pathSegment("correlation id", correlationID)
	if err != nil {
		return nil, err
	}
	return webhookCall[WebhookValidationStatus](ctx, s, "WebhooksService.Validation", http.MethodGet, "/validationEvents/"+segment, nil, opts)
}

// webhookCall is a call of the service below the registration.
func webhookCall[T any](ctx context.Context, s *WebhooksService, name, method, path string, body any, opts *WebhookOptions) (*T, error) {
	return fetch[T](ctx, s.client, call{
		name: name, method: method, path: webhookRegistration + path, area: AreaWebhooks, body: body, options: (*RequestOptions)(opts),
	})
}
