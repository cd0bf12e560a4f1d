-- Figures of others beside ours: those of peers, and what the platform suggests (A7).
with
    cells as (
        select
            _file,
            _row,
            tidy_id(metric) as metric,
            replace(tidy(value), '％', '%') as value,
            tidy(source) as source,
            tidy_value("at") as "at"
        from raw_benchmarks
    ),

    numbers as (
        select
            *,
            case
                when contains(value, '%') then exact_amount(replace(value, '%', '')) * 10000
                else exact_amount(value) * 1000000
            end::bigint as value_millionths
        from cells
    )

select
    _file,
    _row,
    metric,
    value_millionths,
    source,
    as_moment("at") as "at",
    unread(value, value_millionths) as _value_unread,
    unread("at", as_moment("at")) as _at_unread,
    metric || coalesce(' / ' || source, '') || coalesce(' / ' || "at", '') as _key,
    row_number() over (partition by metric, source, as_moment("at") order by _file desc, _row desc) as _copy
from numbers
