-- What was decided of a run stands here too: counts and what its messages need, never members.
create table decisions (
    run_id text not null primary key references runs (run_id),
    decision_sha text not null,
    body text not null
);
