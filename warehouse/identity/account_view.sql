create or replace view {schema}.{name} as
select {columns}, _file, _row from {catalog}.{name} anti join {catalog}.account_{dataset} using (_file, _row)
union all
select {columns}, _file, _row from {catalog}.account_{dataset}
