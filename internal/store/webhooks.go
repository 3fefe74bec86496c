package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// Webhook implements [csp.Store].
func (db *DB) Webhook(ctx context.Context, partner csp.ID) (*partnercenter.WebhookRegistration, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	return webhookOf(db.asking(ctx), owner.n)
}

func webhookOf(ask asker, partner int64) (*partnercenter.WebhookRegistration, error) {
	var text []byte
	err := ask(`
		SELECT registration
		FROM webhooks
		WHERE partner = $1`,
		partner).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	registration := new(partnercenter.WebhookRegistration)
	return registration, json.Unmarshal(text, registration)
}

// ChangeWebhook implements [csp.Store].
func (db *DB) ChangeWebhook(
	ctx context.Context, partner csp.ID, call csp.Call, change func(*partnercenter.WebhookRegistration) (*partnercenter.WebhookRegistration, []byte, error),
) ([]byte, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	return db.once(ctx, call, func(t *tx) ([]byte, error) {
		before, err := webhookOf(t.row, owner.n)
		if err != nil {
			return nil, err
		}
		after, answer, err := change(before)
		if err != nil {
			return nil, err
		}
		if after == nil {
			return answer, t.exec(`DELETE FROM webhooks WHERE partner = $1`, owner.n)
		}
		text, err := json.Marshal(after)
		if err != nil {
			return nil, err
		}
		return answer, t.exec(`
			INSERT INTO webhooks (partner, registration)
			VALUES ($1, $2)
			ON CONFLICT (partner) DO UPDATE
			SET registration = excluded.registration`,
			owner.n, string(text))
	})
}

// QueueEvent implements [csp.Store].
func (db *DB) QueueEvent(ctx context.Context, partner, id csp.ID, event csp.Event) (queued bool, err error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return false, err
	}
	err = db.writes.do(ctx, func(t *tx) (err error) {
		queued, err = db.queue(t, owner.n, id, event)
		return err
	})
	if queued {
		db.delivered()
	}
	return queued, err
}

// queue puts the event on its way if the partner's webhook is registered for it.
func (db *DB) queue(t *tx, partner int64, id csp.ID, event csp.Event) (bool, error) {
	registration, err := webhookOf(t.row, partner)
	if err != nil || registration == nil || !registration.Wants(event.Name) {
		return false, err
	}
	text, err := json.Marshal(&event)
	if err != nil {
		return false, err
	}
	now := db.now()
	return true, t.exec(`
		INSERT INTO deliveries (id, partner, queued, state, due, event, results)
		VALUES ($1, $2, $3, $4, $5, $6, '[]')`,
		id[:], partner, csp.OrderAt(now), string(csp.DeliveryPending), now.UnixMicro(), string(text))
}

// delivered tells who waits for deliveries that there are some.
func (db *DB) delivered() {
	select {
	case db.deliveries <- struct{}{}:
	default: // it has been told already
	}
}

// Deliveries yields when something was queued. One who waits hears of it.
func (db *DB) Deliveries() <-chan struct{} { return db.deliveries }

// Delivery implements [csp.Store].
func (db *DB) Delivery(ctx context.Context, partner, id csp.ID) (*csp.Delivery, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	delivery := &csp.Delivery{ID: id, Partner: partner}
	var event, results []byte
	err = db.row(ctx, `
		SELECT state, event, results
		FROM deliveries
		WHERE id = $1 AND partner = $2`,
		id[:], owner.n).Scan(&delivery.State, &event, &results)
	if err != nil {
		return nil, notFound(err)
	}
	if delivery.Registration, err = webhookOf(db.asking(ctx), owner.n); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(event, &delivery.Event); err != nil {
		return nil, err
	}
	return delivery, json.Unmarshal(results, &delivery.Results)
}

// NextDelivery is when the next delivery is due; zero if none waits.
func (db *DB) NextDelivery(ctx context.Context) (time.Time, error) {
	var due sql.NullInt64
	err := db.row(ctx, `
		SELECT MIN(due)
		FROM deliveries
		WHERE state = 'pending'`).Scan(&due)
	if err != nil || !due.Valid {
		return time.Time{}, err
	}
	return timeOf(due.Int64), nil
}

// ClaimDeliveries are deliveries that are due, at most so many, which nobody else claims before the lease is over. Those whose
// partner has no webhook any more are dropped.
func (db *DB) ClaimDeliveries(ctx context.Context, lease time.Duration, most int) (claimed []*csp.Delivery, err error) {
	err = db.writes.do(ctx, func(t *tx) error {
		claimed = nil
		now := db.now()
		until := now.Add(lease).UnixMicro()
		due, err := t.dueDeliveries(now.UnixMicro(), most)
		if err != nil {
			return err
		}
		for _, d := range due {
			if d.Registration, err = webhookOf(t.row, d.partner); err != nil {
				return err
			}
			state := csp.DeliveryPending
			if d.Registration == nil {
				state = csp.DeliveryFailed
			}
			err := t.exec(`
				UPDATE deliveries
				SET state = $1, due = $2
				WHERE id = $3`,
				string(state), until, d.ID[:])
			if err != nil {
				return err
			}
			if d.Partner, err = db.partnerID(t.row, d.partner); err != nil {
				return err
			}
			d.Claimed = timeOf(until)
			if d.Registration != nil {
				claimed = append(claimed, &d.Delivery)
			}
		}
		return nil
	})
	return claimed, err
}

// dueDelivery is a row.
type dueDelivery struct {
	csp.Delivery
	partner int64
}

func (t *tx) dueDeliveries(now int64, most int) (due []*dueDelivery, err error) {
	err = t.each(`
		SELECT id, partner, queued, event, results
		FROM deliveries
		WHERE state = 'pending' AND due <= $1
		ORDER BY due
		LIMIT $2`,
		func(row scanner) error {
			d := &dueDelivery{}
			var id, event, results []byte
			var queued int64
			if err := row.Scan(&id, &d.partner, &queued, &event, &results); err != nil {
				return err
			}
			d.ID, d.Queued, d.State = csp.ID(id), csp.TimeOf(queued), csp.DeliveryPending
			due = append(due, d)
			if err := json.Unmarshal(event, &d.Event); err != nil {
				return err
			}
			return json.Unmarshal(results, &d.Results)
		}, now, most)
	return due, err
}

// RecordDelivery keeps what came of an attempt: the results, the state, and when the next attempt is due. If the lease was over and
// somebody else has claimed the delivery since, that one's outcome counts, and nothing is kept.
func (db *DB) RecordDelivery(ctx context.Context, delivery *csp.Delivery, due time.Time) error {
	results, err := json.Marshal(delivery.Results)
	if err != nil {
		return err
	}
	return db.writes.do(ctx, func(t *tx) error {
		return t.exec(`
			UPDATE deliveries
			SET state = $1, due = $2, results = $3
			WHERE id = $4 AND state = 'pending' AND due = $5`,
			string(delivery.State), due.UnixMicro(), string(results), delivery.ID[:], delivery.Claimed.UnixMicro())
	})
}

// ForgetDeliveries drops what came of deliveries older than age, and reports how many they were.
func (db *DB) ForgetDeliveries(ctx context.Context, age time.Duration) (int, error) {
	return db.forget(ctx, age, `
		DELETE FROM deliveries
		WHERE id IN (SELECT id FROM deliveries WHERE queued < $1 AND state <> 'pending' LIMIT $2)`)
}
