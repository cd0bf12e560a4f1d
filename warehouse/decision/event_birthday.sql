-- The local midnight at which each birthday begins, $before_days ahead, in the years around $at.
select
    m.member_id,
    timezone('UTC', timezone($timezone, (m.birthday - to_days($before_days::integer))::timestamp)) as "at"
from (
    select
        b.member_id,
        case
            when month(b.birth_on) = 2 and day(b.birth_on) = 29 and last_day(make_date(y.year, 2, 1)) <> make_date(y.year, 2, 28)
                then make_date(y.year, 2, 29)
            when month(b.birth_on) = 2 and day(b.birth_on) = 29 and $leap_birthday = 'mar-1'
                then make_date(y.year, 3, 1)
            when month(b.birth_on) = 2 and day(b.birth_on) = 29 then make_date(y.year, 2, 28)
            else make_date(y.year, month(b.birth_on), day(b.birth_on))
        end as birthday
    from snap.stg_members as b
    cross join (
        select unnest(range(year($at::timestamp) - 1, year($at::timestamp) + 3)) as "year"
    ) as y
    where b.birth_on is not null
) as m
