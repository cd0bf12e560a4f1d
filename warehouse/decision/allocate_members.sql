-- Members whose plan leaves it open what they have at the slot, the held-out ones among them, and what each option is worth
-- to them: null where it is not open. `able` are the options that are open, as bits, whatever they are worth.
create or replace temp table allocating as
with free as (
    select
        m.member_id,
        f.open,
        k.control is not null as held,
        row_number() over (order by k.order_hash, k.member_id) as fair_order,
        coalesce(o.channels, -1) as channels,
        coalesce(o.benefits, -1) as benefits
    from ahead_places as m
    inner join plan_free as f on f.pattern = m.pattern and m.place between f.first_place and f.last_place
    inner join candidates as k on k.member_id = m.member_id
    left join options as o on o.member_id = m.member_id
    where m.mask_0 /*word*/ & $flag::bigint <> 0 and (o.member_id is not null or k.control is not null)
),
told as (
    select
        a.member_id,
        a.held,
        a.fair_order,
        0::bigint /*able*/ as able
        /*worths*/
    from free as a
    inner join member_features as f on f.member_id = a.member_id
)
select member_id, held, fair_order, able /*values*/ from told
where able <> 0;

create or replace temp table allocating_treated as select * from allocating where not held;

create or replace temp table allocating_held as select * from allocating where held
