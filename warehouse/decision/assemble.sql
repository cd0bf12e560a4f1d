-- One row per candidate: status, arm, the one deciding reason and the whole chain.
insert into decisions
with nearest as (
    -- the channel on which the member came furthest names the reason
    select
        g.member_id,
        coalesce(max(s.stage) filter (where g.held is not null), 0) as stage,
        bool_or(g.held is null) as open,
        bool_or(g.held is null or s.stage > $last_stage_before_arms) as reachable,
        string_agg(g.channel || ':' || g.held, ' > ' order by g.position) filter (where g.held is not null) as chain
    from gates as g
    left join stages as s on s.code = g.held
    group by g.member_id
),
benefits as (
    select
        w.member_id,
        max(s.stage) as stage,
        string_agg(w.benefit || ':' || w.held, ' > ' order by w.position) as chain
    from withheld as w
    inner join stages as s on s.code = w.held
    group by w.member_id
),
judged as (
    select
        k.*,
        r.channel,
        v.benefit,
        coalesce(v.cost_cents, 0) as cost_cents,
        n.chain as channel_chain,
        b.chain as benefit_chain,
        case
            when k.has_left then 'left'
            when k.under_age then 'under_age'
            when k.suppressed then 'suppressed'
            when not n.reachable then (select code from stages as s where s.stage = n.stage)
        end as ineligible,
        case
            when k.already_reached then 'already_reached'
            when r.member_id is null and n.open then 'capacity'
            when r.member_id is null then (select code from stages as s where s.stage = n.stage)
            when $with_benefits and v.member_id is null
                then (select code from stages as s where s.stage = b.stage)
        end as refused
    from candidates as k
    inner join nearest as n on n.member_id = k.member_id
    left join reached as r on r.member_id = k.member_id
    left join given as v on v.member_id = k.member_id
    left join benefits as b on b.member_id = k.member_id
)
select
    $calendar,
    $phase,
    $play,
    $at,
    member_id,
    case
        when ineligible is not null then 'excluded'
        when control is not null then 'held_out'
        when refused is not null then 'excluded'
        else 'chosen'
    end as status,
    case when ineligible is null then coalesce(control || '_control', 'treated') end as arm,
    case when ineligible is not null then ineligible when control is null then refused end as reason,
    concat_ws(
        ' > ',
        cause,
        case when has_left then 'left' end,
        case when under_age then 'under_age' end,
        case when suppressed then 'suppressed' end,
        case when control is not null then 'holdout:' || control end,
        case when already_reached then 'already_reached' end,
        case when not suppressed then channel_chain end,
        case when refused = 'capacity' then 'capacity' end,
        benefit_chain
    ) as chain,
    case when ineligible is null and control is null and refused is null then channel end,
    case when ineligible is null and control is null and refused is null then benefit end,
    case when ineligible is null and control is null and refused is null then cost_cents else 0 end
from judged
