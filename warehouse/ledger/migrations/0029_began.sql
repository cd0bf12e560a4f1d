-- When a run began; of one that was missed it is told.
alter table expected_occurrences add column began_at {moment};
