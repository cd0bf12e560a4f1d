-- A copy that says the same as the row that stays needs no evidence; one that says something else keeps its own.
insert into snap.duplicates
with
    copies as (
        select candidate._file, candidate._row, candidate._key, candidate."{subject}" as subject, {key}
        from refused
        join candidate_{dataset} as candidate using (_file, _row)
        where refused.is_copy
    ),

    kept as (select {key}, _file as kept_file, _row as kept_row from candidate_{dataset} where _copy = 1),

    paired as (
        select copies._file, copies._row, copies._key, copies.subject, kept.kept_file, kept.kept_row
        from copies
        left join kept using ({key})
    ),

    compared as (
        select
            paired._file,
            paired._row,
            paired._key,
            paired.subject,
            row({cells}) is not distinct from row({kept_cells}) as identical,
            to_json(raw_cells) as row_json
        from paired
        join (select {columns}, _file, _row from raw_{dataset}) as raw_cells
            on raw_cells._file = paired._file and raw_cells._row = paired._row
        left join raw_{dataset} as best on best._file = paired.kept_file and best._row = paired.kept_row
    )

select '{dataset}', _file, _row, _key, identical, case when not identical then row_json end, subject
from compared
