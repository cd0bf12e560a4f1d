-- Of every member and benefit the earliest use that is still to be charged, to the grant that ends first and is not
-- used up; of ties the oldest. Friends of a referral have the numbers behind that of the grant itself.
insert into charged
with counted as (select key, is_child, count(*) as uses from charged group by key, is_child),
waiting as (
    select
        f.*,
        coalesce(c.uses, 0) + case when f.is_child then 2 else 1 end as number,
        row_number() over (
            partition by f.member_id, f.benefit
            order by f.moment, f.id, f.valid_until nulls last, f.granted_at, f.key
        ) as turn
    from fits as f
    left join counted as c on c.key = f.key and c.is_child = f.is_child
    anti join charged as d on d.benefit = f.benefit and d.id = f.id
    where not f.void and coalesce(c.uses, 0) < f.times
),
-- Several friends may come for the same grant at once: one a round, the earliest.
first as (
    select *
    from waiting
    where turn = 1
    qualify not is_child or row_number() over (partition by key order by moment, id) = 1
)
select key, number, benefit, id, moment, most_cents, is_child from first
