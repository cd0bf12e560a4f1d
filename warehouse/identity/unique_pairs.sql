select linked.number as who, dense_rank() over (order by links."value") - 1 as "value"
from links
inner join linked on linked.account = links.account
where links.kind = '{kind}'
