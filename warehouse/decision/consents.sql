-- Whoever said anything about messages, and when.
create or replace temp view words as
select member_id, consented_at as "at" from snap.stg_contact_points
union all
select member_id, withdrawn_at from snap.stg_contact_points
union all
select member_id, bound_at from snap.stg_contact_points where bound_at is not null
union all
select member_id, unbound_at from snap.stg_contact_points where unbound_at is not null
union all
select member_id, given_at from snap.stg_consents
union all
select member_id, withdrawn_at from snap.stg_consents;

-- One row for each member and channel that anything was said about.
create or replace temp table consents as
select member_id, channel, has_point, consented, withdrawn
from consent_at($at::timestamp, 'words')
;

set variable consents_from = (select max("at") from words where "at" <= $at::timestamp);

-- What a run looks through that comes later: nothing of what was said long ago.
create or replace temp table words_ahead as
select member_id, "at" from words where "at" > $at::timestamp
