-- What was done, once for each partner that may read it; partner is that one. n rises with time.
-- customer is the tenant's id, or empty; name is its name at the time, in lower case. resource is the type.
CREATE TABLE audit (
    n        BIGINT/*rowid*/ PRIMARY KEY,
    partner  BIGINT NOT NULL,
    customer BYTEA NOT NULL,
    resource TEXT/*C*/ NOT NULL,
    name     TEXT/*C*/ NOT NULL,
    record   TEXT NOT NULL
);

CREATE INDEX audit_by_partner ON audit (partner, n);
CREATE INDEX audit_by_customer ON audit (partner, customer, n);
