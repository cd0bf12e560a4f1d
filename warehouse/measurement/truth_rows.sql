-- The truth of a generated world, for its plays and (phase and play empty) for all of them together: orders a play brought
-- about, coupons of it that were used, orders that would have come without it. Of all plays together nothing is displaced.
create or replace temp table truth_rows as
with told as (
    select t.*, coalesce(m.member_id, t.member_id) as person_id
    from read_parquet($files, union_by_name = true) as t
    left join truth_persons as m on m.account_id = t.member_id
    where t.calendar = $calendar
),
rows_of_all as (
    select what, phase, play, fact, order_id, person_id, paid_at, refunded_at, cents, messages from told
    union all
    select what, '', '', fact, order_id, person_id, paid_at, refunded_at, cents, messages from told where what <> 'displaced'
)
select * from rows_of_all
