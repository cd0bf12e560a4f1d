-- Whom rules between plays close the occurrence to: what was sent that must not have been, or was not that must.
insert into rule_hits
with standing as (
    select distinct g.rule, c.member_id
    from gate_plays as g
    inner join contacts as c
        on c.calendar = g.calendar and c.play = g.play
        and (g.after_at is null or c."at" > g.after_at)
        and (g.upto is null or c."at" <= g.upto)
)
select
    k.member_id,
    arg_min(r.code, r.rule) as code,
    string_agg(r.code || ':' || r.told, ' > ' order by r.rule) as chain
from candidates as k
cross join gate_rules as r
left join standing as s on s.rule = r.rule and s.member_id = k.member_id
where (s.member_id is null) = r.wanted
group by k.member_id
