-- A list by name shows what stands beside each name, so that a page is read from one place, however many customers there are.
CREATE TABLE listed_names (
    partner  BIGINT NOT NULL,
    name     TEXT/*C*/ NOT NULL,
    customer BIGINT NOT NULL,
    id       BYTEA NOT NULL,
    shown    TEXT NOT NULL,
    domain   TEXT NOT NULL,
    PRIMARY KEY (partner, name, customer)
)/*narrow*/;

INSERT INTO listed_names (partner, name, customer, id, shown, domain)
SELECT x.partner, x.name, x.customer, t.id, t.name, t.domain
FROM names x
JOIN tenants t ON t.n = x.customer;

DROP TABLE names;

ALTER TABLE listed_names RENAME TO names;
