create or replace table params (as_of timestamp, campaign_from timestamp);
create or replace table phase_windows (phase varchar, starts_at timestamp, ends_at timestamp);
create or replace table balance_windows (
    placed_from timestamp, placed_until timestamp, balance_from timestamp, balance_until timestamp
);
create or replace table category_bounds (
    category varchar, core_days integer, potential_days integer, ordinary_days integer, lost_days integer
);
