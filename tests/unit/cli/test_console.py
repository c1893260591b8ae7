"""What is printed, on a terminal and elsewhere."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from landbalance.cli.console import one_line, print_json, print_table, printable
from landbalance.cli.progress import progress_bar
from landbalance.core.progress import NoProgress


@dataclass
class Thing:
    name: str
    value: float


def test_a_table_in_a_pipe_is_aligned_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "km2"), [("Kayes", "1.0"), ("Mopti", None)], right=("km2",))

    assert capsys.readouterr().out == "name   km2\nKayes  1.0\nMopti\n"


def test_json_has_no_number_that_json_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    print_json([Thing("a", float("nan")), {1: np.int8(3)}, (Path("/x"), float("inf"))])

    assert json.loads(capsys.readouterr().out) == [{"name": "a", "value": None}, {"1": 3}, ["/x", None]]


def test_control_characters_never_reach_the_terminal() -> None:
    assert printable("a\x1b]0;x\x07b") == "a\ufffd]0;x\ufffdb"
    assert one_line("a\n b\r\nc") == "a b c"


def test_progress_is_silent_away_from_a_terminal() -> None:
    assert isinstance(progress_bar(), NoProgress)
    assert isinstance(progress_bar(quiet=True), NoProgress)
