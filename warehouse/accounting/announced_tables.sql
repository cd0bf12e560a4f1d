-- Announced benefits by phase, and what cash-back they issued; see campaign_calendars.deciding.blocks.
create or replace temp table online (
    phase varchar, benefit varchar, starts_at timestamp, ends_at timestamp, until timestamp, use_cents bigint,
    per_member bigint, stock bigint, after_orders bigint, after_since timestamp, ranks bigint[], claimed bool,
    group_channel varchar
);
create or replace temp table past_asked (phase varchar, benefit varchar);
create or replace temp table order_ranks (order_id varchar, rank bigint);
create or replace temp table tier_rates (rank bigint, rate bigint);
create or replace temp table issued (
    benefit varchar, member_id varchar, order_id varchar, issued_at timestamp, ends_at timestamp
)
