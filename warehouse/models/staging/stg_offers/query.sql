-- What was online: benefits of members from which local day to which, as the platform's set-up list has them (A1#8).
with
    cells as (
        select
            _file,
            _row,
            tidy(benefit) as benefit,
            tidy_value(starts_on) as starts_on,
            tidy_value(ends_on) as ends_on
        from raw_offers
    ),

    typed as (
        select
            _file,
            _row,
            benefit,
            as_day(starts_on) as starts_on,
            as_day(ends_on) as ends_on,
            unread(starts_on, as_day(starts_on)) as _starts_on_unread,
            unread(ends_on, as_day(ends_on)) as _ends_on_unread
        from cells
    )

select
    *,
    benefit || ' / ' || cast(starts_on as varchar) as _key,
    row_number() over (partition by benefit, starts_on order by ends_on nulls last, _file, _row) as _copy
from typed
