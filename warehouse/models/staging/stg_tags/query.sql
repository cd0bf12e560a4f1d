-- Tags members carry, with the time they carry them (A1, four families).
with
    members as (select member_id, true as known from snap.stg_members),

    cells as (
        select
            _file,
            _row,
            tidy_id(member_id) as member_id,
            tidy(tag) as tag,
            tidy(family) as family,
            tidy(value) as value,
            tidy_value("at") as "at",
            tidy_value(until) as until
        from raw_tags
    ),

    typed as (
        select
            _file,
            _row,
            member_id,
            tag,
            family,
            value,
            -- A tag without a date has been carried for as long as anybody can look back.
            case when "at" is null then timestamp '1970-01-01' else as_moment("at") end as "at",
            as_moment(until) as until,
            unread("at", as_moment("at")) as _at_unread,
            unread(until, as_moment(until)) as _until_unread
        from cells
    )

select
    typed.*,
    member_id || ' / ' || tag as _key,
    row_number() over (partition by member_id, tag, "at" order by _file, _row) as _copy,
    case when member_id is not null then coalesce(members.known, false) end as _member_known
from typed
left join members using (member_id)
