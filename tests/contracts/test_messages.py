"""Every text of the platform is translated into the five other UN languages, with the same fields in it."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

from landbalance.core import errors

ROOT = Path(__file__).resolve().parents[2]
FIELD = re.compile(r"%\(\w+\)[.\d]*[sdf]|\{\w+[^}]*\}")
spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
messages = importlib.util.module_from_spec(spec)
spec.loader.exec_module(messages)
WANTED = messages.wanted()
OURS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_text_is_missing_and_none_uncertain(language: str) -> None:
    done = {
        (entry.msgctxt or "", entry.msgid)
        for entry in messages.catalogue(language)
        if entry.translated() and not entry.fuzzy
    }

    assert sorted({(context, text) for context, text, _ in WANTED} - done) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_text_is_kept_that_nothing_shows(language: str) -> None:
    kept = {(entry.msgctxt or "", entry.msgid) for entry in messages.catalogue(language)}

    assert sorted(kept - {(context, text) for context, text, _ in WANTED}) == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_have_the_fields_of_their_text(language: str) -> None:
    wrong = []
    for entry in messages.catalogue(language):
        fields = sorted(FIELD.findall(entry.msgid))
        if not entry.msgid_plural and sorted(FIELD.findall(entry.msgstr)) != fields:
            wrong.append((entry.msgid, entry.msgstr))
        unknown = [text for text in entry.msgstr_plural.values() if set(FIELD.findall(text)) - set(fields)]
        wrong += [(entry.msgid, text) for text in unknown]  # "none" and "one" may do without their number

    assert wrong == []


def test_an_error_is_a_template_with_fields_and_never_a_text_made_on_the_spot() -> None:
    wrong = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in OURS and node.args:
                said = [node.args[0], *(each.value for each in node.keywords if each.arg == "hint")]
                wrong += [
                    (path.name, ast.unparse(each)) for each in said if isinstance(each, ast.JoinedStr | ast.BinOp)
                ]

    assert wrong == []
