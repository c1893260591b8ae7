"""Charts and tables of finance in the reader's language, by name: shown on pages, handed out as data."""

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from landbalance.finance.needs import Gap
from landbalance.finance.strategy import residual
from landbalance.io.language import LANGUAGES, tongue
from landbalance.registry.finance.picture import OTHERS, Picture
from landbalance.registry.finance.strategy import Screened, Strategy
from landbalance.reporting.charts import Chart
from landbalance.reporting.finance import gap_chart, sankey_chart, subsidy_chart, years_table
from landbalance.reporting.tables import Table
from landbalance.web.finance.templatetags.finance import finance_word

if TYPE_CHECKING:
    from landbalance.reporting.words import Tongue

NAMES = ("gap", "sankey", "subsidies", "years")


def reader() -> "Tongue":
    """Return the language of the reader, as reports speak it."""
    code = (get_language() or "en").split("-")[0]
    return tongue(code if code in LANGUAGES else "en")


def chart_of_gap(found: Gap, strategy: Strategy) -> Chart:
    """Return need, money and gap by year, with what stays open after the strategy."""
    actions = [step.as_action() for step, _score, _money in strategy.steps]
    left = residual(found.years, found.gap, actions) if actions else None
    return gap_chart(found, left, reader())


def chart_of_bands(picture: Picture) -> Chart | None:
    """Return money from funder to use; None without any."""
    rows = picture.frame()
    if rows.empty:
        return None
    rows["source"] = rows["source"].map(finance_word)
    return sankey_chart(rows.replace({OTHERS: _("Others")}), reader())


def chart_of_subsidies(screened: list[Screened]) -> Chart | None:
    """Return subsidies by harm and feasibility; None without any."""
    return subsidy_chart([each.entry.as_entry() for each in screened], reader()) if screened else None


def table_of_years(picture: Picture) -> Table:
    """Return money by year, all of it and what is for land."""
    rows = [(str(e.year), e.amount, e.principal, e.significant, e.scaled) for e in picture.years]
    return years_table(rows, reader())
