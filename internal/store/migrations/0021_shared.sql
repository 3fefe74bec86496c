-- What servers count together. full_at is when a bucket is full again if nobody takes from it, in nanoseconds.
CREATE TABLE buckets (
    id      TEXT/*C*/ PRIMARY KEY,
    full_at BIGINT NOT NULL
)/*narrow*/;

-- What is held against who guesses a password, by a keyed hash of the user and the source.
CREATE TABLE guesses (
    id      BYTEA PRIMARY KEY,
    guesses TEXT NOT NULL,
    last    BIGINT NOT NULL
)/*narrow*/;
