with
    asked as (select distinct unnest($members::varchar[]) as asked_id),
    named as (
        select asked_id, coalesce(m.member_id, asked_id) as member_id
        from asked
        left join snap.member_map as m on m.account_id = asked_id
    )
select named.asked_id, named.member_id, list_sort(list(m.account_id))
from named
inner join snap.member_map as m on m.member_id = named.member_id
group by named.asked_id, named.member_id
