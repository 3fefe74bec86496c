-- A partner's codes. changed is in microseconds, and rises with each change of the row.
CREATE TABLE validation_codes (
    partner      BIGINT NOT NULL,
    id           TEXT/*C*/ NOT NULL,
    organization TEXT NOT NULL,
    max_creates  BIGINT NOT NULL,
    used         BIGINT NOT NULL,
    changed      BIGINT NOT NULL,
    PRIMARY KEY (partner, id)
)/*narrow*/;
