create or replace table snap.account_{dataset} as
select {columns}, _file, _row from snap.{name} as stored where {condition}
