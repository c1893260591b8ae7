"""The folder that is served: its settings, its database, its secret."""

from pathlib import Path

import pytest

from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.installation_file import find_installation, make_installation, parse_address, read_installation
from landbalance.registry.sqlite import journal_mode


def test_a_new_installation_has_a_secret_of_its_own(tmp_path: Path) -> None:
    make_installation(tmp_path / "one")
    make_installation(tmp_path / "two")

    one, two = read_installation(tmp_path / "one"), read_installation(tmp_path / "two")

    assert one.secret != two.secret
    assert read_installation(tmp_path / "one").secret == one.secret
    assert (tmp_path / "one" / "secret.key").stat().st_mode & 0o077 == 0


def test_a_workspace_inside_belongs_to_the_installation_two_folders_up(tmp_path: Path) -> None:
    make_installation(tmp_path)
    inside = tmp_path / "workspaces" / "alpha"
    inside.mkdir()
    (inside / "landbalance.toml").write_text('[workspace]\nformat = 1\ncountry = "ZZA"\n')

    assert find_installation(inside / "data") == tmp_path


def test_no_installation_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="landbalance serve"):
        find_installation(tmp_path)


def test_an_address_is_read_and_its_password_never_repeated() -> None:
    database = parse_address("postgresql://ldn:p%40ss@db:6432/country")

    assert (database.host, database.port, database.name, database.user) == ("db", 6432, "country", "ldn")
    assert database.password == "p@ss"
    with pytest.raises(InputError) as caught:
        parse_address("mysql://ldn:hidden@db/country")
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("version", "mode"), [((3, 40, 1), "TRUNCATE"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL"), ((3, 53, 4), "WAL")]
)
def test_the_log_is_written_ahead_only_where_that_is_safe(version: tuple[int, ...], mode: str) -> None:
    assert journal_mode(version) == mode
