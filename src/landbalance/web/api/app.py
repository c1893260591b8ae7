"""The API itself: its rooms, its door, and what a refusal looks like."""

from importlib import import_module

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError
from ninja.errors import ValidationError as Unfit

from landbalance._version import __version__
from landbalance.core.errors import AccessError, LandbalanceError, NotFoundError
from landbalance.registry.records import ConflictError
from landbalance.web.api.description import DescribedApi
from landbalance.web.api.door import Key, Pace, Session, visitor
from landbalance.web.api.once import once
from landbalance.web.api.parser import StrictParser
from landbalance.web.api.problems import problem

ROOMS = (  # each has a `router`
    "landbalance.web.home.api",
    "landbalance.web.people.api",
    "landbalance.web.practices.api",
    "landbalance.web.consents.api",
    "landbalance.web.evidence.api",
    "landbalance.web.targets.api_changes",
    "landbalance.web.recodes.api",
    "landbalance.web.packs.api",
    "landbalance.web.balance.api",
    "landbalance.web.records.api",
    "landbalance.web.finance.api",
    "landbalance.web.star.api",
    "landbalance.web.projects.api",
    "landbalance.web.drought.api",
)
STATUS: dict[type[Exception], int] = {NotFoundError: 404, AccessError: 403, ConflictError: 409, LandbalanceError: 422}

api = DescribedApi(
    title="Landbalance",
    version=__version__,
    description="Records and figures of land degradation neutrality. Money in USD, areas in the unit that is named.",
    urls_namespace="api",
    docs_url=None,
    auth=[Key(), Session(), visitor],
    throttle=[Pace()],
    parser=StrictParser(),
)
api.add_decorator(once)
for room in ROOMS:
    api.add_router("", import_module(room).router)


@api.exception_handler(LandbalanceError)
def refuse(request: HttpRequest, error: LandbalanceError) -> HttpResponse:
    """Return what a use case refuses; a conflict tells which version stands there."""
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    theirs = [{"version": error.theirs.version}] if isinstance(error, ConflictError) else None
    if theirs and "If-Match" in request.headers:
        status = 412
    return problem(status, str(error), theirs)


@api.exception_handler(Unfit)
def refuse_unfit(request: HttpRequest, error: Unfit) -> HttpResponse:
    """Return which field does not fit, and why; not what was sent."""
    rows = [{"at": [str(part) for part in each["loc"]], "why": each["msg"]} for each in error.errors]
    return problem(422, "the request does not fit", rows)


@api.exception_handler(ValidationError)
def refuse_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Return what a model refuses."""
    return problem(422, " ".join(error.messages))


@api.exception_handler(HttpError)
def refuse_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Return a refusal of the door."""
    return problem(error.status_code, str(error))


@api.exception_handler(Http404)
def refuse_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Return that there is nothing here."""
    return problem(404, "there is nothing here")


@api.exception_handler(PermissionDenied)
def refuse_forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Return that the person may not."""
    return problem(403, "you may not do this")


@api.exception_handler(OperationalError)
def refuse_later(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """Return that the database does not answer, and when to come again."""
    return problem(503, "the database does not answer; try again in a few seconds")
