-- Nobody refers themselves under another account, and a person was referred once, by whoever came first (A3).
with
    referrals as (
        select
            stored."at",
            stored._file,
            stored._row,
            coalesce(referrers.member_id, stored.referrer_id) as referrer_id,
            coalesce(referred.member_id, stored.referred_id) as referred_id
        from snap.account_referrals as stored
        left join joined as referrers on referrers.account_id = stored.referrer_id
        left join joined as referred on referred.account_id = stored.referred_id
    ),

    placed as (
        select *, row_number() over (partition by referred_id order by "at", _file, _row) as turn
        from referrals
        where referrer_id <> referred_id
    )

select * exclude (turn)
from placed
where turn = 1
