-- What users allowed applications; granter is the user, or empty where an administrator did for all of the tenant.
CREATE TABLE consents (
    tenant     BYTEA NOT NULL,
    app        BYTEA NOT NULL,
    granter    BYTEA NOT NULL,
    permission TEXT/*C*/ NOT NULL,
    PRIMARY KEY (tenant, app, granter, permission)
)/*narrow*/;
