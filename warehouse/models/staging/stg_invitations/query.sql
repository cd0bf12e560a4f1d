-- Who invited friends, and when; who came of it stands in referrals (A7, K factor).
with
    members as (select member_id, true as known from snap.stg_members),

    cells as (
        select
            _file,
            _row,
            tidy_id(inviter_id) as inviter_id,
            tidy_value("at") as "at",
            tidy_id(invitation_id) as invitation_id,
            tidy_id(invited_id) as invited_id
        from raw_invitations
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
    inviter_id || coalesce(' / ' || cast("at" as varchar), '') || coalesce(' / ' || invitation_id, '') as _key,
    coalesce(inviter_id <> invited_id, true) as _of_another,
    row_number() over (partition by inviter_id, "at", invitation_id order by _file, _row) as _copy,
    case when inviter_id is not null then coalesce(members.known, false) end as _inviter_known
from typed
left join members on typed.inviter_id = members.member_id
