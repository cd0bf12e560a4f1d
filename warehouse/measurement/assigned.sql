-- Every assignment to an arm before the moment of measuring, by account: `member_id` becomes the person whose account it is.
create or replace temp table assigned as
select phase, play, member_id, member_id as account_id, occurrence_at, arm, region
from decisions
where arm is not null and occurrence_at < $as_of
