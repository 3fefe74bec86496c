package csp

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// Event is something that a partner's webhook is told of. The paths become addresses of this service when it is sent.
type Event struct {
	Name         partnercenter.WebhookEvent `json:"name"`
	ResourceName string                     `json:"resourceName"`
	ResourcePath string                     `json:"resourcePath"`
	AuditPath    string                     `json:"auditPath,omitzero"`
}

// relationshipEvent is one about the relationship with a customer. What these events name is not documented.
func relationshipEvent(name partnercenter.WebhookEvent, customer ID) Event {
	return Event{Name: name, ResourceName: "relationship", ResourcePath: "/v1/customers/" + customer.String()}
}

// Delivery is an event on its way to a webhook, or what became of it.
type Delivery struct {
	ID      ID
	Partner ID
	Event   Event
	Queued  time.Time
	State   DeliveryState
	Results []partnercenter.WebhookResult // of each attempt
	Claimed time.Time                     // until when nobody else sends it; only of deliveries that are due

	Registration *partnercenter.WebhookRegistration // as it is now; only of deliveries that are due
}

// DeliveryState is how far a delivery has come.
type DeliveryState string

// The states. The service's own word is known for the first alone.
const (
	DeliveryCompleted DeliveryState = "completed" // the receiver took it
	DeliveryPending   DeliveryState = "pending"   // it has not been taken yet
	DeliveryFailed    DeliveryState = "failed"    // it was not taken, and is not sent any more
)

// DeliveriesKept is how long it can be read what became of a test event. Partner Center docs: partner-center-webhooks.
const DeliveriesKept = 7 * 24 * time.Hour

// Webhooks are where partners hear of events. A partner has one at most. Partner Center docs: partner-center-webhooks.
type Webhooks struct {
	Store Store
	IDs   *IDs

	// PlainTargets lets partners name plain HTTP as well, which reaches a receiver on a developer's own machine.
	PlainTargets bool
}

// Registration is the caller's.
func (s *Webhooks) Registration(ctx context.Context, caller *Caller) (*partnercenter.WebhookRegistration, error) {
	registration, err := s.Store.Webhook(ctx, caller.Partner.ID)
	if err == nil && registration == nil {
		err = partnercenter.ErrWebhookNotFound
	}
	return registration, err
}

// Register is the caller's first registration.
func (s *Webhooks) Register(ctx context.Context, caller *Caller, request *partnercenter.WebhookRegistration, call Call) (*partnercenter.WebhookRegistration, error) {
	return s.put(ctx, caller, request, call, func(current *partnercenter.WebhookRegistration) error {
		if current != nil {
			return partnercenter.ErrWebhookExists
		}
		return nil
	})
}

// Update replaces the caller's registration.
func (s *Webhooks) Update(ctx context.Context, caller *Caller, request *partnercenter.WebhookRegistration, call Call) (*partnercenter.WebhookRegistration, error) {
	return s.put(ctx, caller, request, call, mustBeRegistered)
}

func mustBeRegistered(current *partnercenter.WebhookRegistration) error {
	if current == nil {
		return partnercenter.ErrWebhookNotFound
	}
	return nil
}

func (s *Webhooks) put(
	ctx context.Context, caller *Caller, request *partnercenter.WebhookRegistration, call Call, may func(current *partnercenter.WebhookRegistration) error,
) (*partnercenter.WebhookRegistration, error) {
	if err := mayRegister(caller); err != nil {
		return nil, err
	}
	registration, err := s.checked(caller, request)
	if err != nil {
		return nil, err
	}
	recorded, err := s.Store.ChangeWebhook(ctx, caller.Partner.ID, call, func(current *partnercenter.WebhookRegistration) (*partnercenter.WebhookRegistration, []byte, error) {
		if err := may(current); err != nil {
			return nil, nil, err
		}
		answer, err := json.Marshal(registration)
		return registration, answer, err
	})
	if err != nil {
		return nil, err
	}
	return answered(recorded, registration)
}

// Delete ends the caller's registration. What was on its way is dropped.
func (s *Webhooks) Delete(ctx context.Context, caller *Caller, call Call) error {
	if err := mayRegister(caller); err != nil {
		return err
	}
	_, err := s.Store.ChangeWebhook(ctx, caller.Partner.ID, call, func(current *partnercenter.WebhookRegistration) (*partnercenter.WebhookRegistration, []byte, error) {
		return nil, []byte{}, mustBeRegistered(current)
	})
	return err
}

func mayRegister(caller *Caller) error {
	return caller.mustBe("change webhooks", AdminAgents)
}

// Bounds of a registration.
const (
	maxWebhookURL    = 2048
	maxWebhookEvents = 100
)

// checked is the registration that the request asks for, or all that is wrong with it.
func (s *Webhooks) checked(caller *Caller, request *partnercenter.WebhookRegistration) (*partnercenter.WebhookRegistration, error) {
	var missing []string
	if strings.TrimSpace(request.WebhookURL) == "" {
		missing = append(missing, "webhookUrl")
	}
	if len(request.WebhookEvents) == 0 {
		missing = append(missing, "webhookEvents")
	}
	if missing != nil {
		return nil, partnercenter.ErrWebhookMissing.With("", missing...)
	}
	var found violations
	if why := s.badTarget(request.WebhookURL); why != "" {
		found.add("webhookUrl", "%s %s, for example https://contoso.example/partner-center/events", quoted(request.WebhookURL), why)
	}
	if n := len(request.WebhookEvents); n > maxWebhookEvents {
		found.add("webhookEvents", "%d events are too many; give at most %d", n, maxWebhookEvents)
	} else {
		for i, event := range request.WebhookEvents {
			if !slices.Contains(partnercenter.WebhookEvents(), event) {
				found.add(fmt.Sprintf("webhookEvents[%d]", i), "%s is no event; use some of %s", quoted(string(event)), joined(partnercenter.WebhookEvents()))
			}
		}
	}
	if found != nil {
		return nil, partnercenter.ErrWebhookInvalid.With("", found.data()...)
	}
	return &partnercenter.WebhookRegistration{
		SubscriberID:                      caller.Partner.ID.String(),
		WebhookURL:                        request.WebhookURL,
		WebhookEvents:                     request.WebhookEvents,
		SignatureTokenToMSSignatureHeader: request.SignatureTokenToMSSignatureHeader,
	}, nil
}

func joined(events []partnercenter.WebhookEvent) string {
	words := make([]string, len(events))
	for i, event := range events {
		words[i] = string(event)
	}
	return strings.Join(words, ", ")
}

// badTarget is why events cannot be sent there, or nothing.
func (s *Webhooks) badTarget(text string) string {
	target, err := url.Parse(text)
	switch {
	case len(text) > maxWebhookURL:
		return fmt.Sprintf("is longer than the %d characters that are allowed; give a shorter one", maxWebhookURL)
	case err != nil, target.Hostname() == "", target.Opaque != "":
		return "is not an absolute URL; give one"
	case target.User != nil:
		return "has a user name in it, which would not be sent; give it without"
	case target.Scheme == "https", target.Scheme == "http" && s.PlainTargets:
		return ""
	default:
		return "is not one of https; events are sent by https alone"
	}
}

// Validate sends the caller's webhook a test event and says by which id its fate can be read.
func (s *Webhooks) Validate(ctx context.Context, caller *Caller) (*partnercenter.WebhookValidation, error) {
	if err := mayRegister(caller); err != nil {
		return nil, err
	}
	id := s.IDs.New()
	queued, err := s.Store.QueueEvent(ctx, caller.Partner.ID, id, Event{
		Name: partnercenter.EventTestCreated, ResourceName: "test", ResourcePath: "/webhooks/v1/registration/validationEvents/" + id.String(),
	})
	if err != nil {
		return nil, err
	}
	if !queued {
		return nil, partnercenter.ErrWebhookNoTest
	}
	return &partnercenter.WebhookValidation{CorrelationID: id.String()}, nil
}

// Validation is what became of a test event.
func (s *Webhooks) Validation(ctx context.Context, caller *Caller, id ID) (*partnercenter.WebhookValidationStatus, error) {
	delivery, err := s.Store.Delivery(ctx, caller.Partner.ID, id)
	if err == ErrNotFound || err == nil && delivery.Event.Name != partnercenter.EventTestCreated {
		return nil, partnercenter.ErrValidationEventNotFound.With("No test event of the last seven days has the correlation id " + id.String() + ".")
	}
	if err != nil {
		return nil, err
	}
	status := &partnercenter.WebhookValidationStatus{
		CorrelationID: id.String(),
		PartnerID:     caller.Partner.ID.String(),
		Status:        string(delivery.State),
		Results:       delivery.Results,
	}
	if delivery.Registration != nil {
		status.CallbackURL = delivery.Registration.WebhookURL
	}
	if status.Results == nil {
		status.Results = []partnercenter.WebhookResult{}
	}
	return status, nil
}
