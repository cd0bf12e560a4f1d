-- An apply stands here before the server is asked for anything, so that one that broke off is finished as it was agreed to:
-- when it began, by whom, past which limits by name, and the calendar as it was written then.
alter table plans add column begun_at {moment};
alter table plans add column begun_by text;
alter table plans add column forced text;
alter table plans add column written text;
