-- What each person of the arms came to: orders and payments from assignment to the end, and payments in an equally long time
-- before. Phase and play are empty for the whole programme, of which alone costs are told: a member's costs are not of one
-- play.
create or replace temp table arm_members as
with reached as (
    select distinct phase, play, member_id from contacts where calendar = $calendar and "at" < $as_of
),
contacted as (
    select phase, play, member_id from reached
    union all
    select distinct '', '', member_id from reached
)
select
    m.phase,
    m.play,
    m.arm,
    m.member_id,
    m.joined,
    coalesce(b.orders, 0) as orders,
    coalesce(b.spend_cents, 0) as spend_cents,
    coalesce(b.before_cents, 0) as before_cents,
    if(m.phase = '', coalesce(c.cents, 0), 0) as cost_cents,
    r.member_id is not null as contacted
from assigned_to_arms as m
left join assigned_to_arms_bought as b on b.phase = m.phase and b.play = m.play and b.member_id = m.member_id
left join member_costs as c on c.member_id = m.member_id
left join contacted as r on r.phase = m.phase and r.play = m.play and r.member_id = m.member_id
