select reason, sum(points) from point_entries group by reason
union all
select 'expire', -sum(points) from point_void where side = 'rules' having count(*) > 0
order by 1
