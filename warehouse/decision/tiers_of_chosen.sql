select play, member_id, tier
from read_parquet($file)
where status = 'chosen' and list_contains($plays, play)
