-- Everybody whom runs of the calendar looked at, once for each play and moment, as the decision files have it. They are read
-- where they are asked: of a million members a day most are left out, and hardly any figure looks at all that is said of
-- them. `member_id` is the person whose account it is now.
create or replace temp view candidates as
select
    d.* replace (/*if persons*/coalesce(m.member_id, d.member_id)/*else*/d.member_id/*end*/ as member_id),
    d.member_id as account_id
from (
    from decision_columns
    /*if files*/
    union all by name
    from read_parquet({files}, union_by_name = true)
    /*end*/
) as d
/*if persons*/
left join {catalog}.member_map as m on m.account_id = d.member_id
/*end*/
