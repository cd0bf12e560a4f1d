create or replace temp table channel_options (
    position int, channel varchar, agent varchar, first_agent bool, consent_required bool, quiet bool, shut bool,
    restricted bool, bound bool, implied_bp bigint, ended bool, talks bool, on_join bool
);
/*if rules*/
create or replace temp table gate_rules (rule int, code varchar, told varchar, wanted bool);
create or replace temp table gate_plays (rule int, calendar varchar, play varchar, after_at timestamp, upto timestamp);
create or replace temp table rule_hits (member_id varchar, code varchar, chain varchar);
/*end*/
/*if benefits*/
create or replace temp table benefit_options (
    position int, benefit varchar, pool varchar, tiers varchar[], any_tier bool, per_member bigint,
    points bigint, cost_cents bigint, shut reason, exclusive varchar[], usable_until timestamp, yearly bool
);
/*end*/
create or replace temp table assigned (member_id varchar, channel int, benefit int)
/*if explore*/
;
create or replace temp table losing (member_id varchar, channels bigint, benefits bigint, nothing bool);
create or replace temp table eligible (member_id varchar, channels bigint, benefits bigint);
create or replace temp table explorers (member_id varchar, channels bigint, benefits bigint, same bool)
/*end*/
