-- Everybody in the audience of a random split, from the first moment at which a play of it looked at him to the end of the
-- phase; `play` is the key of the split. The part of a person is that of the account that came first, of several at one
-- moment the smallest id.
create or replace temp table assigned_to_splits as
select
    s.phase,
    s.split as play,
    c.member_id,
    arg_min(s.part, row(c.occurrence_at, c.account_id, s.part)) as arm,
    min(c.occurrence_at) as assigned_at,
    min(c.account_id) <> max(c.account_id) as joined,
    w.ends_at
from candidates as c
inner join split_plays as s on s.phase = c.phase and s.play = c.play
inner join phase_windows as w on w.phase = s.phase
where c.occurrence_at < $as_of -- whatever was decided
group by s.phase, s.split, c.member_id, w.ends_at
