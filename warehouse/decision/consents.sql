-- One row for each member and channel that anything was said about.
create or replace temp table consents as
select member_id, channel, has_point, consented, withdrawn
from consent_at($at::timestamp, 'words')
