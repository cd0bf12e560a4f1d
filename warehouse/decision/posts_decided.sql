insert into decisions
select
    $calendar,
    $phase,
    $play,
    $at,
    subject,
    case when reason is null then 'chosen' else 'excluded' end,
    null, -- a group is in no arm: everybody in it sees the post
    reason,
    concat_ws(' > ', cause, reason),
    case when reason is null then channel end,
    null,
    0,
    null,
    null,
    null,
    false,
    null,
    null,
    null
from posts
