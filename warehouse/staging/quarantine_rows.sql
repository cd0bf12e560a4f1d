insert into snap.quarantine
select
    '{dataset}', _file, _row, candidate._key, refused.rule, refused.severity, to_json(raw_cells), candidate."{subject}"
from refused
join candidate_{dataset} as candidate using (_file, _row)
join (select * exclude (_file, _row), _file, _row from raw_{dataset}) as raw_cells using (_file, _row)
where not refused.is_copy
