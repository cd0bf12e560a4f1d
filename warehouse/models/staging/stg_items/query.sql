-- Goods of the shop: what they are called, cost and whether they are to be had, as lists of items say at a moment (A9, B1).
with
    cells as (
        select
            _file,
            _row,
            tidy_id(item_id) as item_id,
            tidy_id(sku) as sku,
            tidy(title) as title,
            tidy_value(list_price) as list_price,
            tidy_value(stock) as stock,
            lower(tidy(state)) as state,
            tidy_value("at") as "at"
        from raw_items
    ),

    typed as (
        select
            _file,
            _row,
            item_id,
            sku,
            title,
            as_cents(list_price) as list_price_cents,
            as_count(stock) as stock,
            case
                when state in ('售罄', '已售罄', '售完', '已售完', '无货', '缺货', '下架', '已下架', '仓库中', '已删除', 'sold out', 'sold_out',
                               'out of stock', 'off sale', 'offline', 'deleted', 'no', 'false')
                    then true
                when state in ('在售', '出售中', '销售中', '上架', '已上架', '有货', 'on sale', 'onsale', 'instock', 'in stock', 'available', 'online',
                               'yes', 'true')
                    then false
            end as is_off,
            state,
            as_moment("at") as "at",
            unread(list_price, as_cents(list_price)) as _list_price_unread,
            unread(stock, as_count(stock)) as _stock_unread,
            unread("at", as_moment("at")) as _at_unread
        from cells
    )

select
    _file,
    _row,
    item_id,
    sku,
    title,
    list_price_cents,
    stock,
    -- Off the shelf, or nothing left; where neither is said nobody knows.
    case when is_off or stock <= 0 then true when not is_off or stock > 0 then false end as sold_out,
    "at",
    _list_price_unread,
    _stock_unread,
    _at_unread,
    case when state is not null and is_off is null and stock is null then state end as _state_unread,
    item_id || coalesce(' / ' || sku, '') || coalesce(' / ' || cast("at" as varchar), '') as _key,
    row_number() over (
        partition by item_id, sku, "at" order by stock nulls last, _file, _row
    ) as _copy
from typed
