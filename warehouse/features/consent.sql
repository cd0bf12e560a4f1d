-- What members last said about messages on a channel, as known at a moment (inclusive): at the contact point or in the
-- consent ledger, whichever came later; of a withdrawal and a consent of one moment the withdrawal counts (B7).
-- The one definition: gates, dispatch and `consented('…')` read it. `members` names a relation with a member_id.
create or replace temp macro consent_at(moment, members) as table
with
    said as (
        select member_id, channel, address, consented_at as given_at, withdrawn_at, true as is_point,
            coalesce(withdrawal_unread, false) as unread
        from snap.stg_contact_points
        where member_id in (select member_id from query_table(members))
        union all
        select member_id, channel, null as address, given_at, withdrawn_at, false as is_point,
            coalesce(withdrawal_unread, false) as unread
        from snap.stg_consents
        where purpose = 'marketing' and member_id in (select member_id from query_table(members))
    ),

    last as (
        select
            member_id,
            channel,
            max(address) as address,
            bool_or(is_point) as has_point,
            -- A withdrawal nobody can read may be later than anything else: one of a contact point holds until the
            -- source says when it was, one of the ledger until a later row of the ledger.
            case
                when bool_or(unread and is_point and withdrawn_at <= moment) then null
                when bool_or(unread and given_at <= moment) then max(given_at) filter (given_at <= moment and not is_point)
                else max(given_at) filter (given_at <= moment)
            end as given_at,
            max(withdrawn_at) filter (withdrawn_at <= moment) as withdrawn_at
        from said
        group by member_id, channel
    )

select
    member_id,
    channel,
    address,
    has_point,
    given_at is not null and (withdrawn_at is null or given_at > withdrawn_at) as consented,
    withdrawn_at is not null and (given_at is null or given_at <= withdrawn_at) as withdrawn
from last;

-- For audiences, which see what lies strictly before as_of; moments have microseconds.
create or replace temp view consent as
select * from consent_at(getvariable('as_of')::timestamp - interval 1 microsecond, 'snap.stg_members');
