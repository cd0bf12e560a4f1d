-- Work for people has a state of its own.
{postgresql}alter table jobs drop constraint jobs_status;
{postgresql}alter table jobs add constraint jobs_status check (status in ('awaiting_approval', 'pending', 'sending', 'sent', 'failed', 'unknown', 'cancelled', 'to_do'));
-- SQLite cannot alter a check: the text of the table is what it reads on the next start (its documented way).
{sqlite}pragma writable_schema = on;
{sqlite}update sqlite_master set sql = replace(sql, '''unknown'', ''cancelled'')', '''unknown'', ''cancelled'', ''to_do'')') where type = 'table' and name = 'jobs';
-- A new index tells every open connection that the schema has changed.
create index jobs_to_do on jobs (run_id) where status = 'to_do';
{sqlite}pragma writable_schema = reset;
