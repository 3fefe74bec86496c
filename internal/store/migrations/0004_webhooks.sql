CREATE TABLE webhooks (
    partner      BIGINT/*rowid*/ PRIMARY KEY,
    registration TEXT NOT NULL
);

-- Events on their way to webhooks, and for a week what became of them. queued is an order, due a time.
CREATE TABLE deliveries (
    id      BYTEA PRIMARY KEY,
    partner BIGINT NOT NULL,
    queued  BIGINT NOT NULL,
    state   TEXT NOT NULL,
    due     BIGINT NOT NULL,
    event   TEXT NOT NULL,
    results TEXT NOT NULL
);

CREATE INDEX deliveries_due ON deliveries (due) WHERE state = 'pending';
