-- What the plays of a run say, as a digest: with the plan that was applied, or as a person saw it who approved the run.
create table agreed_words (
    run_id text not null references runs (run_id),
    play text not null,
    words text not null,
    approved boolean not null,
    agreed_at {moment} not null,
    primary key (run_id, play)
);
