-- Of the chain of gates only those are kept that a figure is told by: it is most of what a decision says, and of a million
-- candidates a day nothing else would fit into memory.
insert into decisions by name
select
    * replace (
        case
            when contains(chain, ':no_contact_point') or contains(chain, ':no_consent')
                then array_to_string(
                    list_filter(
                        string_split(chain, ' > '),
                        lambda gate: split_part(gate, ':', 2) in ('no_contact_point', 'no_consent')
                    ),
                    ' > '
                )
        end as chain
    )
from read_parquet($files, union_by_name = true)
