-- How many persons were in exactly these audiences, by the numbers of `play_audiences`.
with seen as (
    select distinct d.member_id, a.number
    from decisions as d
    inner join play_audiences as a on a.phase = d.phase and a.play = d.play
    anti join posts as o on o.phase = d.phase and o.play = d.play -- whose candidates are groups
),
sets as (
    select member_id, list_sort(list(number)) as numbers from seen group by member_id
)
select numbers, count(*) as members from sets group by numbers order by numbers
