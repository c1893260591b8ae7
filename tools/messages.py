"""Translations of the platform: collect what is to be translated, tell what is missing, compile.

python tools/messages.py collect | missing | compile
"""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize

from landbalance.core.codelists import code_list, code_list_names
from landbalance.core.cycles import dues
from landbalance.core.tables import toml_table
from landbalance.finance.matching import OBSTACLES

SOURCE = Path(__file__).resolve().parent.parent / "src" / "landbalance"
LOCALE = SOURCE / "locale"
LANGUAGES = ("fr", "es", "ar", "ru", "zh_Hans")
DOMAIN = "django"
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "zh_Hans": "nplurals=1; plural=0;",
}
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
SPOKEN_FLOORS = ("registry", "web")  # whose errors people meet in the browser
FLOORS_BELOW = (
    "core",
    "kernels",
    "grid",
    "indicators",
    "accounting",
    "people",
    "planning",
    "finance",
    "reporting",
    "engine",
    "io",
)

Message = tuple[str, str, str]  # context, text, plural


def messages() -> Iterator[tuple[Message, str]]:
    """Yield every text of the platform with the place it stands in."""
    for floor in SPOKEN_FLOORS:
        for path in sorted((SOURCE / floor).rglob("*.py")):
            if "migrations" in path.parts or "node_modules" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            place = path.relative_to(SOURCE).as_posix()
            yield from ((each, place) for each in _of_python(text))
            yield from (((("", text_of, ""), place)) for text_of in (*_of_words(text), *_of_errors(text)))
            yield from (((("", word, ""), place)) for word in _of_code_lists(text))
    for floor in FLOORS_BELOW:  # what they say as errors and `Words`, whole sentences with named fields
        for path in sorted((SOURCE / floor).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            texts = (*_of_words(text), *_of_errors(text))
            yield from ((("", each, ""), path.relative_to(SOURCE).as_posix()) for each in texts)
    yield from ((("", due.title, ""), "core/data/reporting_cycles.toml") for due in dues())
    yield from ((("", text, ""), "core/data/finance") for text in _of_projects())
    for path in sorted((SOURCE / "web").rglob("templates/**/*.*")):
        if path.suffix in (".html", ".txt"):
            text = templatize(path.read_text(encoding="utf-8"))
            yield from ((each, path.relative_to(SOURCE).as_posix()) for each in _of_python(text))


def _of_python(text: str) -> Iterator[Message]:
    """Yield the texts in Python source, or in a template made to look like it."""
    file = io.BytesIO(text.encode())
    for _line, name, said, _comments in extract_python(file, list(KEYWORDS), (), {"encoding": "utf-8"}):
        parts = [each for each in (said if isinstance(said, tuple) else (said,)) if each is not None]
        if not parts or not all(isinstance(each, str) for each in parts):
            continue
        context = parts.pop(0) if name.startswith(("pgettext", "npgettext")) else ""
        if parts and parts[0]:
            yield context, parts[0], parts[1] if name.startswith(("n", "np")) and len(parts) > 1 else ""


def _of_words(text: str) -> Iterator[str]:
    """Yield the templates of `Words`, given at once or through a variable."""
    tree = ast.parse(text)
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "Words"]
    given = [each.args[0] for each in calls if each.args]
    names = {each.id for each in given if isinstance(each, ast.Name)}
    sets = [each for each in ast.walk(tree) if isinstance(each, ast.Assign)]
    given += [each.value for each in sets if {getattr(target, "id", "") for target in each.targets} & names]
    yield from (each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _of_errors(text: str) -> Iterator[str]:
    """Yield the templates and hints of errors that are raised here, given at once or through a variable."""
    tree = ast.parse(text)
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    for call in calls:
        if _name(call).endswith("Error") and _name(call) != "PydanticCustomError" and call.args:
            hints = [each.value for each in call.keywords if each.arg == "hint"]
            for part in (call.args[0], *hints):
                for each in _choices(part):
                    if isinstance(each, ast.Name):
                        yield from (text for meant in _meant(each, tree, calls) for text in _texts(meant))
                yield from _texts(part)


def _meant(name: ast.Name, tree: ast.Module, calls: list[ast.Call]) -> Iterator[ast.expr]:
    """Yield what a name may stand for: what is assigned to it, and what callers in the file pass for it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                one = isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                pairs = zip(target.elts, node.value.elts, strict=True) if one else ((target, node.value),)
                yield from (value for each, value in pairs if getattr(each, "id", "") == name.id)
        elif isinstance(node, ast.FunctionDef):
            names = [each.arg for each in (*node.args.posonlyargs, *node.args.args) if each.arg != "self"]
            for call in calls if name.id in names else ():
                if _name(call) == node.name:
                    yield from call.args[names.index(name.id) : names.index(name.id) + 1]
                    yield from (each.value for each in call.keywords if each.arg == name.id)


def _name(call: ast.Call) -> str:
    """Return the name by which something is called."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _choices(part: ast.expr) -> Iterator[ast.expr]:
    """Yield what an expression may be: itself, or either of two."""
    if isinstance(part, ast.IfExp):
        yield from _choices(part.body)
        yield from _choices(part.orelse)
    else:
        yield part


def _texts(part: ast.expr) -> Iterator[str]:
    """Yield the texts an expression may be."""
    for each in _choices(part):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value:
            yield each.value


def _of_code_lists(text: str) -> Iterator[str]:
    """Yield the words of the code lists that are named here and that pages show."""
    named = {each.value for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Constant)}
    for list_id in sorted(named & set(code_list_names())):
        for item in code_list(list_id).items:
            yield from (word for word in (item.label, item.text) if word)


def _of_projects() -> Iterator[str]:
    """Yield the questions that projects are asked, and why and how windows of funds stay closed to them."""
    table = toml_table("finance/checklists")
    yield from (row["question"] for row in table["bankability"])
    for row in table["transformative"]:
        yield from (row["title"], *row["items"])
    for each in OBSTACLES.values():
        yield from each


def catalogue(language: str) -> polib.POFile:
    """Return the catalogue of a language, empty where there is none."""
    path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = polib.POFile(wrapwidth=0)
    made.fpath = str(path)
    made.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": PLURALS[language],
    }
    return made


def wanted() -> dict[Message, set[str]]:
    """Return every text with the places it stands in."""
    found: dict[Message, set[str]] = {}
    for message, place in messages():
        found.setdefault(message, set()).add(place)
    return found


def collect() -> None:
    """Bring the catalogues up to date: new texts empty, texts that are gone left out."""
    texts = wanted()
    for language in LANGUAGES:
        file = catalogue(language)
        known = {(each.msgctxt or "", each.msgid): each for each in file}
        file.clear()
        for (context, text, plural), places in sorted(texts.items()):
            entry = known.get((context, text)) or polib.POEntry(msgid=text, msgctxt=context or None)
            entry.msgid_plural = plural
            if plural and not entry.msgstr_plural:
                forms = int(PLURALS[language].split("=")[1].split(";")[0])
                entry.msgstr_plural = dict.fromkeys(range(forms), "")
            entry.occurrences = [(place, "") for place in sorted(places)]
            entry.flags = ["python-format"] if "%(" in text else []
            file.append(entry)
        file.save(file.fpath)


def missing(language: str) -> list[polib.POEntry]:
    """Return the texts of the catalogue that have no translation, or an uncertain one."""
    return [each for each in catalogue(language) if not each.translated() or each.fuzzy]


def compile_all() -> None:
    """Write the compiled catalogues that are older than their sources."""
    for language in LANGUAGES:
        path = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        compiled = path.with_suffix(".mo")
        if path.exists() and (not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime):
            polib.pofile(str(path)).save_as_mofile(str(compiled))


if __name__ == "__main__":
    if not settings.configured:
        settings.configure(USE_I18N=False)
    match sys.argv[1:]:
        case ["collect"]:
            collect()
        case ["missing"]:
            print("\n".join(f"{language}: {len(missing(language))}" for language in LANGUAGES))
        case ["compile"]:
            compile_all()
        case _:
            sys.exit(__doc__)
