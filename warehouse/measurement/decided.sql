-- How every candidate of every moment was decided, once a moment: chosen, held out, or excluded for one deciding reason.
select phase, status, if(status = 'excluded', reason, null) as reason, count(*) as times
from candidates
group by all
order by all
