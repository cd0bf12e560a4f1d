-- Orders by window: of all, of members, of who joined before the calendar began, of who never joined.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) filter (f.counts) as orders,
    coalesce(sum(f.items) filter (f.counts), 0)::bigint as pieces,
    count(*) filter (f.counts and f.items is not null) as pieced_orders,
    count(distinct f.member_id) filter (f.counts) as buyers,
    coalesce(sum(f.net_cents) filter (f.counts), 0)::bigint as cents,
    coalesce(sum(f.amount_cents) filter (f.amount_cents >= $min_order), 0)::bigint as gross_cents,
    count(*) filter (f.counts and f.by_member) as member_orders,
    count(distinct f.member_id) filter (f.counts and f.by_member) as member_buyers,
    coalesce(sum(f.net_cents) filter (f.counts and f.by_member), 0)::bigint as member_cents,
    count(distinct f.member_id) filter (f.counts and f.by_joined and f.joined_at < $old_since) as old_buyers,
    coalesce(
        sum(f.net_cents) filter (f.counts and f.by_joined and f.joined_at < $old_since), 0
    )::bigint as old_cents,
    count(distinct f.member_id) filter (f.counts and not f.by_joined) as outside_buyers,
    coalesce(
        sum(f.net_cents) filter (f.counts and not f.by_joined and f.member_id is not null), 0
    )::bigint as outside_cents
from cells as c
inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at
group by c.cell, grp
