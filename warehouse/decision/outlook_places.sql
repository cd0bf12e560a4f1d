-- The place of each treated member inside a pattern, in the fair order: who gets which plan where a pattern is split.
create or replace temp table ahead_places as
select
    a.member_id,
    p.pattern,
    row_number() over (partition by p.pattern, a.held order by a.order_hash, a.member_id) as place
    /*masks*/
from ahead as a
inner join ahead_patterns as p
    on p.terms = a.terms and p.channels = a.channels and p.root = a.root /*same*/
