-- Orders with the moment of each state, so that any moment can be looked at again.
with
    members as (select member_id, true as known from snap.stg_members),

    -- Order exports without a count of pieces get it from the lines; each export of them is complete. With a line
    -- whose quantity cannot be read nobody knows how many there were, and lines that give back more than they sell
    -- say nothing about the pieces of an order that was paid.
    exported as (
        select
            tidy_id(order_id) as order_id,
            _file,
            case
                when count(tidy_value(quantity)) = count(as_count(tidy_value(quantity)))
                    then sum(coalesce(as_count(tidy_value(quantity)), 1))
            end as pieces
        from raw_order_items
        group by tidy_id(order_id), _file
    ),

    lines as (select order_id, max(pieces)::bigint as pieces from exported where pieces >= 0 group by order_id),

    -- The list of refunds wins for the orders it names, so that nothing is given back twice. What came
    -- back first stands apart: between the first refund and the last, only that much is known.
    refunds as (
        select
            order_id,
            case when refunded_at is not null then amount_cents else 0 end as cents,
            refunded_at as back_at,
            min(refunded_at) over (partition by order_id) as first_at
        from snap.stg_refunds
        where status is not null or refunded_at is not null
    ),

    given_back as (
        select
            order_id,
            sum(cents)::bigint as cents,
            (sum(cents) filter (back_at = first_at))::bigint as first_cents,
            min(back_at) as first_at,
            max(back_at) as last_at
        from refunds
        group by order_id
    ),

    cells as (
        select
            _file,
            _row,
            tidy_id(order_id) as order_id,
            tidy_id(member_id) as member_id,
            tidy_value(ordered_at) as ordered_at,
            tidy_value(paid_at) as paid_at,
            tidy_value(closed_at) as closed_at,
            tidy_value(amount) as amount,
            tidy_value(refunded) as refunded,
            tidy_value(refunded_at) as refunded_at,
            tidy_value(items) as items,
            tidy(status) as tidy_status,
            tidy_value(completed_at) as completed_at,
            tidy(stage) as tidy_stage,
            tidy_value(deposit) as deposit,
            tidy_value(deposit_paid_at) as deposit_paid_at,
            tidy_value(balance_from) as balance_from,
            tidy_value(balance_until) as balance_until,
            tidy(store) as store
        from raw_orders
    ),

    -- A macro repeats its argument wherever it uses it: every cell is read once, and what depends on it comes after.
    read as (
        select
            _file,
            _row,
            order_id,
            member_id,
            tidy_status,
            as_moment(ordered_at) as ordered_at,
            as_moment(paid_at) as paid_at,
            as_moment(closed_at) as closed_at,
            as_cents(amount) as amount_cents,
            as_cents(refunded) as refunded_cents,
            as_moment(refunded_at) as refunded_at,
            as_count(items) as items,
            as_order_state(tidy_status) as status,
            as_moment(completed_at) as completed_at,
            as_order_stage(tidy_stage) as written_stage,
            as_cents(deposit) as deposit_cents,
            as_moment(deposit_paid_at) as deposit_paid_at,
            as_moment(balance_from) as balance_from,
            -- The last second that is written counts; a day counts to its end.
            case
                when contains(balance_until, ':') then as_moment(balance_until) + interval 1 second
                else as_moment(balance_until) + interval 1 day
            end as balance_until,
            store,
            tidy_stage,
            ordered_at as ordered_at_cell,
            paid_at as paid_at_cell,
            closed_at as closed_at_cell,
            amount as amount_cell,
            refunded as refunded_cell,
            refunded_at as refunded_at_cell,
            items as items_cell,
            completed_at as completed_at_cell,
            deposit as deposit_cell,
            deposit_paid_at as deposit_paid_at_cell,
            balance_from as balance_from_cell,
            balance_until as balance_until_cell
        from cells
    ),

    typed as (
        select
            _file,
            _row,
            read.order_id,
            member_id,
            ordered_at,
            paid_at,
            closed_at,
            amount_cents,
            -- A refund may hold postage that is no part of the amount: counted up to the amount.
            case
                when given_back.cents is not null then least(given_back.cents, amount_cents)
                when just_above(refunded_cents, amount_cents) then amount_cents
                else coalesce(refunded_cents, 0)
            end as refunded_cents,
            case when given_back.cents is null then refunded_at else given_back.last_at end as written_refunded_at,
            case
                when given_back.first_at < given_back.last_at then least(given_back.first_cents, amount_cents)
            end as part_refunded_cents,
            case when given_back.first_at < given_back.last_at then given_back.first_at end as part_refunded_at,
            case when given_back.cents > amount_cents then true end as _refunds_above_amount,
            case
                when given_back.cents is null and just_above(refunded_cents, amount_cents) then true
            end as _refund_just_above,
            coalesce(read.items, case when items_cell is null then lines.pieces end) as items,
            status,
            completed_at,
            deposit_cents,
            deposit_paid_at as written_deposit_paid_at,
            balance_from,
            balance_until,
            store,
            -- A word, a deposit or its payment: any of them says that the order is paid in stages. A number is that of
            -- another order, of a deposit paid by itself (特权订金, inferred): what waits here is the balance.
            case
                when tidy_stage is null and (deposit_cell is null or deposit_cents = 0) and deposit_paid_at_cell is null then null
                when written_stage is not null then written_stage
                when paid_at is not null or status in ('paid', 'shipped', 'success') then 'balance_paid'
                when deposit_paid_at is not null or names_an_order(tidy_stage) then 'deposit_paid'
                when tidy_stage is null then 'deposit_unpaid'
                else 'unclear'
            end as stage,
            case
                when not names_an_order(tidy_stage) then unread(tidy_stage, written_stage)
            end as _stage_unread,
            unread(deposit_cell, deposit_cents) as _deposit_unread,
            unread(deposit_paid_at_cell, deposit_paid_at) as _deposit_paid_at_unread,
            unread(balance_from_cell, balance_from) as _balance_from_unread,
            unread(balance_until_cell, balance_until) as _balance_until_unread,
            unread(ordered_at_cell, ordered_at) as _ordered_at_unread,
            unread(paid_at_cell, paid_at) as _paid_at_unread,
            unread(closed_at_cell, closed_at) as _closed_at_unread,
            unread(refunded_at_cell, refunded_at) as _refunded_at_unread,
            unread(amount_cell, amount_cents) as _amount_unread,
            unread(refunded_cell, refunded_cents) as _refunded_unread,
            unread(items_cell, read.items) as _items_unread,
            unread(tidy_status, status) as _status_unread,
            unread(completed_at_cell, completed_at) as _completed_at_unread
        from read
        left join lines using (order_id)
        left join given_back using (order_id)
    ),

    -- What the source can say at all: without states every paid order counts as a success.
    told as (
        select count(nullif(status, '')) > 0 as states, count(nullif(completed_at, '')) > 0 as completions
        from raw_orders
    ),

    dated as (
        select
            * exclude (written_refunded_at, written_deposit_paid_at),
            -- Exports that only have the stage say that the deposit was paid, not when: with the order then.
            case
                when stage in ('deposit_paid', 'balance_paid') then coalesce(written_deposit_paid_at, ordered_at)
                else written_deposit_paid_at
            end as deposit_paid_at,
            case
                when stage in ('deposit_paid', 'balance_paid') and written_deposit_paid_at is null then true
            end as _deposit_time_missing,
            -- What the word says of the stage, and the payments of the same row say otherwise.
            case
                when stage in ('deposit_unpaid', 'deposit_paid') and paid_at is not null then stage
                when stage in ('deposit_unpaid', 'deposit_paid') and status in ('paid', 'shipped', 'success') then stage
                when stage = 'deposit_unpaid' and written_deposit_paid_at is not null then stage
                when stage = 'balance_paid' and status = 'unpaid' then stage
            end as _stage_contradicted,
            case when stage = 'balance_paid' and paid_at is null then true end as _balance_time_missing,
            -- Order exports give the refund without its time: it is then known from the moment
            -- the order was closed or paid, so money given back never counts as spend.
            case
                when refunded_cents > 0 then coalesce(written_refunded_at, closed_at, paid_at)
            end as refunded_at,
            case
                when paid_at is null or status in ('unpaid', 'paid', 'shipped', 'closed') then null
                when completed_at is not null then completed_at
                when status = 'success' or not (states or completions) then paid_at
            end as succeeded_at,
            greatest(
                ordered_at, written_deposit_paid_at, paid_at, closed_at, written_refunded_at, completed_at
            ) as _latest_at
        from typed
        cross join told
    )

select
    dated.*,
    order_id as _key,
    -- Exports overlap; of several rows the one that knows the latest state stays. Some exports have
    -- states without their moments: then the state itself says which is later.
    row_number() over (
        partition by order_id
        order by
            _latest_at desc nulls last,
            refunded_cents desc,
            case status when 'unpaid' then 1 when 'paid' then 2 when 'shipped' then 3 when 'success' then 4 when 'closed' then 4 end
            desc nulls last,
            case stage when 'deposit_unpaid' then 1 when 'deposit_paid' then 2 when 'balance_paid' then 3 end
            desc nulls last,
            _file,
            _row
    ) as _copy,
    case when member_id is not null then coalesce(members.known, false) end as _member_known
from dated
left join members using (member_id)
