-- Benefits members hold and may still use at the end of a window.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as pieces,
    sum(f.cost_cents)::bigint as cents
from cells as c
inner join m_grants as f
    on f.held
    and f."at" < c.ends_at
    and (f.used_at is null or f.used_at >= c.ends_at)
    and (f.valid_until is null or f.valid_until > c.ends_at)
group by c.cell, grp
