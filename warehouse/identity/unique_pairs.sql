-- What too many accounts share, or stands for nobody, says nothing about one person: it neither joins nor contradicts.
select linked.number as who, dense_rank() over (order by links."value") - 1 as "value"
from links
inner join linked on linked.account = links.account
anti join shared on shared.kind = links.kind and shared."value" = links."value" and shared.common
where links.kind = '{kind}'
