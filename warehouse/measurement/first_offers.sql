-- What each person was to get when he was first assigned to an arm of a play: of a held-out one what he would have had (his
-- ghost). Who was left out behind the draw was to get nothing, in both arms alike.
create or replace temp table first_offers as
select
    f.phase,
    f.play,
    f.member_id,
    coalesce(min(c.benefit), min(c.ghost_benefit)) as benefit,
    min(c.tier) as tier,
    coalesce(bool_or(c.explored), false) as explored,
    min(c.propensity) as propensity
from candidates as c
inner join first_assignments as f
    on f.phase = c.phase and f.play = c.play and f.member_id = c.member_id and f.assigned_at = c.occurrence_at
where c.status = 'chosen' or c.ghost_channel is not null
group by f.phase, f.play, f.member_id
