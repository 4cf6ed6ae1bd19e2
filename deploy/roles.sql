-- The two roles of TreatyFlow and its database, for psql as a superuser; as often as one likes.
-- treatyflow_owner migrates and owns the tables. treatyflow runs the application: it reads and writes rows, and can
-- neither lift a trigger nor empty a table. Their passwords stand in the files that the environment names:
--   OWNER_PASSWORD_FILE=… APP_PASSWORD_FILE=… psql --no-psqlrc --dbname postgres --file deploy/roles.sql
-- Run it again with other files to change the passwords.
\set ON_ERROR_STOP on
\set owner_password `cat "$OWNER_PASSWORD_FILE"`
\set app_password `cat "$APP_PASSWORD_FILE"`
\set QUIET on
\pset format unaligned
\pset tuples_only on

-- A file that is missing or nearly empty ends it here, with a division by zero.
SELECT 'passwords: read' WHERE 1 / (length(:'owner_password') >= 20 AND length(:'app_password') >= 20)::int = 1;

SELECT 'CREATE ROLE treatyflow_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'treatyflow_owner') \gexec
SELECT 'CREATE ROLE treatyflow' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'treatyflow') \gexec
ALTER ROLE treatyflow_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'owner_password';
ALTER ROLE treatyflow LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'app_password';

SELECT 'CREATE DATABASE treatyflow OWNER treatyflow_owner TEMPLATE template0 ENCODING ''UTF8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'treatyflow') \gexec
REVOKE ALL ON DATABASE treatyflow FROM PUBLIC;
GRANT CONNECT ON DATABASE treatyflow TO treatyflow;

\connect treatyflow
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO treatyflow;
-- Tables that stand already, and those that the owner will make.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO treatyflow;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO treatyflow;
ALTER DEFAULT PRIVILEGES FOR ROLE treatyflow_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO treatyflow;
ALTER DEFAULT PRIVILEGES FOR ROLE treatyflow_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO treatyflow;
\echo 'treatyflow_owner and treatyflow can connect to the database treatyflow.'
