-- How the control groups of a running calendar are drawn: kept with its first run, changed by a person only.
create table draws (
    calendar text not null,
    name text not null,
    salt text not null,
    share_bp integer not null,
    run_id text not null,
    primary key (calendar, name)
);
