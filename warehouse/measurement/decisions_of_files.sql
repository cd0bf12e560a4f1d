create or replace temp table decisions (
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
    propensity double
)
