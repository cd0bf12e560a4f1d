create or replace temp table side_contacts (
    side varchar,
    member_id varchar,
    channel varchar,
    phase varchar,
    play varchar,
    "at" timestamp,
    post bool,
    cents bigint
);

create or replace temp table side_grants (
    side varchar,
    member_id varchar,
    phase varchar,
    play varchar,
    benefit varchar,
    cents bigint
);

create or replace temp table side_decisions (
    side varchar,
    member_id varchar,
    phase varchar,
    play varchar,
    occurrence_at timestamp,
    status varchar,
    reason varchar
);

create or replace temp table side_plays (side varchar, phase varchar, play varchar)
