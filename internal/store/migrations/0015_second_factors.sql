-- What users prove themselves with beside their passwords. sealed is readable with the root key only; step is that of the last
-- code that was accepted.
CREATE TABLE second_factors (
    tenant   BIGINT NOT NULL,
    account  BYTEA NOT NULL,
    id       BYTEA NOT NULL,
    sealed   BYTEA NOT NULL,
    enrolled BIGINT NOT NULL,
    step     BIGINT NOT NULL,
    PRIMARY KEY (tenant, account)
)/*narrow*/;
