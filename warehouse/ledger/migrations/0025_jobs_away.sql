-- What a member has had, whatever calendar it was of: asked right before more leaves. What waits is not in it.
create index jobs_away on jobs (member_id) where status in ('sent', 'unknown', 'to_do');
