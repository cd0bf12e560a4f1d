-- The value of a tag that members carry at a moment; of several the one given last.
select member_id, coalesce(value, '') as value
from snap.stg_tags
where tag = $tag
    and member_id in (select unnest($members::varchar[]))
    and coalesce("at" <= $at::timestamp, true)
    and coalesce(until > $at::timestamp, true)
qualify row_number() over (partition by member_id order by "at" desc nulls last, value) = 1
