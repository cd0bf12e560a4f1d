-- One row per person: the canonical account's cells, gaps filled from the others, the one known
-- longest first; place names come in pairs. First seen and joined with the earliest; a member as long as any
-- account is one as of as_of, otherwise left with the last that left.
with
    accounts as (
        select
            stored.*,
            joined.member_id as person,
            row_number() over (
                partition by joined.member_id
                order by stored.member_id <> joined.member_id, stored.created_at nulls last, stored.member_id
            ) as turn
        from snap.account_members as stored
        inner join joined on joined.account_id = stored.member_id
    )

select
    person as member_id,
    arg_min(name, turn) filter (name is not null) as name,
    arg_min(phone, turn) filter (phone is not null) as phone,
    arg_min(row(city, province), turn) filter (city is not null or province is not null)[1] as city,
    arg_min(row(city, province), turn) filter (city is not null or province is not null)[2] as province,
    arg_min(gender, turn) filter (gender is not null) as gender,
    arg_min(birth_on, turn) filter (birth_on is not null) as birth_on,
    min(created_at) as created_at,
    min(joined_at) as joined_at,
    arg_min(join_source, row(joined_at, turn)) filter (join_source is not null) as join_source,
    -- Where all accounts left and one is back, the person is: the leaving stays, before the joining.
    case
        when count(*) filter (joined_at < $as_of and (left_at is null or left_at < joined_at)) = 0 then max(left_at)
        when min(joined_at) > max(left_at) then max(left_at)
    end as left_at,
    -- Somebody with one activated card waits for none.
    case when count(pending) > 0 then bool_and(coalesce(pending, false)) end as pending,
    arg_min(_file, turn) as _file,
    arg_min(_row, turn) as _row
from accounts
group by person
