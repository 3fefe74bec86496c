package store

import (
	"strconv"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
)

// rules are the invariants that a query can tell. Tenants with a profile are those of customers.
var rules = []rule{
	{"tenants", "is a partner's, and has a customer's profile", `
		SELECT t.n, t.id
		FROM partners p
		JOIN tenants t ON t.n = p.n
		WHERE t.profile <> ''`},
	{"tenants", "is no partner's, and has no profile", `
		SELECT t.n, t.id
		FROM tenants t
		WHERE t.profile = '' AND NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = t.n)`},
	{"tenants", "has no initial domain", `
		SELECT t.n, t.id, t.domain
		FROM tenants t
		LEFT JOIN domains d ON d.name = lower(t.domain)/*C*/ AND d.tenant = t.n AND d.profile = ''
		WHERE d.name IS NULL`},
	{"tenants", "has no user", `
		SELECT t.n, t.id
		FROM tenants t
		WHERE t.profile <> '' AND NOT EXISTS (SELECT 1 FROM users u WHERE u.tenant = t.n)`},
	{"tenants", "has no administrator", `
		SELECT t.n, t.id
		FROM tenants t
		WHERE t.profile <> '' AND EXISTS (SELECT 1 FROM users u WHERE u.tenant = t.n AND u.display <> '')
			AND NOT EXISTS (SELECT 1 FROM members m WHERE m.tenant = t.n AND m.role = '` + csp.CompanyAdministrator + `')`},
	// Relationships end, and the tenant stays. Then the audit tells so, at least as long as it tells of the creation.
	{"tenants", "is nobody's customer, and no record tells of an end", `
		SELECT t.n, t.id
		FROM tenants t
		WHERE t.profile <> '' AND NOT EXISTS (SELECT 1 FROM partners p CROSS JOIN relationships r WHERE r.partner = p.n AND r.customer = t.n)
			AND EXISTS (
				SELECT 1 FROM partners p CROSS JOIN audit a
				WHERE a.partner = p.n AND a.customer = t.id AND a.record LIKE '%"o":"add!_customer"%' ESCAPE '!')
			AND NOT EXISTS (
				SELECT 1 FROM partners p CROSS JOIN audit a
				WHERE a.partner = p.n AND a.customer = t.id
					AND (a.record LIKE '%"o":"remove!_partner!_customer!_relationship"%' ESCAPE '!' OR a.record LIKE '%"o":"delete!_customer"%' ESCAPE '!'))`},

	{"domains", "is of no tenant", `
		SELECT d.name, d.tenant
		FROM domains d
		WHERE NOT EXISTS (SELECT 1 FROM tenants t WHERE t.n = d.tenant)`},
	{"domains", "is not the initial one of its tenant", `
		SELECT d.name, d.tenant
		FROM domains d
		JOIN tenants t ON t.n = d.tenant
		WHERE d.profile = '' AND d.name <> lower(t.domain)/*C*/`},

	{"partners", "has no tenant", `
		SELECT p.n, p.id
		FROM partners p
		WHERE NOT EXISTS (SELECT 1 FROM tenants t WHERE t.n = p.n)`},
	{"partners", "has another id than its tenant", `
		SELECT p.n, p.id, t.id AS tenant
		FROM partners p
		JOIN tenants t ON t.n = p.n
		WHERE t.id <> p.id`},
	{"partners", "is of no known kind", `
		SELECT p.n, p.id, p.kind
		FROM partners p
		WHERE p.kind NOT IN ('` + string(csp.DirectReseller) + `', '` + string(csp.IndirectProvider) + `', '` + string(csp.IndirectReseller) + `')`},

	{"partnerships", "is of no provider", `
		SELECT s.provider, s.reseller
		FROM partnerships s
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = s.provider)`},
	{"partnerships", "is of no reseller", `
		SELECT s.provider, s.reseller
		FROM partnerships s
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = s.reseller)`},

	{"relationships", "is of no partner", `
		SELECT r.partner, r.customer
		FROM relationships r
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = r.partner)`},
	{"relationships", "has no tenant", `
		SELECT r.partner, r.customer
		FROM relationships r
		WHERE NOT EXISTS (SELECT 1 FROM tenants t WHERE t.n = r.customer AND t.profile <> '')`},
	{"relationships", "names neither reseller nor provider, or both, and this partner is one of them: not so here", `
		SELECT r.partner, r.customer, r.reseller, r.provider
		FROM relationships r
		WHERE NOT (r.reseller = 0 AND r.provider = 0)
			AND NOT (r.reseller <> 0 AND r.provider <> 0 AND r.reseller <> r.provider AND r.partner IN (r.reseller, r.provider))`},
	{"relationships", "is not mirrored by that of the other partner", `
		SELECT r.partner, r.customer, r.reseller, r.provider
		FROM relationships r
		WHERE r.reseller <> 0 AND NOT EXISTS (
			SELECT 1
			FROM relationships o
			WHERE o.partner = CASE WHEN r.partner = r.reseller THEN r.provider ELSE r.reseller END AND o.customer = r.customer
				AND o.reseller = r.reseller AND o.provider = r.provider AND o.delegated = r.delegated AND o.account = r.account)`},
	{"relationships", "is of an account that is not there", `
		SELECT r.partner, r.customer, r.account
		FROM relationships r
		WHERE r.account <> 0 AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.customer = r.customer AND a.account = r.account)`},
	{"relationships", "is of another partner's account", `
		SELECT r.partner, r.customer, r.account
		FROM relationships r
		WHERE r.account <> 0 AND r.account <> CASE WHEN r.provider = 0 THEN r.partner ELSE r.provider END`},

	{"names", "is of no relationship", `
		SELECT x.partner, x.customer, x.id
		FROM names x
		WHERE NOT EXISTS (SELECT 1 FROM relationships r WHERE r.partner = x.partner AND r.customer = x.customer)`},

	{"users", "is of no tenant", `
		SELECT u.tenant, u.id
		FROM users u
		WHERE NOT EXISTS (SELECT 1 FROM tenants t WHERE t.n = u.tenant)`},
	{"users", "is in no index, though not alone", `
		SELECT u.tenant, u.id
		FROM users u
		JOIN tenants t ON t.n = u.tenant
		WHERE u.display = '' AND t.profile <> '' AND (
			EXISTS (SELECT 1 FROM users o WHERE o.tenant = u.tenant AND o.name <> u.name)
			OR EXISTS (SELECT 1 FROM deleted_users d WHERE d.tenant = u.tenant)
			OR EXISTS (SELECT 1 FROM members m WHERE m.tenant = u.tenant))`},
	{"users", "is a partner's, and in the index of customers' users", `
		SELECT u.tenant, u.id
		FROM partners p
		JOIN users u ON u.tenant = p.n
		WHERE u.display <> ''`},
	{"users", "is among the deleted as well", `
		SELECT u.tenant, u.id
		FROM users u
		JOIN deleted_users d ON d.tenant = u.tenant AND d.id = u.id`},

	{"members", "is no user", `
		SELECT m.tenant, m.role, m.member
		FROM members m
		WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.tenant = m.tenant AND u.id = m.member AND u.display <> '')`},

	{"deleted_users", "is of no tenant", `
		SELECT d.tenant, d.id
		FROM deleted_users d
		WHERE NOT EXISTS (SELECT 1 FROM tenants t WHERE t.n = d.tenant AND t.profile <> '')`},

	{"second_factors", "is of no user", `
		SELECT f.tenant, f.account
		FROM second_factors f
		WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.tenant = f.tenant AND u.id = f.account)
			AND NOT EXISTS (SELECT 1 FROM deleted_users d WHERE d.tenant = f.tenant AND d.id = f.account)`},

	{"apps", "is of no tenant", `
		SELECT a.id, a.tenant
		FROM apps a
		WHERE NOT EXISTS (SELECT 1 FROM tenants t WHERE t.n = a.tenant)`},

	{"documents", "is of no tenant", `
		SELECT d.customer, d.kind, d.id
		FROM documents d
		WHERE NOT EXISTS (SELECT 1 FROM tenants t WHERE t.n = d.customer)`},

	{"accounts", "is of no relationship", `
		SELECT a.customer, a.account
		FROM accounts a
		WHERE NOT EXISTS (SELECT 1 FROM relationships r WHERE r.customer = a.customer AND r.account = a.account AND r.account <> 0)`},

	{"ledger", "has a status that no answer has", `
		SELECT l.n, l.status
		FROM ledger l
		WHERE l.status < 200 OR l.status > 599`},

	{"audit", "is for no partner", `
		SELECT a.n, a.partner
		FROM audit a
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = a.partner)`},

	{"webhooks", "is of no partner", `
		SELECT w.partner
		FROM webhooks w
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = w.partner)`},
	{"deliveries", "is of no partner", `
		SELECT d.id, d.partner
		FROM deliveries d
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = d.partner)`},
	{"deliveries", "is in no known state", `
		SELECT d.id, d.state
		FROM deliveries d
		WHERE d.state NOT IN ('` + string(csp.DeliveryPending) + `', '` + string(csp.DeliveryCompleted) + `', '` + string(csp.DeliveryFailed) + `')`},

	{"validation_codes", "is of no partner", `
		SELECT v.partner, v.id
		FROM validation_codes v
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = v.partner)`},
	{"validation_codes", "was used less often than never", `
		SELECT v.partner, v.id, v.used
		FROM validation_codes v
		WHERE v.used < 0`},

	{"devices", "is in no known state", `
		SELECT d.n, d.state
		FROM devices d
		WHERE d.state NOT IN ('` + string(csp.DevicePending) + `', '` + string(csp.DeviceApproved) + `', '` + string(csp.DeviceDenied) + `', '` + string(csp.DeviceFetched) + `')`},

	{"user_requests", "is of no partner", `
		SELECT q.n, q.partner
		FROM user_requests q
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = q.partner)`},
	{"mfa_adoption", "is of no partner", `
		SELECT a.partner, a.day, a.app
		FROM mfa_adoption a
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = a.partner)`},
	{"mfa_adoption", "counts more with a second factor than at all", `
		SELECT a.partner, a.day, a.app, a.compliant, a.total
		FROM mfa_adoption a
		WHERE a.compliant < 0 OR a.compliant > a.total`},
	{"mfa_lapses", "is of no partner", `
		SELECT l.partner, l.account
		FROM mfa_lapses l
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = l.partner)`},

	{"granular_relationships", "is of no partner", `
		SELECT g.id, g.partner
		FROM granular_relationships g
		WHERE NOT EXISTS (SELECT 1 FROM partners p WHERE p.n = g.partner)`},

	{"guesses", "counts none, or is locked too early or too late", `
		SELECT g.wrong, g.locked
		FROM guesses g
		WHERE g.wrong < 1 OR (g.locked <> 0) <> (g.wrong >= ` + strconv.Itoa(throttle.LockAfter) + `)`},

	{"settings", "there are partners, and no root key is noted", `
		SELECT COUNT(*) AS partners
		FROM partners
		WHERE NOT EXISTS (SELECT 1 FROM settings s WHERE s.name = '` + RootKeySetting + `')
		HAVING COUNT(*) > 0`},
	{"settings", "has no value", `
		SELECT s.name
		FROM settings s
		WHERE s.value = ''`},
}
