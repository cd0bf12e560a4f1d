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
select member_id, withdrawn_at from snap.stg_consents
