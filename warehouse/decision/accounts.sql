-- Members in the audience, and rows that break the accounting: a member told twice or without being a candidate, an
-- exclusion without a known reason, a reason or a channel where there is none to be.
select
    (select count(*) from candidates) as candidates,
    count(*) filter (
        case status
            when 'chosen' then channel is null or reason is not null or arm is distinct from 'treated'
            when 'held_out' then reason is not null or arm is null or channel is not null
            else coalesce(not list_contains($reasons, reason), true) or channel is not null
        end
    )
    + count(*)
    - count(distinct member_id)
    + count(*) filter (member_id not in (select member_id from candidates)) as wrong
from decisions
where calendar = $calendar and phase = $phase and play = $play and occurrence_at = $at
