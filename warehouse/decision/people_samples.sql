-- The first changes of each play in turn, as many as $limit in all.
select phase, play, occurrence_at at time zone 'UTC', member_id, change, reason, cents
from read_parquet($file)
order by row_number() over (partition by phase, play order by occurrence_at, member_id), phase, play
limit $limit
