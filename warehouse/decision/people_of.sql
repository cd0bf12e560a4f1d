select occurrence_at at time zone 'UTC' as "at", member_id, channel, benefit
from read_parquet($file)
where status = 'chosen' and play = $play
order by occurrence_at, member_id
limit $limit
