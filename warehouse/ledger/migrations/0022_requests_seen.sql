-- Signatures of requests that were taken: what was listened to is not taken again.
create table requests_seen (
    digest text not null primary key,
    at {moment} not null
);
create index requests_seen_at on requests_seen (at);
