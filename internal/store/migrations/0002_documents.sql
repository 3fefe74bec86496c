-- What is kept beside a customer, small and of few: its agreements, budget, qualifications.
CREATE TABLE documents (
    customer BIGINT NOT NULL,
    kind     TEXT/*C*/ NOT NULL,
    id       TEXT/*C*/ NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (customer, kind, id)
)/*narrow*/;
