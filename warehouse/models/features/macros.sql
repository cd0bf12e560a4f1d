-- What an order is at a moment, said once. Facts at the moment itself are not known yet.

-- Cents that had come back from an order. Of several refunds the first is known by itself, all others with the last.
create or replace temp macro given_back(moment, refunded_at, refunded_cents, part_refunded_at, part_refunded_cents) as
    case
        when refunded_at < moment then refunded_cents
        when part_refunded_at < moment then part_refunded_cents
        else 0
    end;

-- Given back in full, and known to be: no order any more.
create or replace temp macro given_back_in_full(moment, refunded_at, refunded_cents, amount_cents) as
    coalesce(refunded_at < moment and refunded_cents > 0 and refunded_cents >= amount_cents, false);

-- Closed, and known to be. Closed without a moment: at all of them, unless it was paid before.
create or replace temp macro is_closed(moment, closed_at, status, paid_at) as
    coalesce(closed_at < moment, status = 'closed' and paid_at is null, false);

-- A paid order: placed and paid, and not given back in full.
create or replace temp macro is_bought(moment, ordered_at, paid_at, refunded_at, refunded_cents, amount_cents) as
    ordered_at < moment
    and paid_at < moment
    and not given_back_in_full(moment, refunded_at, refunded_cents, amount_cents);
