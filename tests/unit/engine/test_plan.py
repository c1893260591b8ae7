"""A plan knows what depends on what."""

from dataclasses import replace

import pytest

from landbalance.core.errors import RuleError
from landbalance.engine.plan import Plan, check_names
from landbalance.engine.reading import run_source
from unit.engine import invented_plan as invented


def prints(plan: Plan, version: str = "1") -> dict[str, str]:
    return plan.fingerprints(ground="grid", version=version)


def with_share(plan: Plan, share: float) -> Plan:
    steps = tuple(replace(step, parameters={"share": share}) if step.parameters else step for step in plan.steps)
    return replace(plan, steps=steps)


def test_a_parameter_changes_only_what_depends_on_it() -> None:
    plan = invented.make_plan()

    before, after = prints(plan), prints(with_share(plan, 0.7))

    assert {name for name in before if before[name] != after[name]} == {"class"}


def test_an_input_changes_all_that_depends_on_it() -> None:
    plan = invented.make_plan()
    other = replace(plan, sources={**plan.sources, "series": replace(plan.sources["series"], fingerprint="series-2")})

    before, after = prints(plan), prints(other)

    assert {name for name in before if before[name] != after[name]} == {"series", "mean", "class", "odd"}


def test_code_version_and_grid_are_part_of_every_computed_layer() -> None:
    plan = invented.make_plan()

    assert prints(plan)["mean"] != prints(plan, version="2")["mean"]
    assert prints(plan)["series"] != plan.fingerprints(ground="other", version="1")["series"]


def test_a_stored_layer_stands_in_for_its_steps() -> None:
    plan = invented.make_plan()
    stored = {"class": run_source("class", "class.tif", "int8", "x")}

    part = plan.cut(plan.tallies[:1], (), stored)

    assert sorted(part.sources) == ["class", "halves", "series"]
    assert [step.indicator.id for step in part.steps] == ["odd"]


def test_nothing_wanted_leaves_nothing_to_do() -> None:
    part = invented.make_plan().cut((), (), {})

    assert not part.steps
    assert not part.sources


def test_a_step_without_its_input_is_refused() -> None:
    plan = invented.make_plan()

    with pytest.raises(RuleError, match="mean reads series"):
        check_names((), plan.steps)
