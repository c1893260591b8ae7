"""`landbalance finance star`: what a country would get by the rules of the GEF, always as a what-if."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say, warn
from landbalance.cli.options import JsonOption

if TYPE_CHECKING:
    from landbalance.finance.desk import CountryInput, Regime, Result

star = typer.Typer(rich_markup_mode=None, add_completion=False, help="What-if of the GEF's allocation among countries.")

WHAT_IF = "what-if: the true inputs are not public; this is never the allocation"
CountriesArgument = Annotated[Path, typer.Argument(help="CSV of countries; columns as in docs/reference/project.md.")]
RegimeOption = Annotated[str, typer.Option(help="gef-5 to gef-9.")]
OwnOption = Annotated[Path | None, typer.Option(help="TOML with values of your own for the regime.")]
PerformanceOption = Annotated[
    float | None, typer.Option(min=1, max=6, help="Assumed of countries that give neither performance nor ratings.")
]
OutOption = Annotated[
    Path | None,
    typer.Option(help="Write it: .html for the whole page; .svg, .csv, .json or .xlsx for the chart or its table."),
]
LanguageOption = Annotated[str, typer.Option(help="Language of what is written: en, fr, es, ar, ru, zh.")]
CeilingOption = Annotated[float | None, typer.Option(min=0, max=1, help="Another ceiling, as a share of the envelope.")]


@star.command()
def allocate(
    countries: CountriesArgument,
    regime: RegimeOption = "gef-8",
    variant: Annotated[str, typer.Option(help="drought-additive, -unexposed, -multiplicative or -factor.")] = "",
    weight: Annotated[float | None, typer.Option(min=0, max=1, help="Weight of drought.")] = None,
    own: OwnOption = None,
    ceiling: CeilingOption = None,
    performance: PerformanceOption = None,
    flexibility: Annotated[
        float | None, typer.Option(min=0, help="USD million: who may move so much between focal areas.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Share out the envelope of a regime among the countries of a table."""
    from landbalance.finance.desk import evenness, share_out

    rules, rows = _given(countries, regime, own, ceiling, performance)
    found = share_out(rules, rows, variant, weight)
    _warn_floors(found)
    even, moves = evenness(found), None if flexibility is None else _moves(found, flexibility)
    if json:
        print_json({**vars(found), "evenness": even, "moves": moves})
        return
    print_table(
        ("country", "group", "benefits", "USD million", "bound"),
        [
            (row.iso3, row.group, f"{gbi:.4f}", f"{amount:,.3f}", pin or "-")
            for row, gbi, amount, pin in zip(
                found.countries, found.benefits, found.allocation.amounts, found.allocation.pins, strict=True
            )
        ],
        right=("benefits", "USD million"),
    )
    if moves is not None:
        print_table(
            ("country", "all areas", "may move", "asked"), _move_rows(moves), right=("all areas", "may move", "asked")
        )
    say(f"inequality (Gini): {even.gini:.3f}; the smaller half of the countries gets {even.smaller_half:.1%}")
    _say_rules(found)


@star.command()
def compare(
    countries: CountriesArgument,
    regime: RegimeOption = "gef-8",
    variant: Annotated[str, typer.Option(help="The variant beside the rules as they are.")] = "drought-additive",
    weight: Annotated[float | None, typer.Option(min=0, max=1, help="Weight of drought.")] = None,
    own: OwnOption = None,
    ceiling: CeilingOption = None,
    performance: PerformanceOption = None,
    out: OutOption = None,
    language: LanguageOption = "en",
    json: JsonOption = False,
) -> None:
    """Show who gains and who loses by a drought variant, and what it does to groups of countries."""
    from landbalance.finance.desk import beside, share_out
    from landbalance.io.star_products import write_winners

    rules, rows = _given(countries, regime, own, ceiling, performance)
    base, other = share_out(rules, rows), share_out(rules, rows, variant, weight)
    _warn_floors(base)
    found = beside(base, other)
    if out is not None:
        write_winners(out, base, other, weight, language)
    if json:
        print_json({"base": base, "variant": other, "comparison": found})
        return
    print_table(
        ("country", "base", "variant", "change", "%"),
        [
            (row.iso3, f"{old:,.3f}", f"{new:,.3f}", f"{new - old:+,.3f}", "-" if part is None else f"{part:+.1%}")
            for row, old, new, part in zip(
                base.countries, base.allocation.amounts, other.allocation.amounts, found.change_share, strict=True
            )
        ],
        right=("base", "variant", "change", "%"),
    )
    for name, (before, after) in found.groups.items():
        say(f"share of {name}: {before:.1%} -> {after:.1%}")
    say(f"inequality (Gini): {found.gini_base:.3f} -> {found.gini_variant:.3f}")
    _say_rules(base)
    if out is not None:
        say(f"wrote {out}")


@star.command()
def sensitivity(
    countries: CountriesArgument,
    regime: RegimeOption = "gef-8",
    own: OwnOption = None,
    ceiling: CeilingOption = None,
    performance: PerformanceOption = None,
    variant: Annotated[str, typer.Option(help="A drought variant, whose weight is moved too.")] = "",
    out: OutOption = None,
    language: LanguageOption = "en",
    json: JsonOption = False,
) -> None:
    """Show how far money moves when each exponent and weight goes 20 % down and up."""
    from landbalance.finance.desk import share_out
    from landbalance.finance.star_sensitivity import sensitivity as swings_of
    from landbalance.io.star_products import write_tornado

    rules, rows = _given(countries, regime, own, ceiling, performance)
    base, found = share_out(rules, rows, variant), swings_of(rules, rows, variant=variant)
    _warn_floors(base)
    if out is not None:
        write_tornado(out, base, found, language)
    if json:
        print_json(found)
        return
    cells = [(each.name, f"{each.moved_low:,.3f}", f"{each.moved_high:,.3f}") for each in found]
    print_table(("what", "-20 %", "+20 %"), cells, right=("-20 %", "+20 %"))
    say("USD million that change hands", WHAT_IF)
    if out is not None:
        say(f"wrote {out}")


@star.command()
def form(
    regime: RegimeOption = "gef-9",
    out: Annotated[Path | None, typer.Option(help="File to write; printed when left out.")] = None,
) -> None:
    """Write the form of a regime: what is known of it, and what is open, to be filled and given with --own."""
    from datetime import date

    from landbalance.core.errors import InputError
    from landbalance.io.files import write_text
    from landbalance.io.star_form import form_text

    text = form_text(regime, date.today())
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists():
        raise InputError("{path} is there already", path=out, hint="name a new file, so that nothing filled is lost")
    write_text(out, text)
    say(f"{out}")


def _rules(name: str, own: Path | None, ceiling: float | None) -> "Regime":
    """Return the regime, with values of one's own."""
    from landbalance.finance.desk import regime
    from landbalance.io.star_form import read_own

    rules = regime(name, read_own(own))
    return rules if ceiling is None else replace(rules, ceiling_share=ceiling)


def _given(
    countries: Path, name: str, own: Path | None, ceiling: float | None, performance: float | None
) -> "tuple[Regime, tuple[CountryInput, ...]]":
    """Return the regime and the inputs of the countries."""
    from landbalance.finance.star_table import inputs_of
    from landbalance.io.star_file import read_countries

    rules = _rules(name, own, ceiling)
    return rules, inputs_of(read_countries(countries), rules, performance=performance)


def _say_rules(found: "Result") -> None:
    """Say by which rules, and which of them nobody has checked."""
    say(f"{found.regime.title}, envelope {found.regime.envelope:,.0f} million; {WHAT_IF}")
    _say_floors(found)
    if assumed := [row.iso3 for row in found.countries if row.is_assumed]:
        say("performance is assumed for " + ", ".join(assumed))
    if found.regime.unverified:
        say("not verified: " + ", ".join(found.regime.unverified))


def _say_floors(found: "Result") -> None:
    """Say which floors hold on all focal areas together, and where they do not, why."""
    floors = found.regime.aggregate_floors
    if not any(floors):
        return
    ldc, sids, other = floors
    said = f"floors on all focal areas together: least developed {ldc:g}, islands {sids:g}, others {other:g} million"
    say(f"{said}; countries at them: {found.at_floor}" if not found.is_without_floors else said)


def _warn_floors(found: "Result") -> None:
    """Warn where the floors of a regime stand on sums that are not given."""
    if found.is_without_floors:
        warn("floors on all focal areas are not applied: fill the columns biodiversity and climate [USD million]")


def _moves(found: "Result", request: float) -> list[dict[str, object]]:
    """Return who may move an amount between focal areas; unknown without the sums of all areas."""
    from landbalance.finance.desk import may_move

    rows: list[dict[str, object]] = []
    for row, total in zip(found.countries, found.totals or [None] * len(found.countries), strict=True):
        said = None if total is None else may_move(found.regime, total, request)
        is_allowed, most = said or (None, None)
        rows.append({"iso3": row.iso3, "total": total, "most": most, "asked": request, "is_allowed": is_allowed})
    return rows


def _move_rows(moves: list[dict[str, object]]) -> list[tuple[str, ...]]:
    """Return the cells of the table of moves; a dash for what is not known."""
    words = {True: "yes", False: "no", None: "-"}
    return [
        (
            str(move["iso3"]),
            *("-" if move[name] is None else f"{move[name]:,.3f}" for name in ("total", "most")),
            words[move["is_allowed"]],  # type: ignore[index]
        )
        for move in moves
    ]
