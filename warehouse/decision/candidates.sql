-- The audience, with every control-group bucket and the fair order in which scarce things are given.
-- A bucket is the first 8 hex digits of md5(salt:member) modulo 10,000: the same in every run,
-- and independent between salts. Where regions are drawn, the campaign's bucket is that of the region's name; a member without
-- one is in no such group.
create or replace temp table candidates as
select
    f.member_id,
    f.tier,
    f.joined,
    f.has_left,
    null::bigint as points_balance /*points*/,
    /*if regions*/ region_name(f.region_of_holdout) /*else*/ null::varchar /*end*/ as region,
    coalesce(f.age < $min_age, false) as under_age,
    exists (select 1 from suppressions as s where s.member_id = f.member_id and s.channel is null) as suppressed,
    case
        when false then ''
        /*if global*/
        when ('0x' || substr(md5($global_salt || ':' || f.member_id), 1, 8))::bigint % 10000 < $global_bp then 'global'
        /*end*/
        /*if campaign*/
        when ('0x' || substr(md5($campaign_salt || ':' || /*if regions*/ region /*else*/ f.member_id /*end*/), 1, 8))::bigint % 10000 < $campaign_bp then 'campaign'
        /*end*/
        /*if play*/
        when ('0x' || substr(md5($play_salt || ':' || f.member_id), 1, 8))::bigint % 10000 < $play_bp then 'play'
        /*end*/
    end as control,
    -- A run that is late sees what was sent after its moment, too.
    /*if full*/ true or /*end*/
    /*if step*/ coalesce((select w.barred is not null from fresh as w where w.member_id = f.member_id), false) or /*end*/
    exists (
        select 1
        from contacts as c
        where c.member_id = f.member_id
            and c.calendar = $calendar
            and c.phase = $phase
            and c.play = $play
            and (
                /*if touch*/ (c."at" > $at::timestamp - $gap and c."at" < $at::timestamp + $gap)
                or c.channel = $touch and /*end*/
                ($again is null or (c."at" > $at::timestamp - $again and c."at" < $at::timestamp + $again))
            )
    ) as already_reached,
    md5($order_salt || ':' || f.member_id) as order_hash,
    /*if event*/ (select w.cause from fresh as w where w.member_id = f.member_id) /*else*/ null::varchar /*end*/ as cause,
    /*if step*/ (select w.barred from fresh as w where w.member_id = f.member_id) /*else*/
    /*if full*/ 'group_full' /*else*/ null::varchar /*end*/ /*end*/ as barred
from member_features as f
where true /*audience*/
/*if invites*/
    and f.member_id not in (
        select p.member_id
        from snap.stg_contact_points as p
        where p.channel = $invites_to
            and coalesce(p.bound_at <= $at::timestamp, true)
            and coalesce(p.unbound_at > $at::timestamp, true)
            and p.member_id is not null
    )
/*end*/
