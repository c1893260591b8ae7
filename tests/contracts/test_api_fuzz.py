"""Whatever the description of the API allows, and what it does not, gets an answer that the description knows (A20)."""

import os
from collections import Counter
from typing import Any

import jsonschema
import pytest
import requests
import schemathesis
from django.core.cache import caches
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from ninja import Schema
from schemathesis.generation import GenerationMode

from landbalance.registry.accounts.services import make_token
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.web.api.app import api
from people import make_member
from rooms import World, filled

pytestmark = pytest.mark.django_db
RAW = api.get_openapi_schema()
DESCRIPTION = schemathesis.openapi.from_dict({**RAW, "servers": [{"url": "http://testserver"}]})
OPERATIONS = [each.ok() for each in DESCRIPTION.get_all_operations()]
EXAMPLES = 8
JSON = ("application/json", "application/problem+json")
OURS = ("cookie", "authorization", "accept-encoding")


@pytest.fixture
def alpha(db: None) -> Workspace:
    from people import make_country

    workspace = make_country("alpha")
    filled(World(workspace, make_member(workspace)))
    return workspace


@pytest.fixture
def program(alpha: Workspace) -> Client:
    """Return a client that may do everything."""
    person = make_member(alpha)
    alpha.memberships.create(user=person, role=Role.COMMUNITY_STEWARD)
    _, key = make_token(person, "fuzz", ["read", "write", "run"])
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)


def check(operation: Any, program: Client, mode: GenerationMode, examples: int) -> None:
    """Send cases of an operation, half of them to a workspace that is there, and check each answer."""
    described = operation.definition.raw["responses"]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: Any) -> None:
        if len(str(case.path_parameters)) % 2 and "workspace" in (case.path_parameters or {}):
            case.path_parameters["workspace"] = "alpha"
        caches["process"].clear()
        sent = case.as_transport_kwargs(base_url="http://testserver")
        response = send(program, sent)
        status = str(response.status_code)
        assert response.status_code < 500, (operation.label, sent, response.content[:500])
        assert status in {*described, "304", "405"}, (operation.label, sent, status)
        kind = response.get("Content-Type", "")
        if kind in JSON and status in described:
            schema = described[status].get("content", {}).get(kind, {}).get("schema", {})
            jsonschema.validate(response.json(), {**schema, "components": RAW["components"]})

    run()


def send(program: Client, sent: dict[str, Any]) -> Any:
    """Send what a transport would send."""
    names = ("method", "url", "params", "json", "data", "headers", "cookies")
    plain = requests.Request(**{name: sent[name] for name in names if name in sent}).prepare()
    kept = {name: value for name, value in plain.headers.items() if name.lower() not in OURS}
    body = plain.body.encode("utf-8", "surrogatepass") if isinstance(plain.body, str) else plain.body or b""
    kind = kept.pop("Content-Type", "application/json")
    return program.generic(plain.method, plain.path_url, body, kind, headers=kept)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fit", "unfit"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.label for each in OPERATIONS])
def test_every_answer_is_one_that_is_described(operation: Any, mode: GenerationMode, program: Client) -> None:
    check(operation, program, mode, EXAMPLES)


@pytest.mark.deep
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fit", "unfit"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.label for each in OPERATIONS])
def test_a_thousand_cases_of_every_operation(operation: Any, mode: GenerationMode, program: Client) -> None:
    check(operation, program, mode, int(os.environ.get("LANDBALANCE_CASES", "1000")))


def test_every_shape_of_the_api_has_a_name_of_its_own() -> None:
    ours = [each for each in _all_below(Schema) if each.__module__.startswith("landbalance.")]
    twice = [name for name, count in Counter(each.__name__ for each in ours).items() if count > 1]

    assert twice == []


def _all_below(kind: type) -> set[type]:
    """Return the classes made of one."""
    return {each for below in kind.__subclasses__() for each in (below, *_all_below(below))}
