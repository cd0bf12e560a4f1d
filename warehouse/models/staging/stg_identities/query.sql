-- By which identifiers an account is known: the ground of the identity map (A1#6, B9).
with
    cells as (
        select
            _file,
            _row,
            tidy_id(member_id) as member_id,
            lower(tidy(kind)) as kind,
            tidy_id("value") as "value",
            tidy_value("at") as "at"
        from raw_identities
    ),

    typed as (
        select
            * exclude ("at"),
            as_moment("at") as "at",
            case when contains("value", '*') then "value" end as _masked,
            unread("at", as_moment("at")) as _at_unread
        from cells
    )

select
    *,
    member_id || ' / ' || kind as _key,
    row_number() over (partition by member_id, kind, "value" order by "at" nulls first, _file, _row) as _copy
from typed
