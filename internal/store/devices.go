package store

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// AddDevice implements [csp.Store].
func (db *DB) AddDevice(ctx context.Context, hash csp.Hash, device *csp.Device) error {
	return db.writes.do(ctx, func(t *tx) error {
		return exists(t.inserted(`
			INSERT INTO devices (n, hash, user_code, client, tenant, scope, resource, state, expires, polled, granted)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '')
			ON CONFLICT (user_code) DO NOTHING`,
			db.rows.New().Order(), hash[:], device.UserCode, device.Client[:], device.Tenant[:], device.Scope, device.Resource,
			string(device.State), device.Expires.UnixMicro()))
	})
}

const deviceColumns = `
	SELECT user_code, client, tenant, scope, resource, state, expires, polled, granted
	FROM devices `

func readDevice(from scanner) (*csp.Device, error) {
	device := &csp.Device{}
	var client, tenant, granted []byte
	var expires, polled int64
	err := from.Scan(&device.UserCode, &client, &tenant, &device.Scope, &device.Resource, &device.State, &expires, &polled, &granted)
	if err != nil {
		return nil, notFound(err)
	}
	device.Client, device.Tenant, device.Expires = csp.ID(client), csp.ID(tenant), timeOf(expires)
	if polled != 0 {
		device.Polled = timeOf(polled)
	}
	if len(granted) > 0 {
		device.Authorization = &csp.Authorization{}
		err = json.Unmarshal(granted, device.Authorization)
	}
	return device, err
}

// DeviceByUserCode implements [csp.Store].
func (db *DB) DeviceByUserCode(ctx context.Context, userCode string) (*csp.Device, error) {
	return readDevice(db.row(ctx, deviceColumns+`WHERE user_code = $1`, userCode))
}

// AnswerDevice implements [csp.Store].
func (db *DB) AnswerDevice(ctx context.Context, userCode string, now time.Time, a *csp.Authorization) error {
	state, granted := csp.DeviceDenied, []byte{}
	if a != nil {
		var err error
		if granted, err = json.Marshal(a); err != nil {
			return err
		}
		state = csp.DeviceApproved
	}
	var answered int64
	err := db.writes.do(ctx, func(t *tx) (err error) {
		answered, err = t.affected(`
			UPDATE devices
			SET state = $1, granted = $2
			WHERE user_code = $3 AND state = $4 AND expires > $5`,
			string(state), string(granted), userCode, string(csp.DevicePending), now.UnixMicro())
		return err
	})
	if err == nil && answered == 0 {
		err = csp.ErrNotFound
	}
	return err
}

// PollDevice implements [csp.Store].
func (db *DB) PollDevice(ctx context.Context, hash csp.Hash, now time.Time) (device *csp.Device, err error) {
	absent := false
	err = db.writes.do(ctx, func(t *tx) (err error) {
		device, err = readDevice(t.row(deviceColumns+`WHERE hash = $1`, hash[:]))
		if absent = errors.Is(err, csp.ErrNotFound); absent {
			return nil
		}
		if err != nil {
			return err
		}
		return t.exec(`
			UPDATE devices
			SET polled = $1
			WHERE hash = $2`,
			now.UnixMicro(), hash[:])
	})
	if err == nil && absent {
		err = csp.ErrNotFound
	}
	return device, err
}

// FetchDevice implements [csp.Store].
func (db *DB) FetchDevice(ctx context.Context, hash csp.Hash) error {
	var fetched int64
	err := db.writes.do(ctx, func(t *tx) (err error) {
		fetched, err = t.affected(`
			UPDATE devices
			SET state = $1
			WHERE hash = $2 AND state = $3`,
			string(csp.DeviceFetched), hash[:], string(csp.DeviceApproved))
		return err
	})
	if err == nil && fetched == 0 {
		err = csp.ErrRedeemed
	}
	return err
}
