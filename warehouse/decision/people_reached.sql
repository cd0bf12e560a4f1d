-- Persons of a plan who get at least one of its messages, and persons held out of all they are in.
with planned as (
    select member_id, bool_or(status = 'chosen') as reached, bool_or(status = 'held_out') as held
    from read_parquet($file)
    group by member_id
)
select count(*) filter (reached), count(*) filter (held and not reached)
from planned
