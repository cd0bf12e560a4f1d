-- Whom the audiences of some occurrences hold now, and which benefits they may have: bit n is the nth.
insert into looks
select
    f.member_id,
    f.joined,
    coalesce(
        ('0x' || substr(md5($global_salt || ':' || f.member_id), 1, 8))::bigint % 10000 < $global_bp
        or ('0x' || substr(md5($campaign_salt || ':' || /*if regions*/ region_name(f.region_of_holdout) /*else*/ f.member_id /*end*/), 1, 8))::bigint % 10000 < $campaign_bp,
        false
    ) as held,
    md5($order_salt || ':' || f.member_id) as order_hash,
    0::bigint /*terms*/ as terms,
    0::bigint /*segments*/ as segments,
    0 /*basket*/ as basket,
    $look as look
    /*masks*/
from (select f.*, null::bigint as points_left /*points*/ /*asked*/ from member_features as f) as f
where not coalesce(f.has_left, false)
    and not coalesce(f.age < $min_age, false)
    and not exists (select 1 from suppressions as s where s.member_id = f.member_id and s.channel is null)
    and (/*any*/)
