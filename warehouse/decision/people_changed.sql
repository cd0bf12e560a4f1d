-- Persons with a difference at moments to come, whatever else changed.
select count(distinct member_id) from changes where occurrence_at >= $since
