-- What is to come, as the looks write it: one row per member and look; `held` are those whom no play may reach.
create or replace temp table looks (
    member_id varchar, joined bool, held bool, order_hash varchar, terms bigint, segments bigint, basket int,
    look int /*masks*/
);
create or replace temp table ahead_slots (
    slot int, word int, flag bigint, calendar varchar, phase varchar, play varchar, "at" timestamp, again interval,
    gap interval, channel varchar
);
create or replace temp table ahead_limits (
    rule int, per interval, most bigint, package bool, channel varchar, calendar varchar, phase varchar, play varchar,
    since timestamp, until timestamp, sent bool
);
create or replace temp table ahead_money (rule int, phase varchar);
create or replace temp table ahead_held (rule int, benefit varchar);
create or replace temp table ahead_channels (
    position int, channel varchar, agent varchar, consent_required bool, bound bool, implied_bp bigint,
    talks bool, on_join bool
);
create or replace temp table ahead_benefits (position int, benefit varchar, rule int, per_member bigint, yearly bool)
