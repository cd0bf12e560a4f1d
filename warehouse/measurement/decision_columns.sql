-- What a decision file says of a member. Files of an earlier promocal lack the last columns.
create or replace temp table decision_columns (
    calendar varchar,
    phase varchar,
    play varchar,
    occurrence_at timestamp,
    member_id varchar,
    status varchar,
    arm varchar,
    reason varchar,
    chain varchar,
    channel varchar,
    benefit varchar,
    cost_cents bigint,
    ghost_channel varchar,
    ghost_benefit varchar,
    tier varchar,
    explored bool,
    propensity double,
    reminds varchar,
    region varchar
)
