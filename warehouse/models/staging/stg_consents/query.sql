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
            as_moment(given_at) as given_at,
            as_moment(withdrawn_at) as withdrawn_at,
            unread(given_at, as_moment(given_at)) as _given_at_unread,
            unread(withdrawn_at, as_moment(withdrawn_at)) as _withdrawn_at_unread
        from cells
    )

select
    typed.*,
    member_id || ' / ' || channel || ' / ' || purpose as _key,
    row_number() over (
        partition by member_id, channel, purpose, given_at
        order by _withdrawn_at_unread is null, withdrawn_at desc nulls last, _file, _row
    ) as _copy,
    case when member_id is not null then coalesce(members.known, false) end as _member_known
from typed
left join members using (member_id)
