-- Tables of what a calendar did; they are filled from the ledger.
create or replace temp table j_jobs (
    intent_key varchar, phase varchar, play varchar, channel varchar, member_id varchar, benefit varchar,
    state varchar, "at" timestamp, cost_cents bigint
);
create or replace temp table j_given (
    intent_key varchar, member_id varchar, benefit varchar, granted_at timestamp, valid_until timestamp,
    cost_cents bigint, sent_at timestamp, left_already bool, use_costs bigint[]
);
create or replace temp table j_reports (intent_key varchar, delivered_at timestamp, clicked_at timestamp);
create or replace temp table j_plays (phase varchar, play varchar, post bool);
create or replace temp table j_benefits (benefit varchar, kind varchar, stock bigint, price bool);
create or replace temp table j_dues (placed_from timestamp, placed_until timestamp, due_until timestamp);
create or replace temp table j_set_aside (
    phase varchar, play varchar, state varchar, since timestamp, pieces bigint, cents bigint
)
