-- How much of a provider's rate and caps is used, and the first messages of runs that are tried before the rest.
create table throttles (
    provider text not null primary key,
    full_at_us bigint not null,
    day text not null,
    day_used bigint not null,
    month text not null,
    month_used bigint not null,
    granted bigint not null
);

create table canaries (
    run_id text not null,
    channel text not null,
    first integer not null,
    taken integer not null,
    looked_at {moment},
    state text not null,
    primary key (run_id, channel),
    constraint canaries_state check (state in ('trying', 'passed', 'stopped'))
);
