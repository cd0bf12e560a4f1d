-- What is to come, as the looks write it: one row per member and look; `held` are those whom no play may reach.
create or replace temp table looks (
    member_id varchar, joined bool, held bool, order_hash varchar, terms bigint /*masks*/
);
create or replace temp table ahead_slots (
    slot int, word int, flag bigint, calendar varchar, phase varchar, play varchar, "at" timestamp, again interval
);
create or replace temp table ahead_caps (rule int, per interval, channel varchar);
create or replace temp table ahead_channels (position int, channel varchar, agent varchar, consent_required bool);
create or replace temp table ahead_benefits (position int, benefit varchar, rule int, per_member bigint)
