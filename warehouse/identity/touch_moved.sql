insert into touched_members
with
    was as ({was}),

    moved as (
        select
            coalesce(was.account_id, is_now.account_id) as account_id,
            was.member_id as before_id,
            is_now.member_id as now_id
        from was
        full join snap.member_map as is_now on is_now.account_id = was.account_id
        where was.member_id is distinct from is_now.member_id
    )

select account_id from moved
union
select before_id from moved where before_id is not null
union
select now_id from moved where now_id is not null
union
select map.member_id
from snap.member_map as map
semi join touched_members as touched on touched.member_id = map.account_id
