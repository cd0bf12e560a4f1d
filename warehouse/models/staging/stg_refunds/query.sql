-- Refunds as the after-sales list has them, one by one, with the moment from which each counts (B1).
with
    orders as (select distinct tidy_id(order_id) as order_id, true as known from raw_orders),

    cells as (
        select
            _file,
            _row,
            tidy_id(refund_id) as refund_id,
            tidy_id(order_id) as order_id,
            tidy_value(amount) as amount,
            tidy(status) as status,
            tidy_value(requested_at) as requested_at,
            tidy_value(completed_at) as completed_at
        from raw_refunds
    ),

    typed as (
        select
            _file,
            _row,
            refund_id,
            order_id,
            as_cents(amount) as amount_cents,
            as_refund_state(status) as status,
            as_moment(requested_at) as requested_at,
            as_moment(completed_at) as completed_at,
            unread(amount, as_cents(amount)) as _amount_unread,
            unread(status, as_refund_state(status)) as _status_unread,
            unread(requested_at, as_moment(requested_at)) as _requested_at_unread,
            unread(completed_at, as_moment(completed_at)) as _completed_at_unread,
            case
                when status is null and completed_at is null then false
                when as_refund_state(status) = 'success' then true
                -- A list without states names what is done by the day it was done.
                when status is null then true
                else false
            end as _succeeded
        from cells
    )

select
    typed.*,
    -- Exchanges and repairs stand there with 0: nothing was given back.
    case when _succeeded and amount_cents > 0 then coalesce(completed_at, requested_at) end as refunded_at,
    case when _succeeded and amount_cents > 0 and completed_at is null and requested_at is null then true end as _undated,
    case when status is null and _status_unread is null and completed_at is null then true end as _stateless,
    greatest(requested_at, completed_at) as _latest_at,
    order_id || ' / ' || refund_id as _key,
    -- Exports overlap; the latest state of a refund stays, and money that went back does not come again.
    row_number() over (
        partition by order_id, refund_id
        order by
            _succeeded desc,
            completed_at desc nulls last,
            case status when 'requested' then 1 when 'closed' then 2 when 'success' then 3 end desc nulls last,
            requested_at desc nulls last,
            amount_cents desc nulls last,
            _file,
            _row
    ) as _copy,
    case when order_id is not null then coalesce(orders.known, false) end as _order_known
from typed
left join orders using (order_id)
