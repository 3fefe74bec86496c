package login

import "time"

const (
	// refreshLife is how long a refresh token may be idle. Microsoft Entra docs: configurable-token-lifetimes.
	refreshLife = 90 * 24 * time.Hour

	// RefreshKept is how long an idle family of refresh tokens is remembered, so that its end can be told from a revocation.
	RefreshKept = refreshLife + 30*24*time.Hour
)
