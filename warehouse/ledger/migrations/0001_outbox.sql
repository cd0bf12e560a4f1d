-- Runs, the outbox and its grants. `moment` and `sequence_key` are filled in per database.
create table ledger_state (
    id integer not null primary key constraint ledger_state_one_row check (id = 1),
    position bigint not null
);

insert into ledger_state (id, position) values (1, 0);

create table runs (
    run_id text not null primary key,
    calendar text not null,
    phase text not null,
    as_of {moment} not null,
    snapshot_id text not null,
    decision_sha text not null,
    status text not null,
    summary text not null,
    started_at {moment} not null,
    finished_at {moment}
);

create table jobs (
    intent_key text not null,
    run_id text not null references runs (run_id),
    calendar text not null,
    phase text not null,
    play text not null,
    occurrence_at {moment} not null,
    member_id text not null,
    channel text not null,
    benefit text,
    message text,
    status text not null,
    attempts integer not null,
    not_before {moment},
    expires_at {moment},
    receipt text,
    error text,
    sent_at {moment},
    in_doubt boolean not null,
    seq {sequence_key},
    position bigint not null,
    claimed_by text,
    claimed_at {moment},
    constraint jobs_one_per_intent unique (intent_key),
    constraint jobs_status check (status in ('awaiting_approval', 'pending', 'sending', 'sent', 'failed', 'unknown', 'cancelled'))
);

create index jobs_run on jobs (run_id);

create index jobs_claim on jobs (channel, run_id, seq, not_before) where status = 'pending';

create index jobs_sending on jobs (claimed_at) where status = 'sending';

create table grants (
    intent_key text not null primary key references jobs (intent_key),
    calendar text not null,
    phase text not null,
    play text not null,
    member_id text not null,
    benefit text not null,
    pool text,
    cost_cents bigint not null constraint grants_cost check (cost_cents >= 0),
    granted_at {moment} not null,
    position bigint not null,
    released_at {moment}
);

create index grants_use on grants (calendar, pool, benefit, granted_at, position, cost_cents) where released_at is null;
