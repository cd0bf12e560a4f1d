-- The place of each treated member inside a pattern, the largest basket first where baskets count, and in the fair order:
-- who gets which plan where a pattern is split.
-- Held-out members follow the plan as ghosts: spread over the places of the treated ones.
create or replace temp table ahead_places as
with numbered as (
    select
        a.member_id,
        p.pattern,
        a.held,
        p.treated,
        row_number() over (
            partition by p.pattern, a.held order by null::bigint /*basket*/ desc nulls last, a.order_hash, a.member_id
        ) as number,
        count(*) over (partition by p.pattern, a.held) as members
        /*masks*/
    from ahead as a
    inner join ahead_patterns as p
        on p.terms = a.terms and p.channels = a.channels and p.root = a.root
        and p.segments = a.segments and p.basket = a.basket /*same*/
    left join member_features as f on f.member_id = a.member_id
)
select
    * exclude (number, members, treated, held),
    case when held then (number * treated + members - 1) // members else number end as place
from numbered
