-- Benefits members hold and may still use at the end of a window, and what their uses left would cost. Of a pack each
-- coupon is a use.
with
    held as (
        select c.cell, {group} as grp, c.ends_at, f.intent_key, f.use_costs
        from cells as c
        inner join m_grants as f
            on f.held and f."at" < c.ends_at and (f.valid_until is null or f.valid_until > c.ends_at)
    ),

    used as (
        select h.cell, h.grp, h.intent_key, h.use_costs, count(u.intent_key) as uses
        from held as h
        left join m_uses as u
            on u.intent_key = h.intent_key and not u.surplus and u.redeemed_at < h.ends_at
        group by h.cell, h.grp, h.intent_key, h.use_costs
    )

select cell, grp, []::varchar[] as part, count(*) as pieces, sum(list_sum(use_costs[uses + 1:]))::bigint as cents
from used
where uses < len(use_costs)
group by cell, grp
