insert into ghosts
select member_id, ghost_channel, calendar, phase, play, occurrence_at
from read_parquet($files)
where arm = 'play_control' and ghost_channel is not null
