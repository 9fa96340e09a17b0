"""How the tests themselves are built."""

import ast

from tests.conftest import ROOT

TESTS = ROOT / "tests"


def test_no_test_module_imports_from_another() -> None:
    """What tests share lives in ``tests/support/`` or in a ``conftest.py``."""
    found = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in sorted(TESTS.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
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
        for path in sorted(TESTS.rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        if len(node.name) >= 90
    ]
    assert found == []
