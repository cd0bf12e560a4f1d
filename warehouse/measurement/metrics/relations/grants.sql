-- Benefits given, with what became of each by the moment of measuring. `held`: its message left, or may have, so the
-- member may hold it.
create or replace temp table m_grants as
select
    g.intent_key,
    g.member_id,
    g.benefit,
    g.granted_at as "at",
    g.valid_until,
    g.cost_cents,
    coalesce(g.left_already and (g.sent_at is null or g.sent_at < $as_of), false) as held,
    j.phase,
    j.play,
    j.channel,
    b.price,
    u.redeemed_at as used_at,
    u.order_id,
    coalesce(a.tier, 'non_member') as tier
from j_given as g
inner join j_jobs as j on j.intent_key = g.intent_key
left join j_benefits as b on b.benefit = g.benefit
left join m_uses as u on u.intent_key = g.intent_key and not u.surplus
left join m_acts as a on a.act = 'grant' and a.id = g.intent_key
where g.granted_at < $as_of
