-- Members who bought in the wave before, and of them those who bought in this one; of the calendar: its first two waves.
with
    pairs as (
        select c.cell, earlier.starts_at, earlier.ends_at, w.starts_at as then_at, least(w.ends_at, $as_of) as until_at
        from cells as c
        inner join wave_spans as w on w.wave = c.cell or (w.number = 2 and c.cell not in (select wave from wave_spans))
        inner join wave_spans as earlier on earlier.number = w.number - 1
    ),

    bought as (
        select
            p.cell,
            o.member_id,
            bool_or(o."at" >= p.starts_at and o."at" < p.ends_at) as before,
            bool_or(o."at" >= p.then_at and o."at" < p.until_at) as again
        from pairs as p
        inner join m_orders as o on o.counts and o.by_member and o."at" >= p.starts_at
        group by p.cell, o.member_id
    )

select
    cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) filter (before) as buyers_before,
    count(*) filter (before and again) as buyers_again
from bought
group by cell, grp
