-- Every account a play of a random split looked at before the moment of measuring, whatever was decided.
create or replace temp table split_candidates as
select s.phase, s.split, s.part, d.member_id, d.member_id as account_id, d.occurrence_at
from decisions as d
inner join split_plays as s on s.phase = d.phase and s.play = d.play
where d.occurrence_at < $as_of
