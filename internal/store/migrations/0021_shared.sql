-- What servers count together. full_at is when a bucket is full again if nobody takes from it, in nanoseconds.
CREATE TABLE buckets (
    id      TEXT/*C*/ PRIMARY KEY,
    full_at BIGINT NOT NULL
)/*narrow*/;
