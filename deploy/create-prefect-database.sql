-- The server's own database beside the ledger's; run once, when PostgreSQL makes its data directory.
create database prefect owner promocal;
\connect prefect
create extension if not exists pg_trgm;
