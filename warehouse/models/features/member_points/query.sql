-- Points of every member strictly before as_of, from the recorded ledger (A6). What has expired is
-- void whether or not the source wrote it down: points go to the redemption that comes first, the
-- earliest expiry first, so at each expiry what was ever to expire by then less what was used before
-- is void, and void stays void. Exact where points earned later do not expire earlier, as with one
-- validity for all or one day of the year on which points are cleared.
with
    entries as (
        select member_id, kind, points, "at", expires_at
        from snap.stg_points
        where "at" < getvariable('as_of')
    ),

    totals as (
        select
            member_id,
            coalesce(sum(points) filter (kind <> 'expire'), 0) as standing,
            coalesce(-sum(points) filter (kind = 'expire'), 0) as written_off,
            coalesce(
                sum(points) filter (kind in ('earn', 'play', 'referral', 'refund') and "at" >= getvariable('from_365d')), 0
            ) as points_earned_365d,
            coalesce(
                -sum(points) filter (kind = 'redeem' and "at" >= getvariable('from_365d')), 0
            ) as points_redeemed_365d
        from entries
        group by member_id
    ),

    moves as (
        select member_id, expires_at as "at", 0 as turn, points as lot, 0 as taken
        from entries
        where points > 0 and expires_at <= getvariable('to_30d')
        union all
        select member_id, "at", 1 as turn, 0 as lot, -points as taken
        from entries
        where points < 0 and kind <> 'expire'
    ),

    running as (
        select
            member_id,
            "at",
            lot,
            sum(lot - taken) over (
                partition by member_id
                order by "at", turn
                rows between unbounded preceding and current row
            ) as unused
        from moves
    ),

    voids as (
        select
            member_id,
            greatest(coalesce(max(unused) filter (lot > 0 and "at" <= getvariable('as_of')), 0), 0) as void_now,
            greatest(coalesce(max(unused) filter (lot > 0), 0), 0) as void_soon
        from running
        group by member_id
    )

select
    totals.member_id,
    totals.standing - greatest(totals.written_off, coalesce(voids.void_now, 0)) as points_balance,
    totals.points_earned_365d,
    totals.points_redeemed_365d,
    greatest(coalesce(voids.void_soon, 0) - greatest(totals.written_off, coalesce(voids.void_now, 0)), 0)
        as points_expiring_30d
from totals
left join voids on totals.member_id = voids.member_id
