-- What every successful order earned: with its day and tier, without either, and what is kept of it by now.
create or replace temp table point_orders as
select
    member_id,
    order_id,
    paid_at,
    credited_at,
    back_at,
    rank,
    multiplier,
    is_member,
    is_credited,
    points_of(amount_cents, factor * multiplier * $per_unit, $scale, $rounding) as earned,
    points_of(amount_cents - back_cents, factor * multiplier * $per_unit, $scale, $rounding) as kept,
    points_of(amount_cents - back_cents, factor * $one * $per_unit, $scale, $rounding) as without_day,
    points_of(amount_cents - back_cents, $factor_one * multiplier * $per_unit, $scale, $rounding) as without_tier,
    points_of(amount_cents - back_cents, $per_unit, 1, $rounding) as plain
from point_moments
where rule is null
