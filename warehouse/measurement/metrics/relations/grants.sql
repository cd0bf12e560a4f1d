-- Benefits given, with what became of each by the moment of measuring. `held`: its message left, or may have, so the
-- member may hold it. `spent_cents` is what its uses cost, `open_cents` what of its reserve may still be used.
create or replace temp table m_grants as
with
    used as (
        select
            intent_key,
            count(*) as uses,
            min(redeemed_at) as used_at,
            sum(cost_cents)::bigint as spent_cents
        from m_uses
        where intent_key is not null and not surplus
        group by intent_key
    )

select
    g.intent_key,
    g.member_id,
    g.benefit,
    g.granted_at as "at",
    g.valid_until,
    g.cost_cents,
    g.use_costs,
    coalesce(u.spent_cents, 0) as spent_cents,
    case
        when g.valid_until <= $as_of or u.uses >= len(g.use_costs) then 0
        else greatest(g.cost_cents - coalesce(u.spent_cents, 0), 0)
    end as open_cents,
    coalesce(g.left_already and (g.sent_at is null or g.sent_at < $as_of), false) as held,
    j.phase,
    j.play,
    j.channel,
    b.price,
    u.used_at,
    coalesce(a.tier, 'non_member') as tier,
    /*if arms*/
    coalesce(m.arm, 'not_assigned') as arm
    /*else*/
    '' as arm
    /*end*/
from j_given as g
inner join j_jobs as j on j.intent_key = g.intent_key
left join j_benefits as b on b.benefit = g.benefit
left join used as u on u.intent_key = g.intent_key
left join m_acts as a on a.act = 'grant' and a.id = g.intent_key
/*if arms*/
left join m_arms as m on m.member_id = g.member_id
/*end*/
where g.granted_at < $as_of
