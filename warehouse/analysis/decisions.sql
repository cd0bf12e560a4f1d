-- Files of an earlier promocal lack the last columns.
insert into memory.main.kept_decisions by name
select * exclude (filename), parse_filename(filename, true) as run_id
from read_parquet($files, union_by_name = true, filename = true)
