-- What a customer is to a partner that did not create it, but was accepted by it: a billing profile of its own. account is 0 for
-- who created the customer, and has its profile in tenants; else it is the partner, or the provider of an indirect relationship.
ALTER TABLE relationships ADD COLUMN account BIGINT NOT NULL DEFAULT 0;

CREATE TABLE accounts (
    customer BIGINT NOT NULL,
    account  BIGINT NOT NULL,
    name     TEXT NOT NULL,
    profile  TEXT NOT NULL,
    PRIMARY KEY (customer, account)
)/*narrow*/;
