-- Buyers of each article among the buyers of a window.
with
    mine as (
        select c.cell, {group} as grp, f.member_id, f.sku
        from cells as c
        inner join m_lines as f on f."at" >= c.starts_at and f."at" < c.ends_at
        where f.member_id is not null
    ),

    wholes as (select cell, grp, count(distinct member_id) as persons from mine group by cell, grp)

select m.cell, m.grp, [m.sku] as part, count(distinct m.member_id) as buyers, any_value(w.persons) as persons
from mine as m
inner join wholes as w on w.cell = m.cell and w.grp = m.grp
group by m.cell, m.grp, m.sku
