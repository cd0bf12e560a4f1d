-- Everybody in the audience of a random split, from the first moment at which a play of it looked at him to the end of the
-- phase; `play` is the key of the split. The part of a person is that of the account that came first, of several at one
-- moment the smallest id.
create or replace temp table assigned_to_splits as
select
    c.phase,
    c.split as play,
    c.member_id,
    arg_min(c.part, row(c.occurrence_at, c.account_id, c.part)) as arm,
    min(c.occurrence_at) as assigned_at,
    count(distinct c.account_id) > 1 as joined,
    w.ends_at
from split_candidates as c
inner join phase_windows as w on w.phase = c.phase
group by c.phase, c.split, c.member_id, w.ends_at
