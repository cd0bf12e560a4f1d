-- The points ledger as the programme that holds it wrote it (A6).
with
    members as (select member_id, true as known from snap.stg_members),

    cells as (
        select
            _file,
            _row,
            tidy_id(entry_id) as entry_id,
            tidy_id(member_id) as member_id,
            as_points_kind(tidy(kind)) as kind,
            tidy_value(points) as points,
            tidy_value("at") as "at",
            tidy_id(order_id) as order_id,
            tidy_value(expires_at) as expires_at
        from raw_points
    ),

    typed as (
        select
            _file,
            _row,
            entry_id,
            member_id,
            kind,
            case
                when kind in ('earn', 'play', 'referral') then abs(as_count(points))
                when kind in ('redeem', 'expire', 'refund') then -abs(as_count(points))
                else as_count(points)
            end as points,
            as_moment("at") as "at",
            order_id,
            as_moment(expires_at) as expires_at,
            unread(points, as_count(points)) as _points_unread,
            case when kind in ('earn', 'play', 'referral') and as_count(points) < 0 then true end as _earned_negative,
            unread("at", as_moment("at")) as _at_unread,
            unread(expires_at, as_moment(expires_at)) as _expires_at_unread
        from cells
    )

select
    typed.*,
    entry_id as _key,
    row_number() over (partition by entry_id order by _file, _row) as _copy,
    case when member_id is not null then coalesce(members.known, false) end as _member_known
from typed
left join members using (member_id)
