select phase, play, reason, count(*) as times
from candidates
where status = 'excluded'
group by phase, play, reason
order by phase, play, reason
