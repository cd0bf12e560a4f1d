-- Uses that are of no grant, and those beyond what a grant is for.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) filter (f.intent_key is null) as unmatched,
    count(*) filter (f.surplus) as surplus
from cells as c
inner join m_uses as f on f.redeemed_at >= c.starts_at and f.redeemed_at < c.ends_at
group by c.cell, grp
