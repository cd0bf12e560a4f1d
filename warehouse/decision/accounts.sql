-- Members in the audience, and those of them who were not told, or who are in it twice: where there are none, and as many
-- rows as members, everybody was told once.
select
    count(*) as candidates,
    count(*) - count(distinct member_id) filter (
        where member_id in (
            select member_id
            from decisions
            where calendar = $calendar and phase = $phase and play = $play and occurrence_at = $at
        )
    ) as missing
from candidates
