with
    before as (select {key}, {row} as content from old.{table}),

    after as (select {key}, {row} as content from new.{table}),

    paired as (
        select
            before.content as old_content,
            after.content as new_content,
            before.content is not null as was,
            after.content is not null as is_now
        from before
        -- A key may have empty columns (a contact point without a group): nothing is as good as nothing.
        full join after on {same}
    )

select
    count(*) filter (is_now and not was) as added,
    count(*) filter (was and not is_now) as removed,
    count(*) filter (was and is_now and old_content is distinct from new_content) as changed
from paired
