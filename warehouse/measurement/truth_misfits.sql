-- Members of the snapshot that no generated store has, and orders of the truth that the snapshot should hold and does not.
select
    (
        select count(*) from snap.stg_members
        where not regexp_full_match(member_id, 'm[0-9]{8}') and member_id not like 'm-%'
    ) + (
        select count(distinct t.order_id) from truth_rows as t
        left join snap.stg_orders as o on o.order_id = t.order_id
        where t.what in ('caused', 'used') and t.order_id is not null and o.order_id is null and t.paid_at < $known_at
    ) as misfits
