-- What users granted, under the SHA-256 of the code that stands for it. n rises with time, so that the oldest go first.
-- family is that of the refresh tokens that the code was redeemed for, or empty.
CREATE TABLE codes (
    n             BIGINT/*rowid*/ PRIMARY KEY,
    hash          BYTEA NOT NULL UNIQUE,
    granted       TEXT NOT NULL,
    expires       BIGINT NOT NULL,
    redeemed      BOOLEAN NOT NULL,
    family        BYTEA NOT NULL
);

-- Sign-ins that devices wait for. granted is empty until somebody approves; polled is 0 until the device asks.
CREATE TABLE devices (
    n             BIGINT/*rowid*/ PRIMARY KEY,
    hash          BYTEA NOT NULL UNIQUE,
    user_code     TEXT/*C*/ NOT NULL UNIQUE,
    client        BYTEA NOT NULL,
    tenant        BYTEA NOT NULL,
    scope         TEXT NOT NULL,
    resource      TEXT NOT NULL,
    state         TEXT NOT NULL,
    expires       BIGINT NOT NULL,
    polled        BIGINT NOT NULL,
    granted       TEXT NOT NULL
);

-- Refresh tokens that come from one sign-in. The tokens themselves are not kept: they carry a tag under the root key.
CREATE TABLE families (
    id            BYTEA PRIMARY KEY,
    granted       TEXT NOT NULL,
    used          BIGINT NOT NULL,
    generation    BIGINT NOT NULL,
    revoked       BOOLEAN NOT NULL
)/*narrow*/;

CREATE INDEX families_by_use ON families (used);
