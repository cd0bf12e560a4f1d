-- Who may be contacted, in the fair order in which scarce things are given, with the channels and benefits that are
-- open to the member: bit n is the nth of the play. A play with benefits writes to nobody who may have none of them.
create or replace temp table options as
select
    k.member_id,
    c.channels,
    /*if benefits*/ b.benefits /*else*/ 0::bigint /*end*/ as benefits,
    row_number() over (
        order by /*if turn*/ coalesce(list_position($turn::varchar[], k.tier), 1 + len($turn::varchar[])), /*end*/ k.order_hash, k.member_id
    ) as place
from candidates as k
inner join channel_gates as c on c.member_id = k.member_id and c.channels is not null
/*if benefits*/ inner join benefit_gates as b on b.member_id = k.member_id and b.benefits is not null /*end*/
where k.control is null
    and not k.has_left
    and not k.under_age
    and not k.already_reached
    /*if rules*/ and k.member_id not in (select h.member_id from rule_hits as h) /*end*/
