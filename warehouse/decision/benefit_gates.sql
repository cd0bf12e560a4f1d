-- For each candidate: the first condition that he does not meet on each benefit of the play (`held_n`, null: none), the
-- last of them, and the benefits that are open to him, as bits.
-- An unknown tier is no tier of the list: what would stay as it is must not be told as something that may pass.
create or replace temp table benefit_gates as
with /*if conditions*/
-- What the facts about a member say of each benefit that asks for any: the first that is not met.
asked as (
    select k.member_id /*asked*/
    from candidates as k
    inner join member_features as f on f.member_id = k.member_id
),
/*end*/
/*if spend*/
spent as (
    select member_id, sum(cost_cents) as campaign, sum(cost_cents) filter (where phase = $phase) as phase
    from grants
    where calendar = $calendar
    group by member_id
),
/*end*/
/*if exclusive*/
-- Benefits that a member holds and can still use.
holding as (
    select member_id, list(benefit) as benefits
    from grants
    where calendar = $calendar and (usable_until is null or usable_until > $at)
    group by member_id
),
/*end*/
granted as (
    select member_id, benefit, count(*) as times
    from grants
    where calendar = $calendar
    group by member_id, benefit
)
select
    member_id,
    max(held) as unmet,
    bool_or(held is null or held > $last_before_arms::reason) as fit,
    bit_or(1::bigint << position) filter (where held is null) as benefits
    /*held*/
from (
    select
        k.member_id,
        o.position,
        o.benefit,
        /*if conditions*/ case o.position /*told*/ end as told, /*end*/
        (case
            when o.shut is not null then o.shut::varchar
            when not (o.any_tier or coalesce(list_contains(o.tiers, k.tier), false)) then 'benefit_tier'
            /*if conditions*/ when told is not null then split_part(told, ':', 1) /*end*/
            when coalesce(g.times, 0) >= o.per_member then 'benefit_limit'
            /*if yearly*/
            when o.yearly and b.member_id is not null then 'benefit_limit'
            /*end*/
            /*if exclusive*/ when coalesce(list_has_any(o.exclusive, h.benefits), false) then 'benefit_exclusive' /*end*/
            /*if spend*/
            when o.cost_cents > 0 and coalesce(t.campaign, 0) + o.cost_cents > $spend then 'benefit_spend'
            when o.cost_cents > 0 and coalesce(t.phase, 0) + o.cost_cents > $spend_per_phase then 'benefit_spend'
            /*end*/
            -- Without a points source nobody's balance is known, and it stops nobody.
            when k.points_balance < o.points then 'benefit_points'
        end)::reason as held,
        /*if conditions*/
        case when held in ('benefit_condition', 'benefit_unknown') then told else held::varchar end
        /*else*/
        held::varchar
        /*end*/
        as said
    from candidates as k
    cross join benefit_options as o
    left join granted as g on g.member_id = k.member_id and g.benefit = o.benefit
    /*if spend*/ left join spent as t on t.member_id = k.member_id /*end*/
    /*if yearly*/ left join had_birthday_gift as b on b.member_id = k.member_id /*end*/
    /*if conditions*/ inner join asked as a on a.member_id = k.member_id /*end*/
    /*if exclusive*/ left join holding as h on h.member_id = k.member_id /*end*/
)
group by member_id
