-- display is csp.User.SortName, by which users are listed. It is empty, and the row in no index and among no members, as long as
-- the tenant has no user but the administrator that came with it: so that creating customers costs nothing more.
ALTER TABLE users ADD COLUMN display TEXT/*C*/ NOT NULL DEFAULT '';

CREATE UNIQUE INDEX users_by_id ON users (tenant, id) WHERE display <> '';
CREATE INDEX users_by_display ON users (tenant, display, id) WHERE display <> '';

-- Who has which directory role, by the public template id. Users that are deleted are not here.
CREATE TABLE members (
    tenant BIGINT NOT NULL,
    role   TEXT/*C*/ NOT NULL,
    member BYTEA NOT NULL,
    PRIMARY KEY (tenant, role, member)
)/*narrow*/;

-- deleted is the order of the time of deletion, see csp.OrderAt.
CREATE TABLE deleted_users (
    tenant     BIGINT NOT NULL,
    id         BYTEA NOT NULL,
    display    TEXT/*C*/ NOT NULL,
    deleted    BIGINT NOT NULL,
    credential BYTEA NOT NULL,
    profile    TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
)/*narrow*/;

CREATE INDEX deleted_users_by_display ON deleted_users (tenant, display, id);
CREATE INDEX deleted_users_by_time ON deleted_users (deleted);
