-- Per channel: persons to whom a message went out over it and what that cost; persons it could not reach when somebody
-- was decided; buyers, orders and sales, where an order belongs to the last message before it, whatever its channel.
with mine as (
    select c.member_id, c."at", min(c.channel) as channel -- of two at one moment the first by name
    from contacts as c
    anti join posts using (phase, play) -- a post in a group is no contact of a member
    where c.calendar = $calendar and c."at" < $as_of
    group by c.member_id, c."at"
),
sent as (
    select
        c.channel,
        count(distinct c.member_id) filter (p.play is null) as contacted, -- posts cost money and contact no member
        sum(c.cost_cents)::bigint as cost_cents
    from contacts as c
    left join posts as p on p.phase = c.phase and p.play = c.play
    where c.calendar = $calendar and c."at" < $as_of
    group by c.channel
),
-- Only orders that can be credited are put in order.
near as (
    select p.member_id, p.paid_at, p.net_cents
    from paid as p
    semi join mine on mine.member_id = p.member_id
    where p.paid_at >= (select min("at") from mine) and p.paid_at < $ends_at
),
credited as (
    select m.channel, p.member_id, p.net_cents
    from near as p
    asof inner join mine as m on m.member_id = p.member_id and p.paid_at >= m."at"
),
bought as (
    select channel, count(distinct member_id) as buyers, count(*) as orders, sum(net_cents)::bigint as spend_cents
    from credited
    group by channel
),
-- Many candidates have few chains of gates. Of a person the channels are a row of bits.
gates as (
    select chain, unnest(string_split(chain, ' > ')) as gate
    from (
        select distinct chain from candidates where contains(chain, ':no_contact_point') or contains(chain, ':no_consent')
    )
),
bars as (
    select chain, split_part(gate, ':', 1) as channel
    from gates
    where split_part(gate, ':', 2) in ('no_contact_point', 'no_consent')
),
numbers as (
    select channel, (row_number() over (order by channel) - 1)::int as number from (select distinct channel from bars)
),
marks as (
    select b.chain, bit_or(set_bit(bitstring('0', (select count(*) from numbers)::int), n.number, 1)) as mark
    from bars as b
    inner join numbers as n on n.channel = b.channel
    group by b.chain
),
barred as (
    select c.member_id, bit_or(m.mark) as marked
    from candidates as c
    inner join marks as m on m.chain = c.chain
    group by c.member_id
),
counted as (
    select marked, count(*) as members from barred group by marked
),
unreachable as (
    select n.channel, sum(c.members)::bigint as members
    from counted as c
    inner join numbers as n on get_bit(c.marked, n.number) = 1
    group by n.channel
)
select
    coalesce(s.channel, u.channel) as channel,
    coalesce(s.contacted, 0) as contacted,
    coalesce(u.members, 0) as unreachable,
    coalesce(s.cost_cents, 0) as cost_cents,
    coalesce(b.buyers, 0) as buyers,
    coalesce(b.orders, 0) as orders,
    coalesce(b.spend_cents, 0) as spend_cents
from sent as s
full join unreachable as u on u.channel = s.channel
left join bought as b on b.channel = s.channel
order by 1
