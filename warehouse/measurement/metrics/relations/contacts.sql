-- Messages that left before the moment of measuring, each to one person; posts in groups reach nobody by name. What waits
-- for an approval, is on its way, failed, or may have arrived contacted nobody.
create or replace temp table m_contacts as
select
    j.intent_key,
    j.phase,
    j.play,
    j.channel,
    j.member_id,
    j."at",
    r.delivered_at,
    r.clicked_at,
    /*if arms*/
    coalesce(m.arm, 'not_assigned') as arm
    /*else*/
    '' as arm
    /*end*/
from j_jobs as j
left join j_reports as r on r.intent_key = j.intent_key
/*if arms*/
left join m_arms as m on m.member_id = j.member_id
/*end*/
anti join j_plays as p on p.post and p.phase = j.phase and p.play = j.play
where j.state = 'sent' and j."at" < $as_of
