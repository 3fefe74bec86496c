-- The number of the last transaction of each writer, by which it finds out what became of one whose connection was lost.
CREATE TABLE marks (
    writer TEXT/*C*/ PRIMARY KEY,
    number BIGINT NOT NULL,
    at     BIGINT NOT NULL
)/*narrow*/;
