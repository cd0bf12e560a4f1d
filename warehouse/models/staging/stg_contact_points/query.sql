-- Addresses and consent of a member on a channel (B7).
with
    members as (select member_id, true as known from snap.stg_members),

    cells as (
        select
            _file,
            _row,
            tidy_id(member_id) as member_id,
            lower(tidy(channel)) as channel,
            without_decimals(tidy_id(address)) as address,
            tidy_value(consented_at) as consented_at,
            tidy_value(withdrawn_at) as withdrawn_at,
            tidy_id(group_id) as group_id,
            tidy_value(bound_at) as bound_at,
            tidy_value(unbound_at) as unbound_at,
            tidy_value(last_talk_at) as last_talk_at
        from raw_contact_points
    ),

    typed as (
        select
            _file,
            _row,
            member_id,
            channel,
            case
                when not coalesce(undialable(address) or (by_telephone(channel) and not like_a_number(address)), false)
                    then address
            end as address,
            case
                when undialable(address) or (by_telephone(channel) and not like_a_number(address)) then true
            end as _address_masked,
            as_moment(consented_at) as consented_at,
            as_moment(withdrawn_at) as written_withdrawn_at,
            group_id,
            as_moment(bound_at) as bound_at,
            as_moment(unbound_at) as written_unbound_at,
            as_moment(last_talk_at) as last_talk_at,
            unread(last_talk_at, as_moment(last_talk_at)) as _last_talk_at_unread,
            unread(bound_at, as_moment(bound_at)) as _bound_at_unread,
            unread(unbound_at, as_moment(unbound_at)) as _unbound_at_unread,
            unread(consented_at, as_moment(consented_at)) as consented_at_unread,
            unread(withdrawn_at, as_moment(withdrawn_at)) as _withdrawn_at_unread
        from cells
    ),

    -- A withdrawal must never be lost: one that cannot be read holds from the consent on, and one
    -- whose consent cannot be read holds by itself.
    dated as (
        select
            * exclude (written_withdrawn_at, consented_at_unread, written_unbound_at),
            -- Who left, at a time that cannot be read, is not reached any more.
            case
                when _unbound_at_unread is not null then coalesce(bound_at, timestamp '1970-01-01 00:00:00')
                else written_unbound_at
            end as unbound_at,
            case
                when _withdrawn_at_unread is not null then coalesce(consented_at, timestamp '1970-01-01 00:00:00')
                else written_withdrawn_at
            end as withdrawn_at,
            _withdrawn_at_unread is not null as withdrawal_unread,
            case
                when written_withdrawn_at is null and _withdrawn_at_unread is null then consented_at_unread
            end as _consented_at_unread,
            case
                when written_withdrawn_at is not null or _withdrawn_at_unread is not null then consented_at_unread
            end as _consented_at_lost
        from typed
    )

select
    dated.*,
    member_id || ' / ' || channel || coalesce(' / ' || group_id, '') as _key,
    -- A row with a withdrawal, even an unreadable one, stays first.
    row_number() over (
        partition by member_id, channel, group_id
        order by
            _withdrawn_at_unread is null, withdrawn_at desc nulls last, bound_at desc nulls last, unbound_at is null,
            unbound_at desc, consented_at desc nulls last, last_talk_at desc nulls last, _file, _row
    ) as _copy,
    case when member_id is not null then coalesce(members.known, false) end as _member_known
from dated
left join members using (member_id)
