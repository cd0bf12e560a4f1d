-- One row per candidate: status, arm, the one deciding reason and the whole chain.
insert into decisions
with nearest as (
    -- the channel on which the member came furthest names the reason
    select
        g.member_id,
        coalesce(max(s.stage) filter (where g.held is not null), 0) as stage,
        bool_or(g.held is null) as open,
        bool_or(g.held is null or s.stage > $last_stage_before_arms) as reachable,
        string_agg(g.channel || ':' || g.held, ' > ' order by g.position) filter (where g.held is not null) as chain,
        string_agg(g.channel, ',' order by g.position) filter (where g.held is null and g.agent is not null) as agents
    from channel_gates as g
    left join stages as s on s.code = g.held
    group by g.member_id
),
benefits as (
    -- what the member does not meet, and what is used up of that which he meets
    select
        g.member_id,
        bool_or(g.held is null) as open,
        max(s.stage) filter (where g.held is not null) as unmet,
        max(x.stage) filter (where g.held is null) as gone,
        string_agg(g.benefit || ':' || g.held, ' > ' order by g.position) filter (where g.held is not null) as unmet_chain,
        string_agg(g.benefit || ':' || e.code, ' > ' order by g.position) filter (where g.held is null) as gone_chain
    from benefit_gates as g
    left join stages as s on s.code = g.held
    left join exhausted as e on e.position = g.position
    left join stages as x on x.code = e.code
    group by g.member_id
),
judged as (
    select
        k.*,
        c.channel,
        v.benefit,
        coalesce(v.cost_cents, 0) as cost_cents,
        coalesce(h.reason, case when k.control is not null then p.reason end) as kept_reason,
        coalesce(h.kept_for, case when k.control is not null then p.kept_for end) as kept_for,
        u.chain as rule_chain,
        y.channel as ghost_channel,
        z.benefit as ghost_benefit,
        x.member_id is not null as explored,
        -- Of n options each explorer draws one; all others, and the explorers who draw it, have the planned one.
        case when x.same is not false then 1 - $explore_bp / 10000 else 0 end
        + $explore_bp / 10000 / coalesce(
            bit_count(e.channels & coalesce(l.channels, e.channels))
            * greatest(bit_count(e.benefits & coalesce(l.benefits, e.benefits)), 1),
            1
        ) as propensity,
        n.chain as channel_chain,
        n.agents,
        b.unmet_chain,
        b.gone_chain,
        coalesce(o.channels & $open_channels::bigint = 0, false) and a.member_id is null as no_channel_left,
        o.member_id is not null and a.member_id is null as unassigned,
        case
            when k.has_left then 'left'
            when k.under_age then 'under_age'
            when k.suppressed then 'suppressed'
            when not n.reachable then (select code from stages as s where s.stage = n.stage)
        end as ineligible,
        case
            when k.already_reached then 'already_reached'
            when u.member_id is not null then u.code
            when not n.open then (select code from stages as s where s.stage = n.stage)
            when not b.open then (select code from stages as s where s.stage = b.unmet)
            when h.member_id is not null then h.reason
            when o.member_id is not null and a.member_id is null
                then case
                    when o.channels & $open_channels::bigint = 0 then 'capacity'
                    else (select code from stages as s where s.stage = b.gone)
                end
        end as refused
    from candidates as k
    inner join nearest as n on n.member_id = k.member_id
    left join benefits as b on b.member_id = k.member_id
    left join kept as h on h.member_id = k.member_id
    left join rule_hits as u on u.member_id = k.member_id
    left join options as o on o.member_id = k.member_id
    left join assigned as a on a.member_id = k.member_id
    left join channel_options as c on c.position = a.channel
    left join benefit_options as v on v.position = a.benefit
    left join explorers as x on x.member_id = k.member_id
    left join eligible as e on e.member_id = k.member_id
    left join losing as l on l.member_id = k.member_id
    left join planned as p on p.member_id = k.member_id and k.control is not null
    left join channel_options as y on y.position = p.channel
    left join benefit_options as z on z.position = p.benefit
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
        rule_chain,
        case when not suppressed then channel_chain end,
        unmet_chain,
        case when kept_reason = 'limit' then replace(kept_for, 'limit ', 'limit:') else kept_reason || ':' || kept_for end,
        case when refused in ('ghost', 'no_value') then refused end,
        case when no_channel_left then concat_ws(':', 'capacity', agents) end,
        case when unassigned then gone_chain end
    ) as chain,
    case when ineligible is null and control is null and refused is null then channel end,
    case when ineligible is null and control is null and refused is null then benefit end,
    case when ineligible is null and control is null and refused is null then cost_cents else 0 end,
    case when ineligible is null and control is not null then ghost_channel end,
    case when ineligible is null and control is not null then ghost_benefit end,
    tier,
    explored,
    case when ineligible is null and control is null and refused is null then propensity end
from judged
