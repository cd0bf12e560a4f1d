-- Pieces of each benefit that has a stock, less what was given of it.
select
    c.cell,
    {group} as grp,
    [f.benefit] as part,
    any_value(f.stock) - count(g.intent_key) as pieces
from cells as c
cross join j_benefits as f
left join m_grants as g on g.benefit = f.benefit and g."at" < c.ends_at
where f.stock is not null
group by c.cell, grp, f.benefit
