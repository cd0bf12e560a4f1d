-- What nobody kept the cost of costs one part, at what the store says now.
update contacts set cost_cents = coalesce((select p.cents from prices as p where p.channel = contacts.channel), 0)
where cost_cents is null
