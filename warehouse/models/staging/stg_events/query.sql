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
            tidy(approved) as approved,
            tidy(position) as position,
            tidy_id(benefit) as benefit,
            tidy_id(sku) as sku
        from raw_events
    ),

    typed as (
        select
            _file,
            _row,
            event_id,
            member_id,
            case
                when kind in ('入会页访问', '会员中心访问') then 'join_view'
                when kind in ('入会授权', '授权入会') then 'join_authorise'
                when kind = '分享' then 'share'
                else kind
            end as kind,
            as_moment("at") as "at",
            order_id,
            as_approval(approved) as approved,
            position,
            benefit,
            sku,
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
