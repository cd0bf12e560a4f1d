"""A large table of PostgreSQL in ranges of its pages, read by several connections at once.

One connection leaves the processors idle: server and client wait for each other. The ranges come out in the
order of the table, so that its rows have the same numbers whoever was quicker.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from warehouse.sources.typed import quoted

T = TypeVar("T")
_PAGES = 256
"""2 MB of a table: two ranges in work and two that wait are little beside the memory of a refresh."""
_FEWEST = 4096
# Only an ordinary table that we may read as a whole has pages of its own: not a view, nor one with parts or heirs.
_KNOWN = """
select case when current_setting('server_version_num')::int >= 140000 and relkind in ('r', 'm') and not relhassubclass
        and amname = 'heap' and has_table_privilege(pg_class.oid, 'select')
    then pg_relation_size(pg_class.oid) / current_setting('block_size')::int else 0 end
from pg_class left join pg_am on pg_am.oid = relam
where pg_class.oid = '{table}'::regclass
"""


def page_ranges(cursor: Any, table: str) -> list[str]:
    """Conditions that share the rows of a table out in its order; none where it is small or cannot be shared out."""
    cursor.execute(_KNOWN.format(table=table_name(table).replace("'", "''")))
    pages = int((cursor.fetchone() or (0,))[0])
    if pages < _FEWEST:
        return []
    starts = [*range(0, pages, _PAGES)]
    # The last range is open: what came since the pages were counted stands behind them.
    ends = [f" and ctid < '({end},0)'" for end in starts[1:]] + [""]
    return [f"ctid >= '({start},0)'{end}" for start, end in zip(starts, ends, strict=True)]


def shared_snapshot(cursor: Any) -> str:
    """The name by which another transaction sees what this one sees."""
    cursor.execute("select pg_export_snapshot()")
    return str(cursor.fetchone()[0])


def side_by_side(
    cursors: Sequence[Any], statements: Sequence[str], read: Callable[[Any, str], T]
) -> Generator[T, None, None]:
    """What `read` gives for each statement, in their order; every cursor works on one statement at a time.

    So many are read ahead as there are cursors. What reading raises is raised here.
    """
    free = deque(cursors)

    def taken(statement: str) -> T:
        cursor = free.popleft()
        try:
            return read(cursor, statement)
        finally:
            free.append(cursor)

    with ThreadPoolExecutor(len(cursors)) as hands:
        coming: deque[Future[T]] = deque()
        try:
            for statement in statements:
                coming.append(hands.submit(taken, statement))
                if len(coming) > len(cursors):
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for waiting in coming:
                waiting.cancel()


def table_name(name: str) -> str:
    """`schema.table` as identifiers."""
    return ".".join(quoted(part) for part in name.split("."))
