"""The habits of the house, as far as a machine can see them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "geo").rglob("*.py"))
APPS = sorted((ROOT / "apps").rglob("*.py"))


def _code_lines(node: ast.AST, source: str) -> int:
    """Count the lines of a definition that are not blank, not a comment, not a docstring."""
    lines = source.splitlines()[node.lineno - 1 : node.end_lineno]  # type: ignore[attr-defined]
    text = "\n".join(lines)
    doc = ast.get_docstring(node, clean=False) if isinstance(node, (ast.FunctionDef, ast.Module)) else None
    bare = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    doc_lines = len([line for line in doc.splitlines() if line.strip()]) if doc else 0
    return len(bare) - doc_lines - (1 if doc and '"""\n' in text and doc_lines > 1 else 0)


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{path.relative_to(ROOT)}:{node.name}", _code_lines(node, source)


def test_no_function_is_longer_than_sixty_lines() -> None:
    sizes = dict(pair for path in [*PACKAGE, *APPS] for pair in _functions(path))
    assert {name: size for name, size in sizes.items() if size > 60} == {}
    ranked = sorted(sizes.values())
    assert ranked[len(ranked) // 2] <= 10
    assert ranked[int(0.9 * len(ranked))] <= 30


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_350_lines(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    code = [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]
    docs = sum(
        len([line for line in (ast.get_docstring(node, clean=False) or "").splitlines() if line.strip()])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
    )
    assert len(code) - docs <= 350


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_hides_in_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = [
        inner.lineno
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(node)
        if isinstance(inner, (ast.Import, ast.ImportFrom))
    ]
    assert hidden == []


@pytest.mark.parametrize("path", APPS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_app_does_no_arithmetic_on_frames(path: Path) -> None:
    assert re.findall(r"\.groupby\(|\.merge\(|\.sum\(|\.mean\(", path.read_text(encoding="utf-8")) == []


def test_the_data_dictionary_is_up_to_date(tmp_path: Path) -> None:
    page = tmp_path / "data.md"
    subprocess.run([sys.executable, str(ROOT / "scripts" / "make_docs.py"), "--out", str(page)], check=True)
    assert page.read_text(encoding="utf-8") == (ROOT / "docs" / "data.md").read_text(encoding="utf-8"), (
        "run python scripts/make_docs.py"
    )


def test_every_link_within_the_documents_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
