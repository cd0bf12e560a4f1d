-- One row per candidate: status, arm, the one deciding reason and the whole chain.
insert into decisions
with judged as (
    select
        k.*,
        ($channels::varchar[])[a.channel + 1] as channel,
        ($benefits::varchar[])[a.benefit + 1] as benefit,
        coalesce(($costs::bigint[])[a.benefit + 1], 0) as cost_cents,
        /*if reminds*/ case when a.benefit = $reminder then r.benefit end /*else*/ null::varchar /*end*/ as reminds,
        /*if plan*/
        coalesce(h.reason, case when k.control is not null then p.reason end) as kept_reason,
        coalesce(h.kept_for, case when k.control is not null then p.kept_for end) as kept_for,
        ($channels::varchar[])[p.channel + 1] as ghost_channel,
        ($benefits::varchar[])[p.benefit + 1] as ghost_benefit,
        /*else*/
        null as kept_reason,
        null as kept_for,
        null as ghost_channel,
        null as ghost_benefit,
        /*end*/
        /*if rules*/ u.chain /*else*/ null /*end*/ as rule_chain,
        /*if explore*/
        x.member_id is not null as explored,
        -- Of n options each explorer draws one; all others, and the explorers who draw it, have the planned one.
        case when x.same is not false then 1 - $explore_bp / 10000 else 0 end
        + $explore_bp / 10000 / coalesce(
            bit_count(e.channels & coalesce(l.channels, e.channels))
            * greatest(bit_count(e.benefits & coalesce(l.benefits, e.benefits)), 1),
            1
        ) as propensity,
        /*else*/
        false as explored,
        1::double as propensity,
        /*end*/
        null::varchar /*channel_chain*/ as channel_chain,
        n.agents,
        null::varchar /*unmet_chain*/ as unmet_chain,
        null::varchar /*gone_chain*/ as gone_chain,
        coalesce(o.channels & $open_channels::bigint = 0, false) and a.member_id is null as no_channel_left,
        o.member_id is not null and a.member_id is null as unassigned,
        case
            when k.has_left then 'left'
            when k.under_age then 'under_age'
            when k.suppressed then 'suppressed'
            when not n.reachable then n.furthest::varchar
            /*if benefits*/ when not b.fit then b.unmet::varchar /*end*/
        end as ineligible,
        case
            when k.already_reached then coalesce(k.barred, 'already_reached')
            /*if rules*/ when u.member_id is not null then u.code /*end*/
            when not n.open then n.furthest::varchar
            /*if benefits*/ when b.benefits is null then b.unmet::varchar /*end*/
            /*if plan*/ when h.member_id is not null then h.reason /*end*/
            when o.member_id is not null and a.member_id is null
                then case
                    when o.channels & $open_channels::bigint = 0 then 'capacity'
                    /*if benefits*/ else null::reason /*gone*/::varchar /*end*/
                end
        end as refused,
        ineligible is null as may,
        may and control is null and refused is null as chosen
    from candidates as k
    inner join channel_gates as n on n.member_id = k.member_id
    left join options as o on o.member_id = k.member_id
    left join assigned as a on a.member_id = k.member_id
    /*if benefits*/ inner join benefit_gates as b on b.member_id = k.member_id /*end*/
    /*if reminds*/ left join reminded as r on r.member_id = k.member_id /*end*/
    /*if rules*/ left join rule_hits as u on u.member_id = k.member_id /*end*/
    /*if plan*/
    left join kept as h on h.member_id = k.member_id
    left join planned as p on p.member_id = k.member_id and k.control is not null
    /*end*/
    /*if explore*/
    left join explorers as x on x.member_id = k.member_id
    left join eligible as e on e.member_id = k.member_id
    left join losing as l on l.member_id = k.member_id
    /*end*/
)
select
    $calendar,
    $phase,
    $play,
    $at,
    member_id,
    case when chosen then 'chosen' when may and control is not null then 'held_out' else 'excluded' end as status,
    case when may then coalesce(control || '_control', 'treated') end as arm,
    case when not may then ineligible when control is null then refused end as reason,
    concat_ws(
        ' > ',
        cause,
        case when has_left then 'left' end,
        case when under_age then 'under_age' end,
        case when suppressed then 'suppressed' end,
        case when control is not null then 'holdout:' || control end,
        case when already_reached then coalesce(barred, 'already_reached') end,
        rule_chain,
        case when not suppressed then channel_chain end,
        unmet_chain,
        case when kept_reason = 'limit' then replace(kept_for, 'limit ', 'limit:') else kept_reason || ':' || kept_for end,
        case when refused in ('ghost', 'no_value') then refused end,
        case when no_channel_left then concat_ws(':', 'capacity', agents) end,
        case when unassigned then gone_chain end
    ) as chain,
    case when chosen then channel end,
    case when chosen then benefit end,
    case when chosen then cost_cents else 0 end,
    case when may and control is not null then ghost_channel end,
    case when may and control is not null then ghost_benefit end,
    tier,
    explored,
    case when chosen then propensity end,
    case when chosen then reminds end,
    region
from judged
