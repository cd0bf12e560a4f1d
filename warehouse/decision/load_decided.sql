insert into decided
select
    d.member_id,
    d.calendar,
    d.play,
    d.occurrence_at,
    d.status = 'chosen' or (d.status = 'excluded' and list_contains($passing, d.reason))
from read_parquet($files) as d
where starts_with(d.chain, 'trigger:')
