-- The local hour in which a member is most often active; of equal ones the earliest. The offset of
-- the calendar's time zone is that of as_of.
with
    moments as (
        select member_id, "at"
        from snap.stg_events
        where "at" < getvariable('as_of') and "at" >= getvariable('from_90d')
        union all
        select member_id, ordered_at as "at"
        from snap.stg_orders
        where member_id is not null and ordered_at < getvariable('as_of') and ordered_at >= getvariable('from_90d')
    ),

    hours as (
        select
            member_id,
            (epoch_us("at") + getvariable('offset_us')) // 3600000000 % 24 as hour_of_day,
            count(*) as times
        from moments
        group by member_id, hour_of_day
    ),

    placed as (
        select
            member_id,
            hour_of_day,
            row_number() over (partition by member_id order by times desc, hour_of_day) as place
        from hours
    )

select member_id, hour_of_day as active_hour
from placed
where place = 1
