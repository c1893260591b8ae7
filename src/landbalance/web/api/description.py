"""The description of the API in OpenAPI 3.1, with what all operations have alike."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from landbalance.web.api.once import HEADER, LONGEST
from landbalance.web.api.problems import PROBLEM

CONDITIONAL = ("patch", "delete")
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the record as it was read, or *; a body can name the version instead.",
    "schema": {"type": "string", "maxLength": 2000},
}
ONCE = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A key of your own: sent again within a day, the request is answered and not done again.",
    "schema": {"type": "string", "maxLength": LONGEST},
}


class DescribedApi(NinjaAPI):
    """The API, whose description tells the headers of changes and the form of refusals."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """Return the description."""
        found = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for methods in found["paths"].values():
            for method, operation in methods.items():
                _describe(method, operation)
        return found


def _describe(method: str, operation: dict[str, Any]) -> None:
    """Add to an operation what all of its kind have."""
    more = [IF_MATCH] if method in CONDITIONAL else [ONCE, IF_MATCH] if method == "post" else []
    operation["parameters"] = [*operation.get("parameters", ()), *more]
    for status, response in operation["responses"].items():
        if str(status) >= "400" and "application/json" in response.get("content", {}):
            response["content"] = {PROBLEM: response["content"]["application/json"]}
