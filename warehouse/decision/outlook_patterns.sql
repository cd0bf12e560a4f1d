-- Members who are alike to everything that is to come.
create or replace temp table ahead_patterns as
select
    terms,
    channels,
    root,
    segments,
    basket
    /*masks*/,
    row_number() over (order by root, channels, terms, segments, basket /*masks*/) - 1 as pattern,
    count(*) filter (not held) as treated
from ahead
group by terms, channels, root, segments, basket /*masks*/
