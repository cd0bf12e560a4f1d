-- Persons of a play whom one side alone reached, by what the other side decided last about them in that play.
with
    reached as (
        select phase, play, member_id, min(side) as "on"
        from side_contacts
        where not post
        group by phase, play, member_id
        having count(distinct side) = 1
    ),

    last_word as (
        select
            side,
            phase,
            play,
            member_id,
            arg_max(
                case when status = 'chosen' then 'not_sent' else coalesce(reason, status) end,
                (occurrence_at, status)
            ) as reason
        from side_decisions
        semi join reached using (phase, play, member_id)
        group by side, phase, play, member_id
    )

select
    reached.phase,
    reached.play,
    reached."on",
    coalesce(
        last_word.reason,
        case
            when side_plays.play is null then 'no such play'
            when list_contains($unknown, case reached."on" when 'a' then 'b' else 'a' end) then 'not known'
            else 'not in the audience'
        end
    ) as reason,
    count(*) as persons
from reached
left join last_word
    on last_word.phase = reached.phase
    and last_word.play = reached.play
    and last_word.member_id = reached.member_id
    and last_word.side <> reached."on"
left join side_plays
    on side_plays.phase = reached.phase and side_plays.play = reached.play and side_plays.side <> reached."on"
group by all
order by reached.phase, reached.play, reached."on", persons desc, reason
