"""The README's table of Slack's rules names where Slack documents each, and tests that are there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
README = (HERE.parents[1] / "sandbox/README.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def rows() -> list[list[str]]:
    section = README.split("## What is as strict as Slack")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@cache
def functions_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:50])
def test_a_rule_names_slacks_page_and_tests_that_are_there(row: list[str]) -> None:
    rule, page, shown_by = row
    assert rule
    assert re.fullmatch(r"\[[^]]+\]\(https://docs\.slack\.dev/[\w./#-]+\)", page)
    named = TEST.findall(shown_by)
    assert named
    assert TEST.sub("", shown_by).replace(",", "").strip() == ""
    for file, test in named:
        assert test in functions_in(HERE / file), f"{file}::{test}"


def test_every_test_that_the_readme_names_is_there() -> None:
    named = TEST.findall(README)
    assert len(rows()) > 40
    for file, test in named:
        assert test in functions_in(HERE / file), f"{file}::{test}"


def test_no_file_of_tests_is_left_out_of_the_table() -> None:
    named = {file for file, _ in TEST.findall(README)}
    files = {file.name for file in HERE.glob("test_*.py")} - {"test_readme.py"}
    assert files <= named
