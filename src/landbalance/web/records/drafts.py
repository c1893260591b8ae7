"""Forms that keep what is typed: where they send it, what they begin with, when it is forgotten."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from landbalance.registry.drafts.services import drop_draft, find_draft, others_at

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User
    from landbalance.registry.drafts.models import Draft
    from landbalance.registry.workspaces.models import Workspace

COOKIE = "draft-done"
SECONDS = 60
RESUME = "resume"


@dataclass(frozen=True)
class Keeping:
    """The draft of one person for one form and subject.

    Parameters
    ----------
    others : list of str
        Who else has typed into the same form lately.
    """

    user: "User"
    workspace: "Workspace"
    form: str
    subject: str = ""
    others: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Return where the form sends what is typed."""
        words = [self.workspace.slug, self.form, *([self.subject] if self.subject else [])]
        return reverse("records:draft", args=words)

    @property
    def found(self) -> "Draft | None":
        """Return the draft that is kept, if there is one."""
        return find_draft(self.user, self.workspace, self.form, self.subject)

    def begin(self) -> dict[str, Any] | None:
        """Return the values that a form goes on with; None where no draft is kept."""
        draft = self.found
        return None if draft is None else dict(draft.values)

    def done(self, answer: HttpResponse) -> HttpResponse:
        """Forget the draft, here and in the browser."""
        drop_draft(self.user, self.workspace, self.form, self.subject)
        answer.set_cookie(COOKIE, self.url, max_age=SECONDS, samesite="Lax")
        return answer


def keeping(user: "User", workspace: "Workspace", form: str, subject: str = "") -> Keeping:
    """Return the draft of a person for a form, and who else is at it."""
    return Keeping(user, workspace, form, subject, others_at(user, workspace, form, subject) if subject else [])


def as_data(values: dict[str, Any]) -> QueryDict:
    """Return kept values as the data of a form."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, [str(each) for each in value] if isinstance(value, list) else [str(value)])
    return data
