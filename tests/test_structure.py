"""How the tests themselves are built."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

TESTS = ROOT / "tests"


@cache
def modules() -> list[tuple[Path, list[ast.AST]]]:
    """Every module of the tests, with all the nodes in it."""
    paths = sorted(TESTS.rglob("*.py"))
    return [(path, list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))) for path in paths]


def test_no_test_module_imports_from_another() -> None:
    """What tests share lives in ``tests/support/`` or in a ``conftest.py``."""
    found = [
        f"{path.relative_to(ROOT)}: {module}"
        for path, nodes in modules()
        for node in nodes
        for module in _imported(node)
        if module.startswith("tests.") and module.rpartition(".")[2].startswith("test_")
    ]
    assert found == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [each.name for each in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{each.name}" for each in node.names)]
    return []


def test_names_of_tests_are_shorter_than_90_characters() -> None:
    found = [
        node.name
        for path, nodes in modules()
        for node in nodes
        if path.name.startswith("test_")
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if len(node.name) >= 90
    ]
    assert found == []


PAGES = ["CONTRIBUTING.md", "docs/architecture.md", "docs/glossary.md", "docs/messages.md"]
NO_NAME = re.compile(r"(make|kaiku|\./kaiku|/kaiku|Raises) ")  # what one types or writes


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_name_that_a_page_for_developers_gives_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    quoted = [each for each in re.findall(r"`([^`\n]+)`", text) if not NO_NAME.match(each)]
    words = {word.removesuffix("_total") for each in quoted for word in each.split()}
    paths = {word.rstrip(".,:") for word in words if "/" in word and re.fullmatch(r"[\w./-]+", word)}
    missing = {path for path in paths if not path.startswith(("/", "./")) and not (ROOT / path).exists()}
    known = names_in_code()
    dotted = {word for word in words if re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*", word)}
    unknown = {word for word in dotted if not set(word.split(".")) <= known and not (ROOT / word).exists()}
    assert (missing, unknown) == (set(), set())


@cache
def names_in_code() -> frozenset[str]:
    """Modules, and every name, attribute, parameter and short string that the code has."""
    found: set[str] = set()
    for folder in ("bot", "handlers", "storage", "sandbox", "rehearsal", "tests/support"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= {path.stem, path.parent.name}
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found |= {
                    value
                    for field in ("name", "id", "attr", "arg", "value")
                    if isinstance(value := getattr(node, field, None), str)
                }
    return frozenset(found | {"FakeClock", "tx"})


def test_what_buttons_and_forms_carry_is_written_and_read_in_one_place() -> None:
    """``bot/domain/carried/`` writes and parses it; a handler or view that does so itself would forget to
    check."""
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("handlers", "bot/views")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"""\.r?(partition|split)\(["'][:/@|]|(value|private_metadata)=f["']""", line)
    ]
    assert found == []
