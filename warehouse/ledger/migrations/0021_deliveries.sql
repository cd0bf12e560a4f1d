-- What the other side says of a message after it took it. Where no message is known by the reference, it is kept aside.
create table deliveries (
    intent_key text not null primary key,
    state text not null,
    at {moment} not null,
    code text not null,
    arrived boolean not null,
    constraint deliveries_states check (state in ('delivered', 'failed'))
);
create table reports_aside (
    ref text not null,
    state text not null,
    member_id text not null,
    at {moment} not null,
    code text not null,
    reason text not null,
    told_at {moment} not null,
    times integer not null,
    primary key (ref, state, member_id)
);
create index jobs_receipt on jobs (receipt) where receipt is not null;
