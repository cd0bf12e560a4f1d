-- One row per person, channel and group, address and consent of the same account. A withdrawal of any account
-- that stands comes first; then what can be reached, with consent, the canonical account first.
with
    points as (
        select
            stored.* exclude (member_id),
            joined.member_id,
            row_number() over (
                partition by joined.member_id, stored.channel, stored.group_id
                order by
                    stored.withdrawal_unread desc,
                    stored.withdrawn_at is null,
                    coalesce(stored.consented_at > stored.withdrawn_at, false),
                    stored.withdrawn_at desc,
                    stored.unbound_at is not null,
                    stored.unbound_at desc,
                    stored.last_talk_at desc nulls last,
                    stored.address is null,
                    stored.consented_at is null,
                    stored.member_id <> joined.member_id,
                    stored.consented_at desc,
                    stored.member_id
            ) as turn
        from snap.account_contact_points as stored
        inner join joined on joined.account_id = stored.member_id
    )

select * exclude (turn)
from points
where turn = 1
