-- What is halted, paused or cancelled by name, and endpoints that are left alone for a while.
create table holds (
    scope text not null,
    name text not null,
    reason text not null,
    by text not null,
    since {moment} not null,
    final boolean not null default false,
    primary key (scope, name),
    constraint holds_scope check (scope in ('all', 'store', 'calendar', 'channel', 'run', 'play'))
);

create table breakers (
    channel text not null primary key,
    reason text not null,
    strikes integer not null,
    opened_at {moment} not null,
    until {moment} not null,
    probed_by text,
    probed_until {moment}
);
