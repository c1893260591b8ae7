"""The kinds of work that can be asked for: one table."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """A kind of work.

    Parameters
    ----------
    title : str
        What people call it, to be translated.
    does : str
        The function that does it, as `module:function`: it takes the task (its "folder" is the workspace, "out" the
        folder of products, yet to be made, "options" what was asked, "threads") and where to tell how far it is, and
        returns a small answer. Files it names under "products", relative to "out", can be fetched.
    ask, view : str
        What a person must be allowed to do to ask for it, and to see it.
    page : str
        Name of the address that shows it, which takes the workspace and the key of the job.
    has_database : bool
        Whether it works on records: its process may then open the database.
    memory_bytes : int
        Memory its process may take; no limit of its own when 0. Set where it opens what came from outside.
    """

    title: str | Promise
    does: str
    ask: str
    view: str
    page: str = "jobs:show"
    has_database: bool = False
    memory_bytes: int = 0


ENGINE = "landbalance.engine.analyses:"
PACKS = "landbalance.engine.pack_work:"
FINANCE = "landbalance.registry.finance.work:"
DROUGHT = "landbalance.engine.drought.analyses:"
KINDS: Mapping[str, Kind] = {
    "balance": Kind(
        _("Balance of gains and losses"), ENGINE + "balance", "balance.plan", "balance.view", "balance:show"
    ),
    "plan": Kind(_("Plan"), ENGINE + "plan", "balance.plan", "balance.view", "balance:plan"),
    "scenario": Kind(_("Scenario"), ENGINE + "scenario", "balance.plan", "balance.view", "balance:effect"),
    "flows.check": Kind(
        _("Reading of a file of flows"), FINANCE + "check", "finance.import", "finance.import", "finance:staged", True
    ),
    "flows.take": Kind(
        _("Import of flows"), FINANCE + "take", "finance.import", "finance.import", "finance:taken", True
    ),
    "flows.search": Kind(
        _("Search for doubles"), FINANCE + "search", "finance.review", "finance.view", "finance:searched", True
    ),
    "flows.chapter": Kind(
        _("Chapter on finance"), FINANCE + "chapter", "finance.view", "finance.view", has_database=True
    ),
    "flows.count": Kind(
        _("Count of flows"), FINANCE + "count", "finance.view", "finance.view", "finance:counted", True
    ),
    "projects.loss": Kind(
        _("Yearly loss of land"),
        "landbalance.registry.projects.work:loss",
        "projects.edit",
        "projects.view",
        "projects:lost",
        has_database=True,
    ),
    "drought": Kind(_("Drought monitor"), DROUGHT + "watch", "runs.start", "drought.work", "drought:work"),
    "drought-test": Kind(
        _("Back-test of a trigger"), DROUGHT + "backtest", "runs.start", "drought.work", "drought:work"
    ),
    "drought-mail": Kind(
        _("Bulletins by e-mail"),
        "landbalance.registry.drought.mail:send_bulletins",
        "drought.issue",
        "drought.work",
        "drought:work",
        has_database=True,
    ),
    "rangeland": Kind(_("Rangelands and herds"), DROUGHT + "rangeland", "runs.start", "drought.work", "drought:work"),
    "packs.build": Kind(_("Building of a pack"), PACKS + "build", "packs.build", "packs.view", "packs:work"),
    "packs.export": Kind(_("Export of a pack"), PACKS + "export", "packs.build", "packs.view", "packs:work"),
    "packs.import": Kind(
        _("Import of a pack"), PACKS + "take_in", "packs.build", "packs.view", "packs:work", memory_bytes=4 << 30
    ),
    "packs.compare": Kind(
        _("Comparison of two layers"), PACKS + "differ", "packs.build", "packs.view", "packs:difference"
    ),
}
