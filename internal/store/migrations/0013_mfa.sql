-- Calls of the API that a user stood behind, those of late; n rises with time.
CREATE TABLE user_requests (
    n       BIGINT/*rowid*/ PRIMARY KEY,
    partner BIGINT NOT NULL,
    request TEXT NOT NULL
);

CREATE INDEX user_requests_by_partner ON user_requests (partner, n);

-- How many of a day's there were, and how many of them by users with a second factor. day counts from 1970.
CREATE TABLE mfa_adoption (
    partner   BIGINT NOT NULL,
    day       BIGINT NOT NULL,
    app       TEXT/*C*/ NOT NULL,
    compliant BIGINT NOT NULL,
    total     BIGINT NOT NULL,
    PRIMARY KEY (partner, day, app)
)/*narrow*/;

-- When a user last called without a second factor.
CREATE TABLE mfa_lapses (
    partner BIGINT NOT NULL,
    account BYTEA NOT NULL,
    name    TEXT NOT NULL,
    last    BIGINT NOT NULL,
    PRIMARY KEY (partner, account)
)/*narrow*/;
