-- Who did, or was done, anything in [$since, $at): facts with a moment of their own. Time alone is no fact.
select member_id
from snap.stg_orders
where (ordered_at >= $since and ordered_at < $at)
    or (paid_at >= $since and paid_at < $at)
    or (closed_at >= $since and closed_at < $at)
    or (succeeded_at >= $since and succeeded_at < $at)
    or (refunded_at >= $since and refunded_at < $at)
    or (part_refunded_at >= $since and part_refunded_at < $at)
    or (deposit_paid_at >= $since and deposit_paid_at < $at)
union
select member_id from snap.stg_events where "at" >= $since and "at" < $at
union
select member_id from snap.stg_redemptions where redeemed_at >= $since and redeemed_at < $at
union
select member_id from snap.stg_points where "at" >= $since and "at" < $at
union
select member_id from snap.stg_tags where "at" >= $since and "at" < $at
union
select member_id
from snap.stg_members
where (joined_at >= $since and joined_at < $at) or (left_at >= $since and left_at < $at)
union
select member_id
from snap.stg_contact_points
where (consented_at >= $since and consented_at < $at)
    or (withdrawn_at >= $since and withdrawn_at < $at)
    or (bound_at >= $since and bound_at < $at)
    or (unbound_at >= $since and unbound_at < $at)
union
select member_id
from snap.stg_consents
where (given_at >= $since and given_at < $at) or (withdrawn_at >= $since and withdrawn_at < $at)
