-- Values that break a rule, those that fail most often first, each with its first place. The marks are our own texts.
with failing as (
    select _file, _row, [/*cells*/]::varchar[] as cells
    from candidate_/*dataset*/ as candidate
    /*refused*/
    left join (select * from raw_/*dataset*/) as raw using (_file, _row)
    where /*failing*/
),

-- Cells without a value differ by their place only.
grouped as (
    select cells, count(*) as rows, min((_file, _row)) as first
    from failing
    group by cells, case when coalesce(array_to_string(cells, ''), '') = '' then (_file, _row) end
)

select first[1], first[2], cells, rows from grouped order by rows desc, first limit /*shown*/
