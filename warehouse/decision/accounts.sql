-- Members in the audience, and those of them who were not told, or who were told less often than others twice.
select
    (select count(*) from candidates) as candidates,
    (
        select count(*)
        from (
            select member_id from candidates
            except all
            select member_id
            from decisions
            where calendar = $calendar and phase = $phase and play = $play and occurrence_at = $at
        )
    ) as missing
