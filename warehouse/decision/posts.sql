-- Posts in groups: one row for each group of the channels, who sees it, and what stands in its way.
create or replace temp table posts as
with
    there as (
        select
            p.channel,
            coalesce(p.group_id, '') as group_id,
            count(distinct p.member_id) filter (
                where coalesce(p.bound_at <= $at::timestamp, true)
                    and coalesce(p.unbound_at > $at::timestamp, true)
                    and p.withdrawn_at is null
            ) as members
        from snap.stg_contact_points as p
        where list_contains($channels::varchar[], p.channel) and coalesce(p.bound_at <= $at::timestamp, true)
        group by p.channel, coalesce(p.group_id, '')
    ),

    -- Of a channel of which the data knows nobody, the one group there is; who sees the post nobody knows.
    unknown as (
        select name as channel, '' as group_id, 0 as members
        from (select unnest($channels::varchar[]) as name)
        where name not in (select p.channel from snap.stg_contact_points as p where p.channel is not null)
    ),

    named as (
        select *, 'group:' || channel || ':' || group_id as subject, true as known from there
        union all
        select *, 'group:' || channel || ':' || group_id as subject, false as known from unknown
    )

select
    n.subject,
    n.channel,
    n.members,
    /*if event*/ w.cause /*else*/ null::varchar /*end*/ as cause,
    case
        when list_contains($ended::varchar[], n.channel) or (n.known and n.members = 0) then 'no_contact_point'
        /*if step*/ when w.barred is not null then w.barred /*end*/
        when exists (
            select 1
            from contacts as c
            where c.member_id = n.subject
                and c.calendar = $calendar
                and c.phase = $phase
                and c.play = $play
                and ($again is null or (c."at" > $at::timestamp - $again and c."at" < $at::timestamp + $again))
        ) then 'already_reached'
        when list_contains($restricted::varchar[], n.channel) then 'restricted'
        when list_contains($quiet::varchar[], n.channel) then 'quiet_hours'
        when (
            select count(*)
            from contacts as c
            where c.member_id = n.subject and c."at" >= $day_start and c."at" < $day_end
        ) >= list_extract($most::bigint[], list_position($channels::varchar[], n.channel)) then 'cap'
    end as reason
from named as n
/*if event*/ inner join fresh as w on w.member_id = n.subject /*end*/
