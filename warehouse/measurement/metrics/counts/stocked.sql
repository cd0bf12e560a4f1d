-- Articles that were laid in before the end of a window: pieces sold in it, pieces laid in.
with
    laid_in as (
        select c.cell, s.sku, sum(s.pieces)::bigint as stocked
        from cells as c
        inner join snap.stg_stock as s on (s."at" is null or s."at" < c.ends_at)
        group by c.cell, s.sku
    ),

    articles as (
        select
            l.cell,
            {group} as grp,
            l.sku,
            l.stocked,
            coalesce((
                select sum(i.pieces) from m_lines as i
                inner join cells as c on c.cell = l.cell and i."at" >= c.starts_at and i."at" < c.ends_at
                where i.sku = l.sku
            ), 0)::bigint as sold
        from laid_in as l
    )

select cell, grp, [sku] as part, sold, stocked from articles
union all
select cell, grp, []::varchar[], sum(sold)::bigint, sum(stocked)::bigint from articles group by cell, grp
