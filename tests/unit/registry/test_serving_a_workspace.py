"""A lone workspace is its own installation."""

from pathlib import Path

from landbalance.io.installation_file import read_installation
from landbalance.io.workspace_file import read_workspace_file


def test_a_workspace_that_is_its_own_installation_is_read_as_both(tmp_path: Path) -> None:
    place = tmp_path / "landbalance.toml"
    place.write_text('[installation]\ntitle = "Mali"\n\n[workspace]\nformat = 1\ncountry = "MLI"\n')

    assert read_installation(tmp_path).table.title == "Mali"
    assert read_workspace_file(place).workspace.country == "MLI"
