-- Of every member and benefit the earliest use that is still to be charged, to the grant that ends first and is not
-- used up; of ties the oldest.
insert into charged
with counted as (select key, count(*) as uses from charged group by key),
waiting as (
    select
        f.*,
        coalesce(c.uses, 0) + 1 as number,
        row_number() over (
            partition by f.member_id, f.benefit
            order by f.moment, f.id, f.valid_until nulls last, f.granted_at, f.key
        ) as turn
    from fits as f
    left join counted as c on c.key = f.key
    anti join charged as d on d.benefit = f.benefit and d.id = f.id
    where not f.void and coalesce(c.uses, 0) < f.times
)
select key, number, benefit, id, moment, most_cents from waiting where turn = 1
