-- The points ledger of a window: what it opens and closes with, and what was added and taken in between (A6).
with
    entries as (
        select "at", kind, points, tier, region as store, join_channel as channel from m_acts where act = 'points'
    )

select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    coalesce(sum(f.points) filter (f."at" < c.starts_at), 0)::bigint as opening,
    coalesce(sum(f.points), 0)::bigint as closing,
    coalesce(
        sum(f.points) filter (f."at" >= c.starts_at and f.kind in ('earn', 'play', 'referral')), 0
    )::bigint as issued,
    coalesce(-sum(f.points) filter (f."at" >= c.starts_at and f.kind = 'refund'), 0)::bigint as taken_back,
    coalesce(-sum(f.points) filter (f."at" >= c.starts_at and f.kind = 'redeem'), 0)::bigint as used,
    coalesce(-sum(f.points) filter (f."at" >= c.starts_at and f.kind = 'expire'), 0)::bigint as expired,
    coalesce(sum(f.points) filter (f."at" >= c.starts_at and f.kind = 'adjust'), 0)::bigint as adjusted,
    (opening + issued)::bigint as disposable,
    (closing * $point_cents)::bigint as closing_cents
from cells as c
inner join entries as f on f."at" < c.ends_at
group by c.cell, grp
