-- Whoever invited their own other account invited nobody.
with
    invitations as (
        select
            stored."at",
            stored.invitation_id,
            stored._file,
            stored._row,
            coalesce(inviters.member_id, stored.inviter_id) as inviter_id,
            coalesce(invited.member_id, stored.invited_id) as invited_id
        from snap.account_invitations as stored
        left join joined as inviters on inviters.account_id = stored.inviter_id
        left join joined as invited on invited.account_id = stored.invited_id
    )

from invitations
where inviter_id is distinct from invited_id
