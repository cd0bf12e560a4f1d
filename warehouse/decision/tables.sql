-- One row per candidate of an occurrence. `arm` is the assignment, drawn before anything that
-- depends on treatment; it is null where the member could not have been contacted anyway. A ghost is what a held-out
-- member would have had: what a plan has for members like him. `propensity` is the chance with which a chosen member was to get
-- his option, of those that were open to him: below 1 where a share of the members explores. `reminds` is the benefit that
-- an earlier message of the play gave, where this one reminds of it: nothing is given again. `region` is where the member lived
-- then, of a calendar whose control group is drawn by region.
create table decisions (
    calendar varchar not null,
    phase varchar not null,
    play varchar not null,
    occurrence_at timestamp not null,
    member_id varchar not null,
    status varchar not null,
    arm varchar,
    reason varchar,
    chain varchar not null,
    channel varchar,
    benefit varchar,
    cost_cents bigint not null,
    ghost_channel varchar,
    ghost_benefit varchar,
    tier varchar,
    explored bool not null,
    propensity double,
    reminds varchar,
    region varchar
);
