-- What an applied calendar promises: a row for each planned occurrence, with the one end it came to.
create table expected_occurrences (
    run_id text not null,
    play text not null,
    calendar text not null,
    phase text not null,
    at {moment} not null,
    until {moment} not null,
    plan text,
    state text not null,
    reason text not null,
    ended_at {moment},
    primary key (run_id, play),
    constraint expected_states check (state in ('due', 'done', 'skipped', 'missed', 'dropped'))
);
create index expected_by_calendar on expected_occurrences (calendar, state, at);
