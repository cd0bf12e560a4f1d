-- Entries of the audit log say to which calendar and run they belong, how many, and what was set.
alter table audit_log add column calendar text;
alter table audit_log add column run_id text;
alter table audit_log add column count bigint;
alter table audit_log add column value text not null default '';
-- Earlier entries named one of these as their subject.
update audit_log set run_id = subject where action = 'approve';
update audit_log set run_id = (select run_id from jobs where intent_key = subject) where action = 'settle';
update audit_log set calendar = (select calendar from runs where runs.run_id = audit_log.run_id) where run_id is not null;
update audit_log set calendar = (select calendar from plans where checksum = subject) where action = 'apply';
