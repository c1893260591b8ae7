"""Files that show something: told by content, kept once, without the place a camera wrote into them."""

import io
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from PIL import Image

from landbalance.core.errors import AccessError, InputError
from landbalance.registry.evidence.models import Evidence
from landbalance.registry.evidence.queries import evidence_of
from landbalance.registry.evidence.services import add_evidence, content_of, remove_evidence
from landbalance.registry.practices.services import add_practice
from landbalance.registry.records import State, Visibility
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member

pytestmark = pytest.mark.django_db
PLACE = 0x8825  # the tag of the GPS directory


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha", is_public=True)


def photo() -> bytes:
    """Return a photo that knows where and with what it was taken, lying on its side."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Camera of a herder", 6
    exif.get_ifd(PLACE)[2] = (17.0, 30.0, 0.0)
    Image.new("RGB", (40, 20), (200, 10, 10)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_others_get_a_photo_without_place_and_camera(alpha: Workspace) -> None:
    author = make_member(alpha, Role.CIVIL_SOCIETY)
    evidence = add_evidence(author, alpha, photo(), "IMG_1.jpg", values={"title": "Gully"})

    assert content_of(author, evidence) == photo()
    for other in (make_member(alpha), AnonymousUser()):
        shown = content_of(other, evidence)
        with Image.open(io.BytesIO(shown)) as picture:
            assert dict(picture.getexif()) == {}
            assert picture.size == (20, 40)  # turned as it is meant to stand
        assert b"herder" not in shown


def test_the_same_content_is_kept_once(alpha: Workspace, tmp_path: Path) -> None:
    person = make_member(alpha)

    first, second = (add_evidence(person, alpha, b"%PDF-1.7 minutes", name) for name in ("a.pdf", "b.pdf"))

    assert first.digest == second.digest
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_file_hangs_on_a_record_of_its_own_country(alpha: Workspace) -> None:
    person = make_member(alpha)
    practice = add_practice(person, alpha, {"code": "p", "name": "Pits"})
    beta = make_country("beta")

    evidence = add_evidence(person, alpha, b"%PDF-1.7", "law.pdf", subject=practice)

    assert list(evidence_of(person, alpha, practice)) == [evidence]
    with pytest.raises(InputError, match="another workspace"):
        add_evidence(make_member(beta), beta, b"%PDF-1.7", "law.pdf", subject=practice)


def test_strangers_and_readers_see_no_draft(alpha: Workspace) -> None:
    evidence = add_evidence(make_member(alpha), alpha, b"%PDF-1.7", "law.pdf")
    assert not evidence_of(AnonymousUser(), alpha).exists()
    assert not evidence_of(make_member(make_country("beta")), alpha).exists()

    evidence.state, evidence.visibility = State.APPROVED, Visibility.PUBLIC
    evidence.save_revision(by=make_member(alpha))

    assert evidence_of(AnonymousUser(), alpha).exists()


def test_readers_add_nothing_and_others_remove_nothing(alpha: Workspace) -> None:
    with pytest.raises(AccessError):
        add_evidence(make_member(alpha, Role.PUBLIC), alpha, b"%PDF-1.7", "law.pdf")
    evidence = add_evidence(make_member(alpha), alpha, b"%PDF-1.7", "law.pdf")
    with pytest.raises(AccessError):
        remove_evidence(make_member(alpha, Role.TECHNICIAN), evidence)
    assert Evidence.objects.get().deleted_at is None
