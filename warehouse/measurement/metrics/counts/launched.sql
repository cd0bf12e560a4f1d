-- New articles: first sold in the window. Of the persons chosen for its plays those contacted, those of them who afterwards
-- looked at a new article, put one into the cart, and bought one, before the last of their phases ended.
with
    fresh as (
        select c.cell, i.sku
        from cells as c
        cross join (
            select i.sku, min(o.paid_at) as first_at
            from snap.stg_order_items as i
            inner join snap.stg_orders as o on o.order_id = i.order_id
            where i.sku is not null and o.paid_at is not null
            group by i.sku
        ) as i
        where i.first_at >= c.starts_at and i.first_at < c.ends_at
    ),

    chosen as (
        select distinct s.cell, {group} as grp, f.member_id
        from j_scopes as s
        inner join m_assigned as f on f.phase = s.phase and f.eligible and not f.held_out
    ),

    reached as (
        select s.cell, {group} as grp, f.member_id, min(f."at") as first_at
        from j_scopes as s
        inner join m_contacts as f on f.phase = s.phase and f."at" >= s.starts_at and f."at" < s.ends_at
        group by s.cell, grp, f.member_id
    ),

    ends as (
        select s.cell, max(w.ends_at) as ends_at
        from j_scopes as s
        inner join phase_spans as w on w.phase = s.phase
        group by s.cell
    ),

    did as (
        select
            r.cell,
            r.grp,
            r.member_id,
            coalesce(bool_or(e.kind in ('visit', 'page_view')), false) as visited,
            coalesce(bool_or(e.kind = 'cart_add'), false) as carted
        from reached as r
        inner join ends as w on w.cell = r.cell
        left join snap.stg_events as e
            on e.member_id = r.member_id
            and e."at" >= r.first_at
            and e."at" < w.ends_at
            and e."at" < $as_of
            and e.sku in (select n.sku from fresh as n where n.cell = r.cell)
        group by r.cell, r.grp, r.member_id
    ),

    bought as (
        select distinct r.cell, r.grp, r.member_id
        from reached as r
        inner join ends as w on w.cell = r.cell
        inner join m_lines as l on l.member_id = r.member_id and l."at" >= r.first_at and l."at" < w.ends_at
        inner join fresh as n on n.cell = r.cell and n.sku = l.sku
    ),

    steps as (
        select
            c.cell,
            c.grp,
            d.member_id is not null as contacted,
            d.member_id is not null and d.visited as visited,
            d.member_id is not null and d.visited and d.carted as carted,
            d.member_id is not null and d.visited and d.carted and b.member_id is not null as bought
        from chosen as c
        left join did as d on d.cell = c.cell and d.grp = c.grp and d.member_id = c.member_id
        left join bought as b on b.cell = c.cell and b.grp = c.grp and b.member_id = c.member_id
    ),

    counted as (
        select
            cell,
            grp,
            count(*) as chosen,
            count(*) filter (contacted) as contacted,
            count(*) filter (visited) as visited,
            count(*) filter (carted) as carted,
            count(*) filter (bought) as bought
        from steps
        group by cell, grp
    )

select cell, grp, [step] as part, counted_ones as persons
from counted
unpivot (counted_ones for step in (chosen, contacted, visited, carted, bought))
