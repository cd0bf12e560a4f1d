"""Which columns of which feature models a few columns of `member_features` need.

Nine tenths of a decision are features, and a calendar reads a dozen of them. The queries are
parsed once and read by name alone: a column needs every name its expression has, in whatever CTE
that name is made. This may keep a column too many, never one too few.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from warehouse.engines.syntax import columns_read, selects
from warehouse.models.catalogue import MEMBER, Model, facts_model, load_layer


@dataclass(frozen=True, slots=True)
class Step:
    """One model of a build and the columns of it that are wanted, in its order."""

    model: Model
    wanted: tuple[str, ...]


def steps_for(columns: Collection[str] | None = None, models: Sequence[Model] = ()) -> list[Step]:
    """The models to make, in order, for these columns of `member_features` (None: all).

    `models` may be others than the feature layer's own. Raises ValueError for a name that is no column.
    """
    models = models or load_layer("features")
    *_, last = models
    if columns is not None and (unknown := set(columns) - last.columns.keys()):
        raise ValueError(f"member_features has no column {', '.join(sorted(unknown))}")
    if columns is None:
        return [Step(model, tuple(model.columns)) for model in models]
    wanted: dict[str, set[str]] = {last.name: {MEMBER, *columns}}
    steps = []
    for model in reversed(models):
        if model.name not in wanted:
            continue
        mine = wanted[model.name] & model.columns.keys()
        if model.name == "member_facts":
            model = facts_model(models, mine)  # noqa: PLW2901  the same model, narrower
            need, mine = frozenset(mine), set(model.columns)
        else:
            # A whole query has to bind, so only the last and those that pass columns on are read by column.
            single = model is last or model.query.startswith("select *")
            need = needed_names(model.query, frozenset(mine if single else model.columns))
        for other in models:
            if other.name in model.depends_on:
                wanted.setdefault(other.name, {MEMBER}).update(need)
        steps.append(Step(model, tuple(name for name in model.columns if name in mine)))
    return steps[::-1]


def needed_names(query: str, outputs: frozenset[str]) -> frozenset[str]:
    """The names a query needs, at any depth, to give these outputs, and those it always needs."""
    made_of, always = _names(query)
    needed, new = set(outputs), {*outputs, *always}
    while new:
        needed |= new
        new = {name for made in new for name in made_of.get(made, ())} - needed
    return frozenset(needed)


@cache
def _names(query: str) -> tuple[dict[str, set[str]], set[str]]:
    """output name → names in its expression, over all selects; and the names outside of outputs."""
    made_of: dict[str, set[str]] = {}
    always: set[str] = set()
    for select in selects(query):
        for output in select["select_list"]:
            name = output.get("alias") or next(columns_read(output), "")
            made_of.setdefault(name, set()).update(columns_read(output))
        always.update(columns_read([part for key, part in select.items() if key not in {"select_list", "cte_map"}]))
    return made_of, always
