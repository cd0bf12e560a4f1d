-- Persons with several accounts that the snapshot has joined.
create or replace temp table persons_of_several as
/*if persons*/
select distinct member_id from {catalog}.member_map
/*else*/
select null::varchar as member_id where false
/*end*/
