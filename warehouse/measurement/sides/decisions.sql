insert into side_decisions
select $side, member_id, phase, play, occurrence_at, status, reason
from read_parquet($files, union_by_name = true)
where occurrence_at < $until
