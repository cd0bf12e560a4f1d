-- The consent ledger: who agreed to what, when, with which proof, until when (B7).
with
    members as (select member_id, true as known from snap.stg_members),

    cells as (
        select
            _file,
            _row,
            tidy_id(member_id) as member_id,
            lower(tidy(channel)) as channel,
            coalesce(lower(tidy(purpose)), 'marketing') as purpose,
            tidy_value(given_at) as given_at,
            tidy(evidence) as evidence,
            tidy_value(withdrawn_at) as withdrawn_at
        from raw_consents
    ),

    typed as (
        select
            * exclude (given_at, withdrawn_at),
            as_moment(given_at) as written_given_at,
            as_moment(withdrawn_at) as written_withdrawn_at,
            unread(given_at, as_moment(given_at)) as given_at_unread,
            unread(withdrawn_at, as_moment(withdrawn_at)) as _withdrawn_at_unread
        from cells
    ),

    -- A withdrawal must never be lost: one that cannot be read holds from the beginning, and one
    -- whose consent cannot be read holds by itself.
    dated as (
        select
            * exclude (written_given_at, written_withdrawn_at, given_at_unread),
            coalesce(
                written_given_at,
                written_withdrawn_at,
                case when _withdrawn_at_unread is not null then timestamp '1970-01-01 00:00:00' end
            ) as given_at,
            case
                when _withdrawn_at_unread is not null
                    then coalesce(written_given_at, timestamp '1970-01-01 00:00:00')
                else written_withdrawn_at
            end as withdrawn_at,
            _withdrawn_at_unread is not null as withdrawal_unread,
            case
                when written_withdrawn_at is null and _withdrawn_at_unread is null then given_at_unread
            end as _given_at_unread,
            case
                when written_given_at is null and (written_withdrawn_at is not null or _withdrawn_at_unread is not null)
                    then true
            end as _given_unknown
        from typed
    )

select
    dated.*,
    member_id || ' / ' || channel || ' / ' || purpose as _key,
    row_number() over (
        partition by member_id, channel, purpose, given_at
        order by _withdrawn_at_unread is null, withdrawn_at desc nulls last, _file, _row
    ) as _copy,
    case when member_id is not null then coalesce(members.known, false) end as _member_known
from dated
left join members using (member_id)
