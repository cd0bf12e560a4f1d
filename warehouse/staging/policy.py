"""What the settings of a source say about its rules: which of them hold, and how many rows may break each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import suggestion
from warehouse.models.catalogue import Expectation, Model, load_layer
from warehouse.sources.catalogue import SourceSpec
from warehouse.sources.matching import rules_of
from warehouse.staging.rejects import READING_RULES


@dataclass(frozen=True)
class Policy:
    """Of one source: `tolerances` of rules (basis points) in place of their own, and whether it expects `guests`."""

    tolerances: Mapping[str, int] = field(default_factory=dict)
    guests: bool = False

    def adjusted(self, model: Model) -> Model:
        """The model with the rules that hold for the source, each with its tolerance."""
        rules = tuple(
            rule.model_copy(update={"tolerance": self.tolerances.get(rule.rule, rule.tolerance)})
            for rule in model.expectations
            if self._holds(rule)
        )
        return model.model_copy(update={"expectations": rules})

    def _holds(self, rule: Expectation) -> bool:
        return self.guests if rule.given == "guests" else not (self.guests and rule.unless == "guests")


def policies_of(sources: Sequence[SourceSpec], base_dir: Path) -> dict[str, Policy]:
    """The policy of each dataset's source: what its map tolerates, and above it what its settings say.

    UsageError: a tolerance of a rule that does not exist or counts no rows.
    """
    maps = {spec.dataset: rules_of(spec, base_dir) for spec in sources}
    for spec in sources:
        known = [*_rules(spec.dataset), *READING_RULES]
        stated = dict.fromkeys(maps[spec.dataset].tolerances, f"{spec.mapping}.yaml: datasets.{spec.dataset}")
        for name, where in {**stated, **dict.fromkeys(spec.tolerances, spec.section)}.items():
            if name not in known:
                place = f"{where}.tolerances.{name}"
                raise UsageError(
                    (f"{place}: {spec.dataset} has no such rule", f"{place}：{spec.dataset} 没有这条规则"),
                    suggestion(name, known),
                )
    return {
        spec.dataset: Policy(
            {**maps[spec.dataset].tolerances, **spec.tolerances}, guests=maps[spec.dataset].guests is not False
        )
        for spec in sources
    }


def _rules(dataset: str) -> list[str]:
    """Rules about rows, of which a share may break them."""
    return [
        rule.rule
        for model in load_layer("staging")
        if model.dataset == dataset
        for rule in model.expectations
        if rule.expect != "row_count"
    ]
