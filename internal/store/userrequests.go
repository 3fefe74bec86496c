package store

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

const secondsPerDay = 24 * 60 * 60

// adoptionKey is a row of mfa_adoption.
type adoptionKey struct {
	partner, day int64
	app          string
}

// lapseKey is a row of mfa_lapses.
type lapseKey struct {
	partner int64
	user    csp.ID
}

// RecordUserRequests implements [csp.Store]. What is counted is counted before it is written: many calls are few rows.
func (db *DB) RecordUserRequests(ctx context.Context, requests []*csp.UserRequest) error {
	type counts struct{ compliant, total int }
	adoption := map[adoptionKey]*counts{}
	lapses := map[lapseKey]*csp.UserRequest{}
	owners := make([]int64, len(requests))
	texts := make([]string, len(requests))
	for i, request := range requests {
		owner, err := db.partner(ctx, request.Partner)
		if err != nil {
			return err
		}
		text, err := json.Marshal(request)
		if err != nil {
			return err
		}
		owners[i], texts[i] = owner.n, string(text)
		key := adoptionKey{owner.n, request.At.Unix() / secondsPerDay, request.App}
		if adoption[key] == nil {
			adoption[key] = &counts{}
		}
		adoption[key].total++
		if request.MFA {
			adoption[key].compliant++
		} else {
			lapses[lapseKey{owner.n, request.User}] = request
		}
	}
	return db.writes.do(ctx, func(t *tx) error {
		for i := range requests {
			err := t.exec(`
				INSERT INTO user_requests (n, partner, request)
				VALUES ($1, $2, $3)`,
				db.requests.New().Order(), owners[i], texts[i])
			if err != nil {
				return err
			}
		}
		for key, count := range adoption {
			err := t.exec(`
				INSERT INTO mfa_adoption (partner, day, app, compliant, total)
				VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (partner, day, app) DO UPDATE
				SET compliant = mfa_adoption.compliant + excluded.compliant, total = mfa_adoption.total + excluded.total`,
				key.partner, key.day, key.app, count.compliant, count.total)
			if err != nil {
				return err
			}
		}
		for key, request := range lapses {
			err := t.exec(`
				INSERT INTO mfa_lapses (partner, account, name, last)
				VALUES ($1, $2, $3, $4)
				ON CONFLICT (partner, account) DO UPDATE
				SET name = excluded.name, last = excluded.last`,
				key.partner, key.user[:], request.UserName, request.At.UnixMicro())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// UserRequests implements [csp.Store].
func (db *DB) UserRequests(ctx context.Context, partner csp.ID, since time.Time, most int) ([]*csp.UserRequest, error) {
	var requests []*csp.UserRequest
	err := db.eachOf(ctx, partner, `
		SELECT request
		FROM user_requests
		WHERE partner = $1 AND n >= $2
		ORDER BY n DESC
		LIMIT $3`,
		func(rows scanner) error {
			request := &csp.UserRequest{Partner: partner}
			var text []byte
			if err := rows.Scan(&text); err != nil {
				return err
			}
			requests = append(requests, request)
			return json.Unmarshal(text, request)
		}, csp.OrderAt(since), most)
	return requests, err
}

// Adoption implements [csp.Store].
func (db *DB) Adoption(ctx context.Context, partner csp.ID, start, end time.Time) ([]csp.DayAdoption, error) {
	var days []csp.DayAdoption
	err := db.eachOf(ctx, partner, `
		SELECT day, app, compliant, total
		FROM mfa_adoption
		WHERE partner = $1 AND day >= $2 AND day <= $3
		ORDER BY day, app`,
		func(rows scanner) error {
			var day int64
			var adoption csp.DayAdoption
			if err := rows.Scan(&day, &adoption.App, &adoption.Compliant, &adoption.Total); err != nil {
				return err
			}
			adoption.Day = time.Unix(day*secondsPerDay, 0).UTC()
			days = append(days, adoption)
			return nil
		}, max(0, start.Unix()/secondsPerDay), end.Unix()/secondsPerDay)
	return days, err
}

// Lapses implements [csp.Store].
func (db *DB) Lapses(ctx context.Context, partner csp.ID) ([]csp.Lapse, error) {
	var lapses []csp.Lapse
	err := db.eachOf(ctx, partner, `
		SELECT account, name, last
		FROM mfa_lapses
		WHERE partner = $1
		ORDER BY last DESC, account`,
		func(rows scanner) error {
			var user []byte
			var last int64
			var lapse csp.Lapse
			if err := rows.Scan(&user, &lapse.UserName, &last); err != nil {
				return err
			}
			lapse.User, lapse.Last = csp.ID(user), timeOf(last)
			lapses = append(lapses, lapse)
			return nil
		})
	return lapses, err
}

// newestUserRequest is the highest n of the calls of users.
func (db *DB) newestUserRequest(ctx context.Context) (n int64, err error) {
	err = db.row(ctx, `
		SELECT COALESCE(MAX(n), 0)
		FROM user_requests`).Scan(&n)
	return n, err
}

// ForgetUserRequests drops the calls of users older than age, and reports how many they were.
func (db *DB) ForgetUserRequests(ctx context.Context, age time.Duration) (int, error) {
	return db.forget(ctx, age, `
		DELETE FROM user_requests
		WHERE n IN (SELECT n FROM user_requests WHERE n < $1 ORDER BY n LIMIT $2)`)
}
