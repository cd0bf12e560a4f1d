select count(*)
from snap.stg_points
where "at" < $as_of and kind = 'earn'
    and (expires_at is null or abs(epoch_us(expires_at) - epoch_us("at") - $valid_us) >= 86400000000)
