"""An action on the ground as it is exchanged: one row of a file, of a form, of the API."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from landbalance.io.target_rows import Amount, Day, Line, Names, PeopleCounts, Text, codes_of, refused, text_of_cell


class ActionRow(BaseModel):
    """What a person or file may say of an action; anything else is refused."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, BeforeValidator(text_of_cell), Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    title: Annotated[str, BeforeValidator(text_of_cell), Field(min_length=1, max_length=300)]
    text: Text = ""
    group: Annotated[Line, codes_of("slm_groups")] = ""
    measures: Annotated[Names, codes_of("slm_measures")] = []
    practice_code: Annotated[Line, Field(max_length=40)] = ""
    governance: Annotated[Names, codes_of("governance_measures")] = []
    intensity: Annotated[Line, codes_of("restoration_intensity")] = ""
    location: Text = ""
    start_date: Day = None
    end_date: Day = None
    planned_ha: Amount = None
    cost_usd: Amount = None
    funding_source: Annotated[Line, codes_of("funding_sources")] = ""
    fund_name: Line = ""
    beneficiaries: Text = ""
    beneficiary_groups: PeopleCounts = []
    monitoring: Text = ""
    consent_record: Line = ""
    targets: Names = []

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        """Refuse an end before the beginning."""
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise refused("end_date", "end_before_begin", start=str(self.start_date), value=str(self.end_date))
        return self

    def as_values(self) -> dict[str, Any]:
        """Return plain values, as the record keeps them; its targets are linked apart."""
        counts = [list(pair) for pair in self.beneficiary_groups]
        return self.model_dump(exclude={"targets"}) | {"beneficiary_groups": counts}
