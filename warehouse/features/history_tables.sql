create table contacts (
    member_id varchar, channel varchar, calendar varchar, phase varchar, play varchar,
    "at" timestamp, benefit varchar
);
create table grants (
    member_id varchar, calendar varchar, phase varchar, play varchar, benefit varchar,
    pool varchar, granted_at timestamp, cost_cents bigint, usable_until timestamp
);
create table blocks (calendar varchar, benefit varchar, pool varchar, pieces bigint, cents bigint);
create table points_granted (member_id varchar, granted_at timestamp, points bigint, ends_at timestamp);
create table birthday_gifts (member_id varchar, granted_at timestamp);
create table suppressions (member_id varchar, channel varchar);
create table tier_overrides (member_id varchar, tier varchar, set_at timestamp, until timestamp);
create table ghosts (
    member_id varchar, channel varchar, calendar varchar, phase varchar, play varchar, "at" timestamp
);
create table decided (member_id varchar, calendar varchar, play varchar, "at" timestamp, again bool);
