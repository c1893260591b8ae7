"""Bodies and queries as they come in: strict JSON, no half characters, no NUL."""

from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.errors import HttpError
from ninja.parser import Parser


class StrictParser(Parser):
    """JSON as its standard says: no NaN, no lone surrogates, no depth without end."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body; whatever is no JSON is refused by the caller with 400."""
        found = orjson.loads(request.body)
        _refuse_nul(found)
        return found

    def parse_querydict(self, data: "MultiValueDict[str, Any]", list_fields: list[str], request: HttpRequest) -> Any:
        """Return the query; a parameter given twice or with a NUL is refused."""
        for name, values in data.lists():
            if name not in list_fields and len(values) > 1:
                raise HttpError(422, f"{name} is given {len(values)} times")
            if any(isinstance(value, str) and "\0" in value for value in values):
                raise HttpError(422, f"{name} holds a NUL")
        return super().parse_querydict(data, list_fields, request)


def _refuse_nul(value: Any) -> None:
    """Refuse text that no database takes."""
    if isinstance(value, str) and "\0" in value:
        raise ValueError("NUL")
    if isinstance(value, dict):
        for name, each in value.items():
            _refuse_nul(name)
            _refuse_nul(each)
    if isinstance(value, list):
        for each in value:
            _refuse_nul(each)
