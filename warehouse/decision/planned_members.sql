-- Persons who are to get a message, of each play and of each whole phase (play ''), each once.
select phase, coalesce(play, '') as play, count(distinct member_id) as members
from decisions
anti join posts_left_out using (phase, play)
where status = 'chosen'
group by grouping sets ((phase, play), (phase))
