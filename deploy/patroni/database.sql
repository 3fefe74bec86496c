-- Makes the database and its owner, once, on the leader:
--   psql "postgres://postgres@10.0.0.1,10.0.0.2,10.0.0.3/postgres?target_session_attrs=read-write" --set=password=… --file=database.sql
-- The rights are those of an owner and no more: migrations make tables, nothing needs a superuser.
CREATE ROLE tenantry LOGIN PASSWORD :'password';
CREATE DATABASE tenantry OWNER tenantry TEMPLATE template0;
