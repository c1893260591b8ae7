"""Forms of targets and actions; what they refuse is what a file would be refused for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import BaseModel

from landbalance.core.errors import InputError
from landbalance.io.action_rows import ActionRow
from landbalance.io.shapes import Drawn, read_shapes
from landbalance.io.target_rows import TargetRow, cell_of
from landbalance.registry.codes import choices
from landbalance.registry.spoken import spoken
from landbalance.web.records.forms import Groups, RowForm
from landbalance.web.targets.groups_field import GroupsField

DIRECTIONS = (
    ("increase", _("goes up")),
    ("decrease", _("goes down")),
    ("at_least", _("is at least")),
    ("at_most", _("is at most")),
    ("keep", _("stays")),
)
RELATIVE = (
    ("absolute", _("the value itself")),
    ("percent_of_start", _("per cent of the start value")),
    ("percentage_point", _("percentage points more or less")),
)
SEMANTICS = (
    ("exact", _("the land that is promised")),
    ("envelope", _("the shape inside which the work happens")),
)
UNITS = (("ha", _("hectares")), ("km2", _("square kilometres")))
LINES = _("One a line.")


def _line(label: Any, *, hint: Any = "", required: bool = False) -> forms.CharField:
    """Return a field of one line."""
    return forms.CharField(label=label, help_text=hint, required=required)


def _text(label: Any, *, hint: Any = "", rows: int = 3) -> forms.CharField:
    """Return a field of several lines."""
    return forms.CharField(label=label, help_text=hint, required=False, widget=forms.Textarea(attrs={"rows": rows}))


def _number(label: Any, *, hint: Any = "") -> forms.CharField:
    """Return a field for a number; it takes any text, so that nothing typed is lost, and says what is wrong."""
    attributes = {"inputmode": "decimal", "class": "short"}
    return forms.CharField(label=label, help_text=hint, required=False, widget=forms.TextInput(attrs=attributes))


def _choice(label: Any, options: Any, *, hint: Any = "", required: bool = False) -> forms.ChoiceField:
    """Return a field of one choice."""
    return forms.ChoiceField(label=label, choices=options, help_text=hint, required=required)


def _several(label: Any, options: Any, *, hint: Any = "") -> forms.MultipleChoiceField:
    """Return a field of several choices."""
    boxes = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(label=label, choices=options, help_text=hint, required=False, widget=boxes)


def _truth(label: Any, *, hint: Any = "") -> forms.BooleanField:
    """Return a field to tick."""
    return forms.BooleanField(label=label, help_text=hint, required=False)


class ShapeForm(RowForm):
    """A form with an area: drawn on the map, typed, or sent as a file; leaving it empty leaves the area as it is."""

    pieces: tuple[Drawn, ...] | None = None

    shape = forms.CharField(
        label=_("Area on the map"),
        required=False,
        help_text=_("Draw it, or paste GeoJSON, WKT, or points: one a line, longitude then latitude."),
        widget=forms.Textarea(attrs={"rows": 4, "data-map-draw": "", "spellcheck": "false", "dir": "ltr"}),
    )
    shape_file = forms.FileField(
        label=_("Area from a file"), required=False, help_text=_("GeoJSON, GeoPackage or zipped shapefile.")
    )
    drop_shape = forms.BooleanField(label=_("Take the area away"), required=False)

    def clean_shape(self) -> str:
        """Read the area that was drawn or typed."""
        text = str(self.cleaned_data["shape"])
        if text.strip():
            try:
                self.pieces = read_shapes(text)
            except InputError as error:
                raise forms.ValidationError(spoken(error)) from error
        return text

    def clean_shape_file(self) -> Any:
        """Read the area that was sent, in the quarantine."""
        sent = self.cleaned_data["shape_file"]
        if sent:
            from landbalance.web.targets.uploads import pieces_of

            try:
                self.pieces = pieces_of(sent)
            except InputError as error:
                raise forms.ValidationError(spoken(error)) from error
        return sent

    def hidden(self) -> list[tuple[str, str]]:
        """Return everything typed; an area from a file goes on as text."""
        pairs = super().hidden()
        if not self.files or not self.pieces:
            return pairs
        import shapely

        area = shapely.GeometryCollection([each.geometry for each in self.pieces])
        return [*(pair for pair in pairs if pair[0] != "shape"), ("shape", shapely.to_geojson(area))]

    def clean_drop_shape(self) -> bool:
        """Take the area away when asked to, unless a new one was given."""
        if self.cleaned_data["drop_shape"] and self.pieces is None:
            self.pieces = ()
        return bool(self.cleaned_data["drop_shape"])


class TargetForm(ShapeForm):
    """What a target promises."""

    row_model = TargetRow
    groups: Groups = (
        (_("The promise"), ("code", "title", "text", "language", "target_type", "scope", "is_ldn", "process")),
        (
            _("How much, by when"),
            (
                *("declared_area", "area_unit", "reached_before", "indicator", "unit", "direction", "start_value"),
                *("start_year", "target_value", "relative", "target_year", "milestones", "tolerance", "failure"),
                *("confidence_low", "confidence_high"),
            ),
        ),
        (
            _("Where"),
            (
                *("spatial_mode", "location", "shape", "shape_file", "drop_shape", "area_semantics", "land_types"),
                *("parts", "ecosystems", "hotspots"),
            ),
        ),
        (_("How"), ("responses", "targeted_actions", "drivers", "baseline", "has_bau_check")),
        (_("Who and with what money"), ("lead", "partners", "need_usd", "secured_usd", "finance_sources")),
        (
            _("Agreement"),
            (
                *("participation_record", "legal_basis", "endorsement_body", "endorsement_level", "endorsement_date"),
                *("endorsement_document", "foresees_net_loss", "net_loss_justification"),
            ),
        ),
        (
            _("Rights"),
            (
                "beneficiary_groups",
                "gender_lens",
                "tenure_note",
                "touches_indigenous_land",
                "fpic_records",
                "data_licence",
            ),
        ),
        (_("Links to other plans"), ("links", "sdg_rank")),
    )

    code = _line(_("Code"), required=True, hint=_("Short and lasting, such as T1. It never changes."))
    title = _line(_("Title"), required=True)
    text = _text(_("Text"), hint=_("The target in a sentence: amount, place, year and action."))
    language = _choice(_("Language of the text"), [], required=True)
    target_type = _choice(_("Type"), [], required=True, hint=_("The type says how progress is measured."))
    scope = _choice(_("Whom it binds"), [], required=True)
    is_ldn = _truth(_("Part of land degradation neutrality"))
    process = _choice(_("Process it was set under"), [], required=True)
    declared_area = _number(_("Area promised"))
    area_unit = _choice(_("Unit of areas"), UNITS, required=True)
    reached_before = _number(
        _("Reached before this revision"),
        hint=_("Only when a revision promises what was left: the part reached before, in the same unit."),
    )
    indicator = _line(_("Indicator"), hint=_("In words, or the name of a figure of a run, such as sdg.headline.share."))
    unit = _line(_("Unit"))
    direction = _choice(pgettext_lazy("of a value", "The value"), DIRECTIONS, required=True)
    start_value = _number(_("Start value"))
    start_year = _number(_("Start year"))
    target_value = _number(_("Target value"))
    relative = _choice(_("The target value is"), RELATIVE, required=True)
    target_year = _number(_("Target year"))
    milestones = _text(_("Milestones"), hint=_("One a line: year=value, such as 2028=50."), rows=2)
    tolerance = _number(_("Tolerance"), hint=_("For a target that keeps or halts: what still counts as held."))
    failure = _number(_("Fall that counts as failure"))
    confidence_low = _number(_("Low end of the range"))
    confidence_high = _number(_("High end of the range"))
    spatial_mode = _choice(_("How it says where"), [], required=True)
    location = _text(_("Place in words"), rows=2)
    area_semantics = _choice(_("The area on the map is"), SEMANTICS, required=True)
    land_types = _text(_("Land types"), hint=LINES, rows=2)
    parts = _text(_("Areas by land type"), hint=_("One a line: land type=area, in the unit of areas."), rows=2)
    ecosystems = _text(_("Ecosystem groups"), hint=LINES, rows=2)
    hotspots = _text(_("Hotspots"), hint=LINES, rows=2)
    responses = _several(_("Responses"), [], hint=_("Avoid comes before reduce, reduce before reverse."))
    targeted_actions = _several(_("Targeted actions"), [])
    drivers = _text(_("Drivers it fights"), hint=LINES, rows=2)
    baseline = _line(_("Baseline"), hint=_("The assessment it is measured against, such as the name of a run."))
    has_bau_check = _truth(_("Held against business as usual"))
    lead = _line(_("Body that leads"))
    partners = _text(_("Partners"), hint=LINES, rows=2)
    need_usd = _number(_("Money needed [USD]"))
    secured_usd = _number(_("Money secured [USD]"))
    finance_sources = _text(_("Sources of money"), rows=2)
    participation_record = _line(_("Record of participation"), hint=_("Who took part in setting it, when and how."))
    legal_basis = _text(_("Legal basis"), rows=2)
    endorsement_body = _line(_("Endorsed by"))
    endorsement_level = _choice(_("Level of endorsement"), [])
    endorsement_date = forms.CharField(
        label=_("Date of endorsement"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    endorsement_document = _line(_("Document of endorsement"))
    foresees_net_loss = _truth(_("Losses are foreseen to exceed gains"))
    net_loss_justification = _text(_("Why a net loss is justified"), rows=2)
    beneficiary_groups = GroupsField()
    gender_lens = _text(_("Women and men"), hint=_("How it reaches both."), rows=2)
    tenure_note = _text(_("Land tenure"), rows=2)
    touches_indigenous_land = _truth(_("Touches land of indigenous peoples"))
    fpic_records = _text(_("Records of consent"), hint=LINES, rows=2)
    data_licence = _choice(_("Licence of the data"), [], required=True)
    links = _text(
        _("Links to other plans"),
        hint=_("One a line: framework:element:relation:degree, such as gbf:2:contributes_to:high."),
        rows=3,
    )
    sdg_rank = _text(_("SDGs by rank"), hint=_("The most important first, five at most."), rows=2)

    def __init__(self, *args: Any, fixed_code: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        from django.conf import settings

        lists = {"target_type": "target_types", "scope": "target_scopes", "spatial_mode": "spatial_modes"}
        lists |= {"process": "target_processes", "data_licence": "data_licences", "responses": "responses"}
        lists |= {"targeted_actions": "targeted_actions"}
        for name, list_id in lists.items():
            self.fields[name].choices = choices(list_id)  # type: ignore[attr-defined]
        self.fields["endorsement_level"].choices = choices("endorsement_levels", empty="–")  # type: ignore[attr-defined]
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        self.fixed = {}
        if fixed_code:
            self.fixed = {"code": fixed_code}
            del self.fields["code"]


class RevisionForm(TargetForm):
    """What a target promises from now on, and why."""

    groups: Groups = ((_("Why it is revised"), ("revision_reason", "revision_text")), *TargetForm.groups)

    revision_reason = _choice(_("Reason"), [], required=True)
    revision_text = forms.CharField(label=_("In your words"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["revision_reason"].choices = choices("revision_reasons")  # type: ignore[attr-defined]


class ActionForm(ShapeForm):
    """What is done on the ground."""

    row_model = ActionRow
    groups: Groups = (
        (_("The action"), ("code", "title", "text", "targets", "group", "measures", "practice_code", "governance")),
        (
            _("When and where"),
            ("start_date", "end_date", "planned_ha", "location", "shape", "shape_file", "drop_shape"),
        ),
        (_("Money"), ("cost_usd", "funding_source", "fund_name")),
        (_("People"), ("beneficiaries", "beneficiary_groups", "monitoring", "consent_record", "intensity")),
    )

    code = _line(_("Code"), required=True, hint=_("Short and lasting, such as A1. It never changes."))
    title = _line(_("Title"), required=True)
    text = _text(_("What is done"))
    targets = _text(_("Targets it serves"), hint=_("Their codes, one a line."), rows=2)
    group = _choice(_("Group of practices"), [])
    measures = _several(_("Measures"), [])
    practice_code = _line(_("Code of the practice"), hint=_("Its number in the WOCAT database, if it has one."))
    governance = _several(_("Measures of governance"), [])
    intensity = _choice(_("Intensity of restoration"), [])
    location = _text(_("Place in words"), rows=2)
    start_date = forms.CharField(label=_("Begins"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end_date = forms.CharField(label=_("Ends"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    planned_ha = _number(_("Planned [ha]"))
    cost_usd = _number(_("Cost [USD]"))
    funding_source = _choice(_("Source of money"), [])
    fund_name = _line(_("Fund or budget line"))
    beneficiaries = _text(_("Who benefits"), rows=2)
    beneficiary_groups = GroupsField()
    monitoring = _text(_("How it is followed up"), rows=2)
    consent_record = _line(_("Record of consent"))

    def __init__(self, *args: Any, fixed_code: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        for name, list_id in (("measures", "slm_measures"), ("governance", "governance_measures")):
            self.fields[name].choices = choices(list_id)  # type: ignore[attr-defined]
        lists = {"group": "slm_groups", "intensity": "restoration_intensity", "funding_source": "funding_sources"}
        for name, list_id in lists.items():
            self.fields[name].choices = choices(list_id, empty="–")  # type: ignore[attr-defined]
        self.fixed = {}
        if fixed_code:
            self.fixed = {"code": fixed_code}
            del self.fields["code"]


class ProgressForm(forms.Form):
    """The area done by a day."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    done_ha = forms.FloatField(label=_("Done by then, in all [ha]"), min_value=0)
    note = forms.CharField(label=_("Note"), required=False)


class AssessmentForm(forms.Form):
    """What is known of a target in a year."""

    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    value = forms.FloatField(label=_("Value of the indicator"), required=False)
    low = forms.FloatField(label=_("Low end of the range"), required=False)
    high = forms.FloatField(label=_("High end of the range"), required=False)
    outcome_km2 = forms.FloatField(label=_("Land that improved [km²]"), required=False, min_value=0)
    source = forms.CharField(label=_("Source"))


class SetForm(forms.Form):
    """Targets that are adopted together."""

    title = forms.CharField(label=_("Title"), max_length=300)
    cycle = forms.CharField(label=_("Cycle"), max_length=40, required=False)
    act = forms.CharField(label=_("Act of adoption"), max_length=300, required=False)
    act_date = forms.DateField(
        label=_("Date of the act"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class FileForm(forms.Form):
    """A file of targets."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, Excel (XLSX), GeoJSON or GeoPackage. An export shows which columns there are."),
    )


def blank(model: type[BaseModel]) -> dict[str, Any]:
    """Return what a new record begins with."""
    fields = ((name, field.get_default()) for name, field in model.model_fields.items() if not field.is_required())
    return {name: value for name, value in fields if isinstance(value, str | bool)}


def initial_of(record: Any) -> dict[str, Any]:
    """Return a record, or one of its versions, as its form shows it."""
    model = TargetRow if hasattr(record, "target_type") else ActionRow
    several = ("responses", "targeted_actions", "measures", "governance")
    shown: dict[str, Any] = {"expected": record.version}
    for name in model.model_fields:
        if name == "targets":
            shown |= {name: "\n".join(each.code for each in record.targets.all())} if hasattr(record, name) else {}
            continue
        value = getattr(record, name)
        if name in several or isinstance(value, bool):
            shown[name] = value
        elif isinstance(value, list):
            shown[name] = str(cell_of(name, value) or "").replace("; ", "\n")
        else:
            cell = cell_of(name, value)
            shown[name] = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    return shown
