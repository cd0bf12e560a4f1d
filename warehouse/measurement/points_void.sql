-- What is void as of the moment, of the rules' entries (`rules`), of the recorded ones by the store's validity
-- (`due`), and of the recorded ones by their own expiry (`told`); as member_points has it: the earliest expiry goes
-- first, and void stays void.
create or replace temp table point_void as
with sides as (
    select 'rules' as side, member_id, "at", points, "at" + to_microseconds($valid_us) as expires_at from point_entries
    union all
    select 'due', member_id, "at", points::decimal(18, 1), "at" + to_microseconds($valid_us)
    from snap.stg_points
    where "at" < $as_of and kind <> 'expire'
    union all
    select 'told', member_id, "at", points::decimal(18, 1), expires_at
    from snap.stg_points
    where "at" < $as_of and kind <> 'expire'
),

moves as (
    select side, member_id, expires_at as "at", 0 as turn, points as lot, 0 as taken
    from sides
    where points > 0 and expires_at <= $as_of
    union all
    select side, member_id, "at", 1, 0, -points
    from sides
    where points < 0
),

running as (
    select
        side,
        member_id,
        lot,
        sum(lot - taken) over (
            partition by side, member_id order by "at", turn rows between unbounded preceding and current row
        ) as unused
    from moves
)

select side, member_id, greatest(max(unused) filter (lot > 0), 0) as points
from running
group by side, member_id
having greatest(max(unused) filter (lot > 0), 0) > 0
