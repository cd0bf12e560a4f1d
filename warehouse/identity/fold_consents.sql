-- Of consents that two accounts gave at the same moment the one that was withdrawn last stays.
with
    consents as (
        select
            stored.* exclude (member_id),
            joined.member_id,
            row_number() over (
                partition by joined.member_id, stored.channel, stored.purpose, stored.given_at
                order by
                    stored.withdrawal_unread desc,
                    stored.withdrawn_at desc nulls last,
                    stored.member_id <> joined.member_id,
                    stored.member_id
            ) as turn
        from snap.account_consents as stored
        inner join joined on joined.account_id = stored.member_id
    )

select * exclude (turn)
from consents
where turn = 1
