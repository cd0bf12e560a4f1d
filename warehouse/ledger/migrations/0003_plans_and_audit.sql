-- What was published, what was planned and agreed to, and what people did by hand.
create table snapshots (
    snapshot_id text not null primary key,
    as_of {moment} not null,
    fingerprint text not null,
    counts text not null
);

create table plans (
    checksum text not null primary key,
    calendar text not null,
    body text not null,
    planned_at {moment} not null,
    applied_at {moment},
    applied_by text
);

create table audit_log (
    seq {sequence_key},
    at {moment} not null,
    by text not null,
    action text not null,
    subject text not null,
    detail text not null
);
