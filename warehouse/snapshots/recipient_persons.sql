-- A message that was decided for an account goes to the person the account has become.
select account_id, member_id
from snap.member_map
where account_id in (select unnest($members::varchar[]))
