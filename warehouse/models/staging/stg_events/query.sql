-- What people did in the shop: visits, carts, favourites, sign-ins, interaction (A1, A7).
with
    members as (select member_id, true as known from snap.stg_members),

    cells as (
        select
            _file,
            _row,
            tidy_id(event_id) as event_id,
            tidy_id(member_id) as member_id,
            lower(tidy(kind)) as kind,
            tidy_value("at") as "at",
            tidy_id(order_id) as order_id,
            tidy(approved) as approved
        from raw_events
    ),

    typed as (
        select
            _file,
            _row,
            event_id,
            member_id,
            kind,
            as_moment("at") as "at",
            order_id,
            as_approval(approved) as approved,
            unread(approved, as_approval(approved)) as _approved_unread,
            unread("at", as_moment("at")) as _at_unread
        from cells
    )

select
    typed.*,
    event_id as _key,
    row_number() over (partition by event_id order by _file, _row) as _copy,
    case when member_id is not null then coalesce(members.known, false) end as _member_known
from typed
left join members using (member_id)
