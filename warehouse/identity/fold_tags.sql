-- A tag that two accounts carry since the same moment is carried as long as either of them says.
with
    tags as (
        select
            stored.* exclude (member_id),
            joined.member_id,
            row_number() over (
                partition by joined.member_id, stored.tag, stored."at"
                order by stored.until desc nulls first, stored.member_id <> joined.member_id, stored.member_id
            ) as turn
        from snap.account_tags as stored
        inner join joined on joined.account_id = stored.member_id
    )

select * exclude (turn)
from tags
where turn = 1
