-- Records are read by their reader and its order, which is the table's own order now. As long as a customer is as it was created, the
-- record of its creation has no value of its own: csp.AuditEntry.AsIs.
CREATE TABLE read_audit (
    partner  BIGINT NOT NULL,
    n        BIGINT NOT NULL,
    customer BYTEA NOT NULL,
    resource TEXT/*C*/ NOT NULL,
    name     TEXT/*C*/ NOT NULL,
    record   TEXT NOT NULL,
    PRIMARY KEY (partner, n)
)/*narrow*/;

INSERT INTO read_audit (partner, n, customer, resource, name, record)
SELECT partner, n, customer, resource, name, record
FROM audit;

DROP TABLE audit;

ALTER TABLE read_audit RENAME TO audit;

CREATE INDEX audit_by_customer ON audit (partner, customer, n);

-- Partners that were accepted by a customer beside the one that created it, of which there are few.
DROP INDEX relationships_by_customer;

CREATE INDEX relationships_accepted ON relationships (customer, partner) WHERE account <> 0;
