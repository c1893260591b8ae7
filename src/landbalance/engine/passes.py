"""The passes of a plan: what each sweep over the tiles reads, computes, keeps and counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from landbalance.engine.counting import NATION
from landbalance.engine.plan import Plan, Step, names_of


@dataclass
class Pass:
    """One sweep over the tiles.

    Parameters
    ----------
    level : int
        Which pass it is.
    steps, reductions : list of Step
        Kernels to run, and figures of the whole area to gather.
    counts : bool
        Whether the tables are counted now.
    reads, loads, keeps : list of str
        Layers that are read anew, taken over from earlier passes, and put by for later passes or as rasters.
    """

    level: int
    steps: list[Step] = field(default_factory=list)
    reductions: list[Step] = field(default_factory=list)
    counts: bool = False
    reads: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    keeps: list[str] = field(default_factory=list)


def arrange(plan: Plan, known: set[str] = frozenset()) -> list[Pass]:  # type: ignore[assignment]
    """Return the passes of a plan; reductions in `known` need none."""
    level = plan.passes()
    open_reductions = [step for step in plan.steps if step.indicator.reduction and step.outputs[0] not in known]
    last = max([*level.values(), 0])
    passes = [Pass(number) for number in range(last + 1)]
    for step in plan.steps:
        passes[level[step.outputs[0]]].steps.append(step)
    for step in open_reductions:
        passes[max(level[step.outputs[0]] - 1, 0)].reductions.append(step)
    kept = {name for output in plan.outputs for name in names_of(output.layer)}
    for name in kept:
        passes[level.get(name, last)].keeps.append(name)
    passes[last].counts = bool(plan.tallies)
    for work in passes:
        _place_layers(plan, work, level)
    for work in passes:
        later = {name for other in passes[work.level + 1 :] for name in other.loads}
        work.keeps = sorted({*work.keeps, *(name for name in later if level.get(name) == work.level)})
    return [work for work in passes if work.steps or work.reductions or work.keeps or work.counts]


def _place_layers(plan: Plan, work: Pass, level: Mapping[str, int]) -> None:
    """Fill in what a pass reads anew and what it takes over from earlier passes."""
    needed = {name for step in work.steps for name in step.needs}
    for step in work.reductions:
        wanted = step.indicator.reduction.inputs if step.indicator.reduction else ()
        needed.update(name for key in wanted for name in names_of(step.inputs[key]))
    needed.update(work.keeps)
    if work.counts:
        needed.update(name for tally in plan.tallies for name in tally.needs)
        needed.update(plan.groups[g].layer for tally in plan.tallies for g in tally.groups if g != NATION)
    work.reads = sorted(name for name in needed if name in plan.sources)
    work.loads = sorted(name for name in needed if name in level and level[name] < work.level)
