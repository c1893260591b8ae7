"""What a person says of a project: each table of its file as a form; shares are asked for in per cent."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.core.tables import toml_table
from landbalance.finance.cash_table import BENEFITS, COSTS
from landbalance.finance.windows import windows
from landbalance.io.project_file import ProjectFile
from landbalance.web.projects.templatetags.projects import project_word, question_word

STAKEHOLDERS = ("household", "community", "firm", "government", "global")
TRANCHES = ("grant", "first_loss", "mezzanine", "concessional", "commercial", "equity", "guarantee")
GROUPS = ("ldc", "sids", "africa")
ANSWERS = (("", "–"), ("yes", _("yes")), ("partly", _("partly")), ("no", _("no")))
MARKS = (("", "–"), ("0", _("0: not there")), ("1", _("1: in part")), ("2", _("2: there")))


class Percent(forms.FloatField):
    """A share, asked for in per cent."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 100, "required": False, **more})

    def prepare_value(self, value: Any) -> Any:
        """Return what the form shows."""
        return f"{value * 100:.10g}" if isinstance(value, int | float) else value

    def clean(self, value: Any) -> float | None:
        """Return the share."""
        given = super().clean(value)
        return None if given is None else round(given / 100, 12)


class Amounts(forms.CharField):
    """Amounts by year: one that stays, or one for each year, parted by spaces or lines."""

    def __init__(self, **more: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2, "dir": "ltr", "inputmode": "decimal"})
        super().__init__(**{"widget": widget, "required": False, "max_length": 4000, **more})

    def prepare_value(self, value: Any) -> Any:
        """Return what the form shows."""
        return "  ".join(f"{each:.12g}" for each in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[float]:
        """Return the amounts."""
        words = super().clean(value).replace(";", " ").split()
        try:
            return [float(word.rstrip(",")) for word in words]
        except ValueError as error:
            wrong = next(word for word in words if not _is_number(word.rstrip(",")))
            text = _("“%(word)s” is no number; write 1234.5, amounts parted by spaces.")
            raise forms.ValidationError(text, params={"word": wrong}) from error


class TableForm(forms.Form):
    """One table of the file of a project; `table` is what the file would hold, what is empty left out."""

    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def table(self) -> dict[str, Any]:
        """Return the table."""
        return {name: value for name, value in self.said().items() if value not in (None, "", [])}

    def said(self) -> dict[str, Any]:
        """Return what was said, by key of the table."""
        return {name: value for name, value in self.cleaned_data.items() if name != "expected"}

    @classmethod
    def shown(cls, table: Mapping[str, Any]) -> dict[str, Any]:
        """Return how the form shows a table."""
        return dict(table)

    def merged(self, old: Mapping[str, Any]) -> dict[str, Any]:
        """Return the table with what the file held before and the form does not ask."""
        return {name: value for name, value in old.items() if name not in self.fields} | self.table()


def _words(codes: Sequence[str]) -> list[tuple[str, Any]]:
    """Return codes to choose from, in words."""
    return [(code, project_word(code)) for code in codes]


def _offered(name: str) -> list[str]:
    """Return every code that the windows of the catalogue name."""
    return sorted(set().union(*(getattr(each, name) for each in windows())))


class Chosen(forms.MultipleChoiceField):
    """Some of several codes, each in words; a code of the file that is not offered stays."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, codes: Sequence[str], held: Any) -> None:
        """Offer codes, and those that are held already."""
        kept = held if isinstance(held, list) else []
        self.choices = _words(list(dict.fromkeys([*codes, *kept])))


class AboutForm(TableForm):
    """What a project is and where."""

    id = forms.CharField(label=_("Code"), max_length=40, help_text=_("Small letters, digits and dashes; it stays."))
    title = forms.CharField(label=_("Title"), max_length=300)
    hectares = forms.FloatField(label=_("Hectares"), min_value=0)
    years = forms.IntegerField(
        label=_("Years that are counted"), min_value=1, max_value=100, initial=20,
        help_text=_("Restoration wants 20 or more: its benefits come late."),
    )  # fmt: skip
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="USD", help_text=_("Three letters."))
    price_year = forms.IntegerField(label=_("Prices of the year"), min_value=1990, max_value=2100)
    rate = Percent(label=_("Discount rate [%]"), required=True, min_value=-50, initial=0.10)
    finance_rate = Percent(label=_("Rate at which money is borrowed [%]"), min_value=-50)
    reinvest_rate = Percent(label=_("Rate at which gains are put to work [%]"), min_value=-50)
    drought_share = Percent(label=_("Share of years with drought [%]"))
    dryland = forms.BooleanField(label=_("It lies in dry land"), required=False)
    groups = Chosen(label=_("Groups of countries"), required=False)
    objective = forms.CharField(label=_("Objective"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    problem = forms.CharField(label=_("Problem"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agency = forms.CharField(label=_("Agency"), required=False, max_length=300)
    beneficiaries = forms.IntegerField(label=_("People it serves"), required=False, min_value=0)

    def __init__(self, *given: Any, fixed: str = "", **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["groups"].offer(GROUPS, self.get_initial_for_field(self.fields["groups"], "groups"))  # type: ignore[attr-defined]
        if fixed:
            self.fields["id"].disabled = True

    def clean_currency(self) -> str:
        """Return the currency in capitals."""
        return str(self.cleaned_data["currency"]).upper()


class LineForm(TableForm):
    """One row of the cash table."""

    name = forms.CharField(label=_("Name"), max_length=120)
    category = forms.ChoiceField(label=_("Kind"))
    stakeholder = forms.ChoiceField(label=_("Who pays or gains"), choices=())
    with_amounts = Amounts(
        label=_("With the project"), required=True,
        help_text=_("Of the whole project, years from 0: one amount that stays, or one for each year."),
    )  # fmt: skip
    first_year = forms.IntegerField(label=_("From year"), required=False, min_value=0, max_value=100)
    last_year = forms.IntegerField(label=_("To year"), required=False, min_value=0, max_value=100)
    without_amounts = Amounts(
        label=_("Without the project"), help_text=_("What would be spent or gained on the same land anyway.")
    )
    yearly_loss = Percent(
        label=_("Lost each year without the project [%]"),
        help_text=_("Left empty: as the country's run shows, else nothing."),
    )
    shadow = forms.FloatField(label=_("Factor from market to economic price"), required=False, min_value=0, initial=1)
    drought = Percent(label=_("Lost in a year of drought [%]"))

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        kinds = [(kind, [(f"{kind}:{each}", project_word(each)) for each in codes])
                 for kind, codes in (("cost", COSTS), ("benefit", BENEFITS))]  # fmt: skip
        self.fields["category"].choices = [(project_word(kind), rows) for kind, rows in kinds]  # type: ignore[attr-defined]
        self.fields["stakeholder"].choices = _words(STAKEHOLDERS)  # type: ignore[attr-defined]

    def table(self) -> dict[str, Any]:
        """Return the row."""
        said = self.cleaned_data
        kind, category = said["category"].split(":")
        years = {"first_year": said["first_year"], "last_year": said["last_year"]}
        found = {
            "name": said["name"], "kind": kind, "category": category, "stakeholder": said["stakeholder"],
            "with_project": _path(said["with_amounts"], **years), "shadow": said["shadow"], "drought": said["drought"],
        }  # fmt: skip
        if said["without_amounts"]:
            found["without_project"] = _path(said["without_amounts"], yearly_loss=said["yearly_loss"])
        return {name: value for name, value in found.items() if value is not None}

    def merged(self, old: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row: the form asks for all of it."""
        return self.table()

    @classmethod
    def shown(cls, table: Mapping[str, Any]) -> dict[str, Any]:
        """Return how the form shows a row."""
        with_, without = table["with_project"], table.get("without_project", [])
        found = {**table, "category": f"{table['kind']}:{table['category']}", "with_amounts": _listed(with_)}
        found["without_amounts"] = _listed(without)
        if isinstance(with_, list) and len(with_) == 1:
            found["last_year"] = 0
        if isinstance(with_, dict):
            found |= {name: with_.get(name) for name in ("first_year", "last_year")}
        if isinstance(without, dict):
            found["yearly_loss"] = without.get("yearly_loss")
        return found


class DriverForm(TableForm):
    """What is uncertain, and the lines it multiplies."""

    name = forms.CharField(label=_("Name"), max_length=120)
    shape = forms.ChoiceField(label=_("Distribution"), choices=())
    low = forms.FloatField(label=_("Low"), help_text=_("Factors: 0.8 is 20 % less. Lognormal: the 5th percentile."))
    mode = forms.FloatField(label=_("Most likely"), initial=1)
    high = forms.FloatField(label=_("High"))
    lines = Chosen(label=_("Rows it multiplies"))

    def __init__(self, *given: Any, form: ProjectFile, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["shape"].choices = _words(("triangular", "pert", "lognormal", "uniform"))  # type: ignore[attr-defined]
        self.fields["lines"].choices = [(line.name, line.name) for line in form.line]  # type: ignore[attr-defined]


class TrancheForm(TableForm):
    """One layer of the stack."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind of money"), choices=())
    amount = forms.FloatField(label=_("Amount"), min_value=0)
    rate = Percent(label=_("Yearly rate [%]"), initial=0.0)
    public = forms.BooleanField(label=_("Public money"), required=False, initial=True)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["kind"].choices = _words(TRANCHES)  # type: ignore[attr-defined]


class PartForm(TableForm):
    """The part of a programme that one window pays."""

    window = forms.ChoiceField(label=_("Window"), choices=())
    output = forms.CharField(label=_("What it pays for"), max_length=200)
    amount = forms.FloatField(label=_("Amount [million USD]"), min_value=0)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        names = [(each.id, f"{each.fund}: {each.title}") for each in windows()]
        self.fields["window"].choices = names  # type: ignore[attr-defined]


class AskForm(TableForm):
    """What a project seeks from funds."""

    amount = forms.FloatField(label=_("Amount [million USD]"), min_value=0)
    themes = Chosen(label=_("Themes"))
    instruments = Chosen(label=_("Instruments"))
    readiness = Percent(label=_("How ready it is [%]"))
    risk = forms.ChoiceField(
        label=_("Environmental and social category"), required=False,
        choices=(("", "–"), ("A", "A"), ("B", "B"), ("C", "C")), help_text=_("A is the highest risk."),
    )  # fmt: skip
    entities = Chosen(label=_("Funds with an accredited entity for it"), required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for name in ("themes", "instruments"):
            self.fields[name].offer(_offered(name), self.get_initial_for_field(self.fields[name], name))  # type: ignore[attr-defined]
        funds = sorted({each.fund for each in windows()})
        self.fields["entities"].offer(funds, self.get_initial_for_field(self.fields["entities"], "entities"))  # type: ignore[attr-defined]


class BankForm(TableForm):
    """The questions a bank asks, with a mark each."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for row in toml_table("finance/checklists")["bankability"]:
            hint = _("Stops the project where it is 0.") if row.get("red_flag") else ""
            label = question_word(row["question"])
            self.fields[row["code"]] = forms.TypedChoiceField(
                label=label[:1].upper() + label[1:], choices=MARKS, coerce=int, empty_value=None, required=False,
                help_text=hint,
            )  # fmt: skip


class TransformativeForm(TableForm):
    """The checklist of transformative projects: six groups, an answer to each item."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for row in toml_table("finance/checklists")["transformative"]:
            for place, item in enumerate(row["items"]):
                label = f"{row['code']}. {question_word(item)}"
                self.fields[f"{row['code']}{place}"] = forms.ChoiceField(label=label, choices=ANSWERS, required=False)

    def table(self) -> dict[str, Any]:
        """Return the answers by group."""
        found: dict[str, dict[str, str]] = {}
        for row in toml_table("finance/checklists")["transformative"]:
            given = {item: self.cleaned_data[f"{row['code']}{place}"] for place, item in enumerate(row["items"])}
            found[row["code"]] = {item: answer for item, answer in given.items() if answer}
        return {code: answers for code, answers in found.items() if answers}

    def merged(self, old: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers: the form asks for all of them."""
        return self.table()

    @classmethod
    def shown(cls, table: Mapping[str, Any]) -> dict[str, Any]:
        """Return how the form shows the answers."""
        return {
            f"{row['code']}{place}": table.get(row["code"], {}).get(item, "")
            for row in toml_table("finance/checklists")["transformative"]
            for place, item in enumerate(row["items"])
        }


class CorrelationForm(TableForm):
    """How the uncertain inputs go together."""

    matrix = forms.CharField(
        label=_("Correlations"), required=False, widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr"}),
        help_text=_("A row for each input, in their order, numbers parted by spaces; left empty: independent."),
    )  # fmt: skip

    def clean_matrix(self) -> list[list[float]]:
        """Return the rows."""
        return [Amounts().clean(line) for line in self.cleaned_data["matrix"].splitlines() if line.strip()]

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]]) -> dict[str, Any]:
        """Return how the form shows a matrix."""
        return {"matrix": "\n".join(" ".join(f"{each:g}" for each in row) for row in rows)}


def _path(amounts: list[float], **more: Any) -> Any:
    """Return one amount as a path over the years, several as they are."""
    if len(amounts) != 1:
        return amounts
    return {"value": amounts[0], **{name: value for name, value in more.items() if value is not None}}


def _listed(amounts: Any) -> list[float]:
    """Return amounts as the form shows them."""
    return [amounts["value"]] if isinstance(amounts, dict) else list(amounts)


def _is_number(word: str) -> bool:
    """Return whether a word is a number."""
    try:
        float(word)
    except ValueError:
        return False
    return True
