-- When a run began in time that has not decided yet: whoever takes it up again is as late as it was then.
alter table expected_occurrences add column began_at {moment};
