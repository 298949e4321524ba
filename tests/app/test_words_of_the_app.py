"""Every word that people read comes from the catalogue, and changes with the language."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from geo.council.words import catalogue

Start = Callable[..., AppTest]
APPS = Path(__file__).parents[2] / "apps"
SCRIPTS = sorted(path for path in APPS.rglob("*.py") if "components" not in path.parts and path.name != "assets.py")
# What Streamlit shows as it is given: the first arguments, and these.
SHOWN = {"label", "help", "placeholder", "body", "title", "alt", "text", "page_title", "detail"}
SAME = {phrase["fr"] for phrase in catalogue().values() if phrase["fr"] == phrase["en"]}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def literals(node: ast.AST) -> Iterator[str]:
    """Give the words written within an expression, but for the keys of `say` and the names of figures."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"say", "figure_name"}:
        return
    if isinstance(node, ast.Subscript):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.sub(r":[\w-]+(?=\[)|:material/\w+:|<[^>]*>|&\w+;", "", node.value)
    for child in ast.iter_child_nodes(node):
        yield from literals(child)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_word_is_written_in_the_pages(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    drawing = {"title", "header", "subheader", "markdown", "caption", "error", "warning", "success", "info", "metric"}
    drawing |= {"button", "download_button", "selectbox", "multiselect", "text_input", "text_area", "number_input"}
    drawing |= {"radio", "segmented_control", "file_uploader", "tabs", "spinner", "Page", "write", "toast", "expander"}
    found = [
        (node.lineno, text)
        for name, node in calls(tree)
        if name in drawing
        for part in [*node.args[:1], *(word.value for word in node.keywords if word.arg in SHOWN)]
        for text in literals(part)
        if re.search(r"[^\W\d_]{2}", text) and not text.startswith("views/")
    ]
    assert found == []


def test_the_search_for_written_words_finds_them() -> None:
    tree = ast.parse('st.button("Envoyer", help=f"{n} élèves"); st.title(say("app.name", lang))')
    texts = [
        text
        for _, node in calls(tree)
        for part in [*node.args, *(k.value for k in node.keywords)]
        for text in literals(part)
    ]
    assert texts == ["Envoyer", " élèves"]


def test_every_phrase_of_the_app_is_used() -> None:
    written = "\n".join(path.read_text(encoding="utf-8") for path in APPS.rglob("*.py"))
    named = set(re.findall(r"""["'](app\.[\w.]+)["']""", written))
    begun = tuple(re.findall(r"""["'](app\.[\w.]+)\{""", written))
    phrases = {key for key in catalogue() if key.startswith("app.")}
    assert begun
    assert {
        key for key in phrases - named if not key.startswith(begun) and key.rpartition(".")[0] not in named
    } == set()


def labels(app: AppTest) -> Iterator[str]:
    """Give every label, heading and sentence of a page, in order."""
    for kind in ("title", "header", "caption", "markdown"):
        yield from (str(one.value) for one in app.get(kind))
    for kind in ("button", "selectbox", "multiselect", "text_input", "text_area", "number_input", "radio", "metric"):
        yield from (str(one.label) for one in app.get(kind))
    for kind in ("selectbox", "multiselect", "text_input"):
        yield from (str(one.placeholder) for one in app.get(kind) if one.placeholder)
    for table in app.dataframe:
        yield from (str(column["label"]) for column in _columns(table) if column.get("label"))


def _columns(table: object) -> list[dict[str, object]]:
    return list(json.loads(table.proto.columns).values())  # type: ignore[attr-defined]


@pytest.mark.app
@pytest.mark.parametrize("page", ["overview", "revise", "portrait", "reach", "pupils", "street_list", "playgrounds"])
def test_switching_the_language_changes_every_label(start: Start, page: str) -> None:
    # Law A7 of docs/app.md.
    app = start(page, level="elementary")
    french = list(labels(app))
    app.button_group(key="lang").set_value("en").run()
    english = list(labels(app))
    assert app.query_params["lang"] == "en"
    assert len(french) == len(english)
    same = {one.strip("*") for one, other in zip(french, english, strict=True) if one == other}
    assert {one for one in same if not one.isdigit()} <= SAME  # a year is the same in all languages
    back = app.button_group(key="lang").set_value("fr").run()
    assert list(labels(back)) == french
