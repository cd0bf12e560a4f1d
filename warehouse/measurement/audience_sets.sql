-- How many persons were in exactly these audiences, by the numbers of `play_audiences`. Of a person the set is a row of bits:
-- a list for each of a million takes three times as long.
with marks as (
    select phase, play, set_bit(bitstring('0', (select max(number) + 1 from play_audiences)::int), number::int, 1) as mark
    from play_audiences
    anti join posts using (phase, play) -- whose candidates are groups
),
sets as (
    select c.member_id, bit_or(m.mark) as marked
    from candidates as c
    inner join marks as m on m.phase = c.phase and m.play = c.play
    group by c.member_id
),
counted as (
    select marked, count(*) as members from sets group by marked
)
select list(n.number order by n.number) as numbers, any_value(c.members) as members
from counted as c
inner join (select distinct number from play_audiences) as n on get_bit(c.marked, n.number::int) = 1
group by c.marked
order by numbers
