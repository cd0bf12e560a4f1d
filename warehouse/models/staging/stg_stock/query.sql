-- Pieces of an article laid in for sale: what was there to be sold (A7, sell-through).
with
    cells as (
        select
            _file,
            _row,
            tidy_id(sku) as sku,
            tidy_value(pieces) as pieces,
            tidy_value("at") as "at"
        from raw_stock
    ),

    typed as (
        select
            _file,
            _row,
            sku,
            as_count(pieces) as pieces,
            as_moment("at") as "at",
            unread(pieces, as_count(pieces)) as _pieces_unread,
            unread("at", as_moment("at")) as _at_unread
        from cells
    )

select
    *,
    sku || coalesce(' / ' || cast("at" as varchar), '') as _key,
    row_number() over (partition by sku, "at" order by _file desc, _row desc) as _copy
from typed
