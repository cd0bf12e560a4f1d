/*if by_day*/
-- A local day so many days after that of the event, at a time of that day.
timezone('UTC', timezone($timezone, date_trunc('day', timezone($timezone, timezone('UTC', "at"))) + $after))
/*else*/
"at" + $after
/*end*/
