create or replace temp table joined as
select account_id, member_id from snap.member_map
union all
select distinct member_id, member_id from snap.member_map
