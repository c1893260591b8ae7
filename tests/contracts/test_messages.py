"""Every text of the platform is translated into the five other UN languages, with the same fields in it."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIELD = re.compile(r"%\(\w+\)[.\d]*[sdf]|\{\w+[^}]*\}")
spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
messages = importlib.util.module_from_spec(spec)
spec.loader.exec_module(messages)
WANTED = messages.wanted()


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
