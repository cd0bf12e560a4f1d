-- Benefits members used (A3, A7).
with
    members as (select member_id, true as known from snap.stg_members),

    cells as (
        select
            _file,
            _row,
            tidy_id(redemption_id) as redemption_id,
            tidy_id(member_id) as member_id,
            tidy(benefit) as benefit,
            tidy(calendar) as calendar,
            tidy_value(redeemed_at) as redeemed_at,
            tidy_id(order_id) as order_id,
            tidy_value(amount) as amount
        from raw_redemptions
    ),

    typed as (
        select
            * exclude (redeemed_at, amount),
            as_moment(redeemed_at) as redeemed_at,
            unread(redeemed_at, as_moment(redeemed_at)) as _redeemed_at_unread,
            as_cents(amount) as amount_cents,
            unread(amount, as_cents(amount)) as _amount_unread
        from cells
    )

select
    typed.*,
    redemption_id as _key,
    row_number() over (partition by redemption_id order by _file, _row) as _copy,
    case when member_id is not null then coalesce(members.known, false) end as _member_known
from typed
left join members using (member_id)
