"""One member's rows in a decision file under his pseudonym."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path


def rename_in(path: Path, member_ids: Collection[str], pseudonym: str) -> Path | None:
    """The file written anew beside the old one; None where none of the ids is in it."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    names = [name for name in ("member_id", "person_id") if name in table.column_names]
    ids = pa.array(sorted(member_ids), pa.string())
    found = False
    for name in names:
        column = table[name]
        his = pc.is_in(column.cast(pa.string()), value_set=ids)
        if not pc.any(his).as_py():
            continue
        found = True
        renamed = pc.if_else(his, pa.scalar(pseudonym, pa.string()), column.cast(pa.string()))
        table = table.set_column(table.column_names.index(name), name, renamed)
    if not found:
        return None
    made = path.with_name(f".{path.name}.erasing")
    pq.write_table(table, made, compression="zstd")
    return made
