-- Who brought whom (老带新, A3).
with
    members as (select member_id, true as known from snap.stg_members),

    cells as (
        select
            _file,
            _row,
            tidy_id(referrer_id) as referrer_id,
            tidy_id(referred_id) as referred_id,
            tidy_value("at") as "at"
        from raw_referrals
    ),

    typed as (
        select
            * exclude ("at"),
            as_moment("at") as "at",
            unread("at", as_moment("at")) as _at_unread
        from cells
    )

select
    typed.*,
    referrer_id || ' / ' || referred_id as _key,
    referrer_id <> referred_id as _of_another,
    row_number() over (partition by referred_id order by "at" nulls last, _file, _row) as _copy,
    case
        when referrer_id is not null and referred_id is not null
            then coalesce(referrers.known, false) and coalesce(referred.known, false)
    end as _members_known
from typed
left join members as referrers on typed.referrer_id = referrers.member_id
left join members as referred on typed.referred_id = referred.member_id
