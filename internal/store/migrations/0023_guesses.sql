-- What servers together hold against who guesses something secret: how many wrong guesses, the last of them as keyed hashes, and when
-- the last came and how long none is looked at from then on, in microseconds. who is a keyed hash.
CREATE TABLE guesses (
    who    BYTEA PRIMARY KEY,
    wrong  BIGINT NOT NULL,
    tried  TEXT NOT NULL,
    last   BIGINT NOT NULL,
    locked BIGINT NOT NULL
)/*narrow*/;
