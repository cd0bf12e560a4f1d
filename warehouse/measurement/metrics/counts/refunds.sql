-- Orders paid in a window and what came back of them; those given back in full are in it.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as paid,
    coalesce(sum(f.amount_cents), 0)::bigint as paid_cents,
    coalesce(sum(f.back_cents), 0)::bigint as back_cents,
    count(*) filter (f.back_cents > 0) as any_back,
    count(*) filter (f.back_cents > 0 and f.back_cents >= f.amount_cents) as full_back
from cells as c
inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at and f.amount_cents >= $min_order
group by c.cell, grp
