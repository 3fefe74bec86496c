-- A tenant's n is the time-ordered part of its id; a partner's is a small number, so that customers append behind it.
-- profile is what csp.Customer.Profile keeps, and empty for a partner's own tenant.
CREATE TABLE tenants (
    n       BIGINT/*rowid*/ PRIMARY KEY,
    id      BYTEA NOT NULL,
    name    TEXT NOT NULL,
    domain  TEXT NOT NULL,
    created BIGINT NOT NULL,
    profile TEXT NOT NULL
);

-- name is in lower case.
CREATE TABLE domains (
    name   TEXT/*C*/ PRIMARY KEY,
    tenant BIGINT NOT NULL
)/*narrow*/;

CREATE TABLE partners (
    n         BIGINT/*rowid*/ PRIMARY KEY,
    id        BYTEA NOT NULL UNIQUE,
    kind      TEXT NOT NULL,
    country   TEXT NOT NULL,
    mpn_id    TEXT NOT NULL,
    sandbox   BOOLEAN NOT NULL,
    agreement BOOLEAN NOT NULL
);

CREATE TABLE partnerships (
    provider BIGINT NOT NULL,
    reseller BIGINT NOT NULL,
    PRIMARY KEY (provider, reseller)
)/*narrow*/;

-- An indirect customer has a row for its provider and one for its reseller, each with both; a direct one has 0 for both.
CREATE TABLE relationships (
    partner   BIGINT NOT NULL,
    customer  BIGINT NOT NULL,
    reseller  BIGINT NOT NULL,
    provider  BIGINT NOT NULL,
    delegated BOOLEAN NOT NULL,
    PRIMARY KEY (partner, customer)
)/*narrow*/;

CREATE INDEX relationships_by_reseller ON relationships (partner, reseller, customer) WHERE reseller <> 0;
CREATE INDEX relationships_by_provider ON relationships (partner, provider, customer) WHERE provider <> 0;

-- Company names in lower case, as each partner searches them.
CREATE TABLE names (
    partner  BIGINT NOT NULL,
    name     TEXT/*C*/ NOT NULL,
    customer BIGINT NOT NULL,
    PRIMARY KEY (partner, name, customer)
)/*narrow*/;

-- name is the principal name in lower case.
CREATE TABLE users (
    tenant     BIGINT NOT NULL,
    name       TEXT/*C*/ NOT NULL,
    id         BYTEA NOT NULL,
    credential BYTEA NOT NULL,
    profile    TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
)/*narrow*/;

CREATE TABLE apps (
    id      BYTEA PRIMARY KEY,
    tenant  BIGINT NOT NULL,
    profile TEXT NOT NULL
)/*narrow*/;

-- The answers to calls that may be repeated. n rises with time, so that the oldest go first.
CREATE TABLE ledger (
    n      BIGINT/*rowid*/ PRIMARY KEY,
    call   BYTEA NOT NULL UNIQUE,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL
);

CREATE TABLE signing_keys (
    id          TEXT/*C*/ PRIMARY KEY,
    created     BIGINT NOT NULL,
    certificate BYTEA NOT NULL,
    sealed      BYTEA NOT NULL
)/*narrow*/;

CREATE TABLE settings (
    name  TEXT/*C*/ PRIMARY KEY,
    value TEXT NOT NULL
)/*narrow*/;
