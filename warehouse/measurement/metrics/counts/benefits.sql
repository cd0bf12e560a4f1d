-- Benefits that members hold, and of them those used, once each; what was sold with them.
with
    mine as (
        select s.cell, {group} as grp, f.*
        from j_scopes as s
        inner join m_grants as f on f.phase = s.phase and f."at" >= s.starts_at and f."at" < s.ends_at
        where f.held
    ),

    sold as (
        select o.cell, o.grp, sum(p.net_cents)::bigint as cents
        from (
            select distinct m.cell, m.grp, u.order_id
            from mine as m
            inner join m_uses as u on u.intent_key = m.intent_key and not u.surplus
        ) as o
        inner join m_paid as p on p.order_id = o.order_id and p.counts
        group by o.cell, o.grp
    ),

    counted as (
        select
            cell,
            grp,
            count(*) as granted,
            count(used_at) as used,
            count(distinct member_id) as holders,
            count(distinct member_id) filter (used_at is not null) as redeemers,
            coalesce(sum(spent_cents), 0)::bigint as cost_cents,
            count(*) filter (not price) as non_price
        from mine
        group by cell, grp
    )

select c.cell, c.grp, []::varchar[] as part, c.* exclude (cell, grp), coalesce(s.cents, 0) as sold_cents
from counted as c
left join sold as s on s.cell = c.cell and s.grp = c.grp
