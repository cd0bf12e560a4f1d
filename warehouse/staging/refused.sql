create or replace temp table refused as
select
    _file, _row, min_by(rule, position) as rule, min_by(severity, position) as severity,
    min_by(is_copy, position) as is_copy
from failing_rows
group by _file, _row
