"""The sheets of strategic objective 5 out of the ledger: money counted once, with the label its marker gives it."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from landbalance.core.dated import dated_values
from landbalance.core.errors import InputError
from landbalance.finance.prices import BASE
from landbalance.finance.so5 import MethodNote, So5Report, columns_of, so5_report
from landbalance.io.rates import packaged_rates
from landbalance.io.so5_workbook import read_so5
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.finance.models import CorrectedSo5
from landbalance.registry.finance.queries import Flows, flows
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User

FLOWS = {"10": "ODA", "21": "OOF", "20": "OOF", "22": "officially_supported_export_credit", "14": "OOF"}
PRIVATE_FLOWS = {"30": "private_development_finance", "36": "private_fdi"}
CHANNELS = {1: "bilateral", 2: "multilateral_core", 4: "multilateral_dldd", 8: "other", 3: "other"}
PRINCIPAL_SHARE = 0.75  # a reviewer's or a budget's share from which support is principal, as the highest budget class
TECHNOLOGY = "rows are marked by hand: the ledger does not tell technology transfer from other support"


def so5_of(actor: "Actor", workspace: Workspace, years: tuple[int, int], plan: pd.DataFrame | None = None) -> So5Report:
    """Return the report of strategic objective 5 for a country that receives.

    Parameters
    ----------
    plan : DataFrame, optional
        Rows of SO5-5.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    found = flows(actor, workspace, by=["year"], perspective="recipient", years=years)
    rows = found.counted.transactions
    rows = _labelled(rows[rows["is_counted"]], workspace)
    kept = rows[rows["type_of_support"] != ""]
    sheets = {
        "SO5-1": _international(kept[kept["source"].isin(("crs", "iati", "aims"))]),
        "SO5-2": _domestic(kept[kept["source"] == "budget"]),
        "SO5-3": _private(kept[kept["source"] == "private"]),
    }
    if plan is not None:
        sheets["SO5-5"] = plan
    return so5_report(sheets, years, _method(found, rows), real=real_factors(years))


def keep_so5(actor: "User", workspace: Workspace, path: Path, years: tuple[int, int], *, name: str) -> CorrectedSo5:
    """Keep a workbook as the country has corrected it; every sheet must be readable and within its closed lists.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If it cannot be read, a sheet or column is missing, or a value is none of its list.
    """
    require(actor, "finance.edit", workspace)
    sheets, note = read_so5(path)
    so5_report(sheets, years, note, real=real_factors(years))
    kept = CorrectedSo5(
        workspace=workspace, name=name[:200], first_year=years[0], last_year=years[1], method=asdict(note),
        sheets={title: rows.to_dict("records") for title, rows in sheets.items()},
    )  # fmt: skip
    kept.save_revision(by=actor)
    record(actor, "finance.so5_kept", kept.name, workspace=workspace)
    return kept


def corrected_workbooks(actor: "Actor", workspace: Workspace) -> "QuerySet[CorrectedSo5]":
    """Return the corrected workbooks a person sees, latest first.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    return CorrectedSo5.objects.for_user(actor).filter(workspace=workspace).select_related("workspace")


def corrected_so5(kept: CorrectedSo5) -> So5Report:
    """Return the report of a corrected workbook."""
    sheets = {name: pd.DataFrame(rows, columns=list(columns_of(name))) for name, rows in kept.sheets.items()}
    return so5_report(sheets, kept.years, MethodNote(**kept.method), real=real_factors(kept.years))


def real_factors(years: tuple[int, int]) -> dict[int, float]:
    """Return the factor of each year to dollars of the last; empty where a deflator is missing."""
    rates = packaged_rates()
    try:
        base = rates.index(BASE, years[1])
        return {year: float(base / rates.index(BASE, year)) for year in range(years[0], years[1] + 1)}
    except InputError:
        return {}


def _labelled(rows: pd.DataFrame, workspace: Workspace) -> pd.DataFrame:
    """Return transactions with title, marker and the label of support; sectors alone give none."""
    from landbalance.registry.finance.models import FlowActivity

    names = ("source_id", "title", "desertification", "coefficient", "method", "flow_type", "tags", "reporter_name")
    facts = pd.DataFrame(
        FlowActivity.objects.filter(workspace=workspace, deleted_at=None).values_list(*names),
        columns=["activity", *names[1:]],
    ).drop_duplicates("activity")
    joined = rows.merge(facts, on="activity", how="left")
    joined["type_of_support"] = [
        support(marker, share, method)
        for marker, share, method in zip(
            joined["desertification"], joined["coefficient"], joined["method"], strict=True
        )
    ]
    return joined


def support(marker: float | None, share: float | None, method: str) -> str:
    """Return the label of support: of a reviewer's or a budget's share, else of the marker; empty without either.

    Examples
    --------
    >>> support(1, 0.4, "marker"), support(None, 0.9, "reviewer"), support(None, 0.1, "sector")
    ('significant', 'principal', '')
    """
    if method in ("reviewer", "budget") and share is not None and share == share:
        return "" if share <= 0 else "principal" if share >= PRINCIPAL_SHARE else "significant"
    if marker is None or marker != marker or marker < 1:
        return ""
    return "significant" if marker == 1 else "principal"


def _common(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the columns all sheets share, one row for each activity and year."""
    return {
        "year": rows["year"].astype(int),
        "title": rows["title"],
        "amount_usd": rows["amount"],
        "sector": [_sector(code) for code in rows["sector"]],
        "type_of_support": rows["type_of_support"],
        "source_id": rows["activity"],
    }


def _international(rows: pd.DataFrame) -> pd.DataFrame:
    """Return SO5-1."""
    made = pd.DataFrame(
        {
            **_common(rows),
            "provider": rows["reporter_name"].where(rows["reporter_name"] != "", rows["provider"]),
            "recipient": rows["receiver"],
            "channel": [CHANNELS.get(code, "") for code in rows["collaboration"]],
            "type_of_flow": [FLOWS.get(code, "") for code in rows["flow_type"]],
            "financial_instrument": [
                _instrument(*pair) for pair in zip(rows["finance_type"], rows["flow_type"], strict=True)
            ],
            "direction": "received",
            "status": "disbursed",
        }
    )
    return _summed(made)


def _domestic(rows: pd.DataFrame) -> pd.DataFrame:
    """Return SO5-2."""
    made = pd.DataFrame(
        {
            **_common(rows),
            "economic_unit": rows["reporter_name"],
            "type_of_flow": "expenditure",
            "status": "disbursed",
        }
    )
    return _summed(made)


def _private(rows: pd.DataFrame) -> pd.DataFrame:
    """Return SO5-3."""
    directions = [tags.get("direction", "").casefold() if isinstance(tags, dict) else "" for tags in rows["tags"]]
    made = pd.DataFrame(
        {
            **_common(rows),
            "provider": rows["reporter_name"],
            "recipient": rows["receiver"],
            "type_of_flow": [PRIVATE_FLOWS.get(code, "other_private_market") for code in rows["flow_type"]],
            "direction": [name if name in ("provided", "domestic") else "received" for name in directions],
        }
    )
    return _summed(made)


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each activity and year."""
    if rows.empty:
        return rows
    keys = [name for name in rows.columns if name != "amount_usd"]
    return rows.groupby(keys, dropna=False, sort=True)["amount_usd"].sum().reset_index()


def _sector(code: object) -> str:
    """Return the sector of the sheet for a DAC purpose or a COFOG group."""
    text = str(code or "")
    heads = {
        "311": "agriculture",
        "312": "forestry",
        "140": "water_sanitation",
        "410": "cross_cutting",
        "430": "cross_cutting",
    }
    cofog = {"04.2.1": "agriculture", "04.2.2": "forestry", "06.3": "water_sanitation", "05": "cross_cutting"}
    for head, name in (*heads.items(), *cofog.items()):
        if text.startswith(head):
            return name
    return "other"


def _instrument(finance: str, flow: str) -> str:
    """Return the instrument for a finance type; loans that are ODA are concessional."""
    if finance.startswith("11") and len(finance) == 3:
        return "grant"
    if finance.startswith("42"):
        return "concessional_loan" if flow == "10" else "non_concessional_loan"
    if finance.startswith("5"):
        return "equity"
    return "guarantee_insurance" if finance.startswith("1100") else "other" if finance else ""


def _method(found: Flows, rows: pd.DataFrame) -> MethodNote:
    """Return the note on method, with what it left out."""
    values = dated_values("finance/parameters")
    principal, significant = values["marker_principal"].value, values["marker_significant"].value
    left = "; ".join(
        f"{rule} {why}: {money:,.0f} USD" for rule, _, money, why in found.counted.by_rule.itertuples(index=False)
    )
    unlabelled = float(rows.loc[rows["type_of_support"] == "", "amount"].sum())
    coverage = "unknown" if found.coverage is None else f"{found.coverage:.1%} of the money was screened"
    return MethodNote(
        perspective=found.counted.perspective,
        measure=found.counted.measure,
        price_base=f"{found.price_base}; trends in constant dollars where the deflator is known",
        coverage=f"{coverage}; {unlabelled:,.0f} USD without marker, reviewed or budget share are not listed",
        coefficients=f"principal {principal:g}, significant {significant:g}"
        " (use of donors, no rule of the Convention); sheets carry full amounts with a label",
        rates=f"{found.without_rate} transactions without an exchange rate are not counted",
        technology=TECHNOLOGY,
        left_out=left or "nothing",
    )
