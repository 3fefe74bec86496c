-- Granular delegated admin: what a partner asks a customer for, and what became of it. customer is the order of the customer's
-- id, and zero as long as anybody may approve; due is when an active one ends, and zero for any other.
CREATE TABLE granular_relationships (
    id           TEXT/*C*/ PRIMARY KEY,
    partner      BIGINT NOT NULL,
    customer     BIGINT NOT NULL,
    name         TEXT/*C*/ NOT NULL,
    due          BIGINT NOT NULL,
    relationship TEXT NOT NULL
)/*narrow*/;

CREATE UNIQUE INDEX granular_relationships_by_name ON granular_relationships (partner, name);
CREATE INDEX granular_relationships_by_customer ON granular_relationships (partner, customer);
CREATE INDEX granular_relationships_due ON granular_relationships (due) WHERE due <> 0;
