-- Uses of announced benefits that no grant is charged with, and the phase that pays: of those in which it could be used, the
-- one that began last. An order is a use of whoever was a member when it was placed, so often as one may have it, and
-- of the first as long as there is stock; what a redemption or a line of the gift tells has happened, whatever the limits.
create or replace temp table announced_uses as
with users as (
    select member_id, joined_at, left_at
    from snap.stg_members
    where member_id in (select member_id from uses where told_by <> 'redemptions')
),
open_uses as (
    select
        u.id,
        u.member_id,
        u.benefit,
        u.moment,
        least(w.use_cents, u.most_cents) as cents,
        u.told_by = 'redemptions' or t.by_lines as is_told,
        w.phase,
        w.per_member,
        w.stock
    from uses as u
    inner join told as t on t.benefit = u.benefit
    inner join online as w on w.benefit = u.benefit and u.moment >= w.starts_at and u.moment < w.until
    left join users as m on m.member_id = u.member_id
    anti join charged as c on c.benefit = u.benefit and c.id = u.id
    where not u.void
        and u.in_time
        and u.belongs_to = $calendar
        and (
            u.told_by = 'redemptions'
            or (
                m.joined_at <= coalesce(u.placed_at, u.moment)
                and (m.left_at is null or m.left_at < m.joined_at or m.left_at > coalesce(u.placed_at, u.moment))
            )
        )
        -- An order above a threshold is no proof of what has to be claimed; a line of it is.
        and (not w.claimed or u.told_by in ('redemptions', 'points') or t.by_lines)
        /*if tiers*/
        and (
            len(w.ranks) = 0
            or u.told_by = 'redemptions'
            or u.order_id in (select r.order_id from order_ranks as r where list_contains(w.ranks, r.rank))
        )
        /*end*/
        /*if groups*/
        -- Who was in the group then; where the data knows nobody of it, the platform alone can tell.
        and (
            w.group_channel is null
            or u.told_by = 'redemptions'
            or not exists (from snap.stg_contact_points as p where p.channel = w.group_channel)
            or exists (
                from snap.stg_contact_points as p
                where p.channel = w.group_channel and p.member_id = u.member_id and p.withdrawn_at is null
                    and coalesce(p.bound_at <= u.moment, true) and coalesce(p.unbound_at > u.moment, true)
            )
        )
        /*end*/
        /*if issues*/
        and (
            w.benefit not in (select i.benefit from issues as i)
            or exists (
                from issued as i
                where i.benefit = u.benefit and i.member_id = u.member_id and i.order_id is distinct from u.order_id
                    and i.issued_at <= u.moment and u.moment < i.ends_at
            )
        )
        /*end*/
        /*if followers*/
        and (
            w.after_orders = 0
            or w.after_orders <= (
                select count(*)
                from snap.stg_orders as o
                where o.member_id = u.member_id
                    and o.paid_at >= w.after_since
                    and o.paid_at <= coalesce(u.placed_at, u.moment)
                    and 'order ' || o.order_id <> u.id
                    and not coalesce(o.refunded_at <= u.moment and o.refunded_cents >= o.amount_cents, false)
            )
        )
        /*end*/
    qualify row_number() over (partition by u.benefit, u.id order by w.starts_at desc, w.phase) = 1
),
of_members as (
    select *
    from open_uses
    qualify is_told or row_number() over (partition by benefit, member_id order by moment, id) <= per_member
)
select
    *,
    (select count(*) from charged as c where c.benefit = of_members.benefit)
    + row_number() over (partition by benefit order by not is_told, moment, id) as number
from of_members
qualify is_told or stock is null or number <= stock
