select linked.number as who, joining.number as "value"
from links
inner join joining on joining.kind = links.kind and joining."value" = links."value"
inner join linked on linked.account = links.account
where joining.strong = {strong}
