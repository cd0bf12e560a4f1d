-- Every $streak-th local day in a row with the event: the moment of that day's first one (打卡).
select member_id, "at"
from (
    select
        *,
        row_number() over (partition by member_id, island order by "day") as position
    from (
        select
            *,
            "day" - row_number() over (partition by member_id order by "day")::integer as island
        from (
            select
                member_id,
                timezone($timezone, timezone('UTC', "at"))::date as "day",
                min("at") as "at"
            from snap.stg_events
            where kind = $event and "at" < $at
            group by member_id, "day"
        )
    )
)
where position % $streak = 0
