-- What the rules say (see campaign_calendars.measuring.points), for the statements that follow.
create or replace temp table point_factors (rank integer, factor bigint);
create or replace temp table point_steps ("at" timestamp, rank integer, multiplier bigint);
create or replace temp table point_referrals (
    points bigint, spend_cents bigint, starts timestamp, ends timestamp, calendar varchar, benefit varchar
);
create or replace temp table point_earning (
    rule integer, calendar varchar, benefit varchar, event varchar, points bigint, starts timestamp, ends timestamp,
    per varchar, month_cap bigint, most bigint, ranks integer[], longest bigint
);
create or replace temp table point_doubles (
    starts timestamp, ends timestamp, multiplier bigint, ranks integer[], calendar varchar, benefit varchar
);
create or replace temp table point_streaks (rule integer, days bigint, points bigint);

-- Points of so many cents: whole units times a rate of whole numbers, rounded as the store says.
create or replace temp macro points_of(cents, rate, scale, rounding) as
    case rounding
        when 'half_up' then (2 * (greatest(cents, 0) // 100) * rate + scale) // (2 * scale)
        when 'exact_half' then (2 * (greatest(cents, 0) // 100) * rate // scale) / 2.0
        else (greatest(cents, 0) // 100) * rate // scale
    end::decimal(18, 1)
