-- A play's held-out member counts in later planning as if the play had reached him: both arms get the same other
-- messages. No cap that protects members knows ghosts.
insert into ghosts
select d.member_id, d.ghost_channel, d.calendar, d.phase, d.play, d.occurrence_at
from decisions as d
where d.arm = 'play_control' and d.ghost_channel is not null
    and d.calendar = $calendar and d.phase = $phase and d.play = $play and d.occurrence_at = $at
