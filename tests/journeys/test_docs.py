"""What the documentation says runs: marked blocks, the notebook, the generated tables."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^<!-- run( shared)? -->\n```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BIN = Path(sys.executable).parent


def _pages() -> list[object]:
    """Return each page with blocks to run; those on shared data are marked."""
    pages = []
    for path in sorted(DOCS.rglob("*.md")):
        blocks = BLOCK.findall(path.read_text(encoding="utf-8"))
        if blocks:
            marks = [pytest.mark.shared] if any(shared for shared, _, _ in blocks) else []
            pages.append(pytest.param(path, blocks, id=path.relative_to(DOCS).as_posix(), marks=marks))
    return pages


@pytest.mark.parametrize(("path", "blocks"), _pages())
def test_blocks_of_a_page_run_in_order(
    path: Path, blocks: list[tuple[str, str, str]], shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    languages = {language for _, language, _ in blocks}
    assert len(languages) == 1, f"{path} mixes languages"
    code = "\n".join(text for _, _, text in blocks)
    command = ["bash", "-eu", "-c", code] if languages == {"sh"} else [sys.executable, "-c", code]
    places = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "LANDBALANCE_SHARED": str(shared.parent)}
    places["LANDBALANCE_EXAMPLES"] = str(ROOT / "examples")

    done = subprocess.run(command, cwd=tmp_path, env=os.environ | places, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_notebook_runs(tmp_path: Path) -> None:
    notebook = nbformat.read(DOCS / "tutorials" / "python.ipynb", as_version=4)

    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_the_notebook_is_kept_without_output() -> None:
    notebook = nbformat.read(DOCS / "tutorials" / "python.ipynb", as_version=4)

    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def test_every_source_of_a_declaration_is_in_the_bibliography() -> None:
    from landbalance.indicators.catalogue import catalogue

    listed = set(re.findall(r"^@\w+\{([\w-]+),", (DOCS / "bibliography.bib").read_text(encoding="utf-8"), re.MULTILINE))

    assert {source for declared in catalogue().values() for source in declared.references} <= listed
