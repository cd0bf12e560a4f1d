create or replace temp table channel_options (
    position int, channel varchar, consent_required bool, quiet bool, shut bool
);
create or replace temp table cap_rules (rule int, channel varchar, counted varchar, since timestamp, most bigint);
create or replace temp table benefit_options (
    position int, benefit varchar, pool varchar, tiers varchar[], any_tier bool, per_member bigint,
    exhausted varchar, points bigint
);
create or replace temp table reached (member_id varchar, channel varchar);
create or replace temp table given (member_id varchar, benefit varchar, cost_cents bigint);
