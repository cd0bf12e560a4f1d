-- What members last said about messages on a channel, as known at a moment (inclusive): at the contact point or in the
-- consent ledger, whichever came later; of a withdrawal and a consent of one moment the withdrawal counts (B7).
-- A withdrawal that stands holds for the address, so for every member who has it, until that member consents later.
-- The one definition: gates, dispatch and `consented('…')` read it. `members` names a relation with a member_id.
-- A contact point of a group or an assistant holds from its binding to its end.
create or replace temp macro implied(of_channel, member, bp) as
    bp >= 10000
    or (bp > 0 and ('0x' || substr(md5('reach:' || of_channel || ':' || member), 1, 8))::bigint % 10000 < bp);

create or replace temp macro consent_at(moment, members) as table
with
    asked as (
        select member_id from query_table(members)
        union
        select others.member_id
        from shared_addresses as own
        inner join shared_addresses as others
            on others.channel = own.channel and others.address_key = own.address_key
        where own.member_id in (select member_id from query_table(members))
    ),

    said as (
        select member_id, channel, address, consented_at as given_at, withdrawn_at, true as is_point,
            coalesce(withdrawal_unread, false) as unread,
            coalesce(bound_at <= moment, true) and coalesce(unbound_at > moment, true) as holds
        from snap.stg_contact_points
        where member_id in (select member_id from asked)
        union all
        select member_id, channel, null as address, given_at, withdrawn_at, false as is_point,
            coalesce(withdrawal_unread, false) as unread, false as holds
        from snap.stg_consents
        where purpose = 'marketing' and member_id in (select member_id from asked)
    ),

    last as (
        select
            member_id,
            channel,
            max(address) filter (holds) as address,
            bool_or(holds) as has_point,
            -- A withdrawal nobody can read may be later than anything else: one of a contact point holds until the
            -- source says when it was, one of the ledger until a later row of the ledger.
            case
                when bool_or(unread and is_point and withdrawn_at <= moment) then null
                when bool_or(unread and given_at <= moment) then max(given_at) filter (given_at <= moment and not is_point)
                else max(given_at) filter (given_at <= moment)
            end as given_at,
            max(withdrawn_at) filter (withdrawn_at <= moment) as withdrawn_at,
            bool_or(unread and is_point and withdrawn_at <= moment) as without_end
        from said
        group by member_id, channel
    ),

    -- What the others who have the address withdrew and have not given again.
    theirs as (
        select
            own.member_id,
            own.channel,
            max(case when last.without_end then timestamp 'infinity' else last.withdrawn_at end) as withdrawn_at
        from shared_addresses as own
        inner join shared_addresses as others
            on others.channel = own.channel and others.address_key = own.address_key and others.member_id <> own.member_id
        inner join last on last.member_id = others.member_id and last.channel = others.channel
        where last.withdrawn_at is not null and (last.given_at is null or last.given_at <= last.withdrawn_at)
        group by own.member_id, own.channel
    ),

    heard as (
        select last.* replace (greatest(last.withdrawn_at, theirs.withdrawn_at) as withdrawn_at)
        from last
        left join theirs on theirs.member_id = last.member_id and theirs.channel = last.channel
        where last.member_id in (select member_id from query_table(members))
    )

select
    member_id,
    channel,
    address,
    has_point,
    given_at is not null and (withdrawn_at is null or given_at > withdrawn_at) as consented,
    withdrawn_at is not null and (given_at is null or given_at <= withdrawn_at) as withdrawn
from heard;

-- For audiences, which see what lies strictly before as_of; moments have microseconds.
create or replace temp view consent as
select * from consent_at(getvariable('as_of')::timestamp - interval 1 microsecond, 'snap.stg_members');
