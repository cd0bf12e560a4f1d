-- One row for each member and channel that anything was said about: it holds from the last word before the moment up to
-- the next one that the snapshot knows.
create or replace temp table words as
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

create or replace temp table consents as
select member_id, channel, has_point, consented, withdrawn
from consent_at($at::timestamp, 'words');

set variable consents_from = (
    select coalesce(max("at"), timestamp '-infinity') from words where "at" <= $at::timestamp
);

set variable consents_until = (
    select coalesce(min("at"), timestamp 'infinity') from words where "at" > $at::timestamp
);

drop table words
