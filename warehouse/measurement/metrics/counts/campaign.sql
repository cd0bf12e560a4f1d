-- Sales of a window inside any phase of the calendar, and all of them.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    coalesce(sum(f.net_cents), 0)::bigint as cents,
    coalesce(
        sum(f.net_cents) filter (
            exists (from phase_spans as w where f."at" >= w.starts_at and f."at" < w.ends_at)
        ),
        0
    )::bigint as phase_cents
from cells as c
inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at
where f.counts
group by c.cell, grp
