"""The STAR desk: a table of countries, a regime of one's own, a scenario, an allocation with a project."""

from landbalance.io.star_file import example_countries
from landbalance.registry.star.models import StarProject, StarRegime, StarScenario, StarTable, StarUse
from landbalance.registry.star.question import Question
from landbalance.registry.star.services import keep_project, keep_regime, keep_scenario, keep_table, keep_use
from rooms import World


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make one of each kind of record."""
    mine, actor = {"workspace": world.workspace}, world.keeper
    table = keep_table(actor, StarTable(**mine, name="Countries"), rows=example_countries())
    regime = keep_regime(actor, StarRegime(**mine, name="Ours", base="gef-6"), {"envelope": 20.0, "ceiling": 0.4})
    question = Question(table=str(table.pk), regime=str(regime.pk))
    scenario = keep_scenario(actor, StarScenario(**mine, name="First"), question)
    use = keep_use(actor, StarUse(**mine, iso3="ZZB", regime="gef-8", land=3.0))
    project = keep_project(actor, StarProject(**mine, use=use, title="Terraces", area="land", grant=1.0))
    one = {"code": str(scenario.pk)}
    return {
        "star:data": {"name": "winners", "kind": "csv"},
        "star:table": {"pk": table.pk},
        "star:rows": {"pk": table.pk, "kind": "csv"},
        "star:regime": {"pk": regime.pk},
        "star:scenario": {"pk": scenario.pk},
        "star:edit_scenario": {"pk": scenario.pk},
        "star:compared": {"name": "countries", "kind": "csv"},
        **{f"star:{name}": {"pk": use.pk} for name in ("use", "edit_use", "new_project")},
        "star:project": {"pk": project.pk},
        **{f"api:star-scenarios_{name}": one for name in ("one", "history")},
        "api:star_result": one,
        **{f"api:star-tables_{name}": {"code": str(table.pk)} for name in ("one", "history")},
        **{f"api:star-regimes_{name}": {"code": str(regime.pk)} for name in ("one", "history")},
        **{f"api:star-uses_{name}": {"code": str(use.pk)} for name in ("one", "history")},
        **{f"api:star-projects_{name}": {"code": str(project.pk)} for name in ("one", "history")},
    }
