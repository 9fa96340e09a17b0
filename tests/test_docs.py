"""The pages are true: their commands parse, the safe ones work, settings and links exist."""

import itertools
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.exceptions import TyperException
from typer.testing import CliRunner

from bot.cli.main import app
from bot.config import NOT_OURS, SECRETS, Settings
from tests.conftest import ROOT

PAGES = [
    *(Path(ROOT, name) for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "sandbox/README.md")),
    *sorted(Path(ROOT, "docs").rglob("*.md")),
]
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
OPERATING = TEXTS["docs/operating.md"]

PLACEHOLDERS = {
    "FILE": "programmes/2019.yml", "DIR": "docs", "CODE": "foresight-1", "ID": "1", "N": "7",
    "USER": "U012AB3CD", "MANIFEST": "programmes/2019.yml",
    "/var/lib/kaiku/backups": "docs", "/var/lib/kaiku/keys": "programmes/2019.yml",
}  # fmt: skip
"""What stands for the words in capitals that a reader replaces, and for what lies on a server."""

SAFE = {
    "db upgrade", "plan apply", "keys new", "keys check", "privacy check", "roster", "deliveries",
}  # fmt: skip
"""Commands that need nothing but a database, not Slack, and are quick."""

FIRST = ["db upgrade", "plan apply"]

ELSEWHERE = {"KAIKU_IMAGE"}
"""Variables of compose, not of Kaiku."""

COMMAND = re.compile(r"(?:^|(?<=\$\()|(?<=run --rm ))(?:\./|/opt/kaiku/)?kaiku(?:-1)? ([a-z-][^)>]*)")
COMMANDS = typer.main.get_command(app)


def code_of(text: str) -> list[str]:
    """Each inline code span, and each line of a code block."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"(?:^|\n) {4,}(.*)", prose)
    spans = re.findall(r"(?<!`)`([^`]+)`(?!`)", prose)
    return [re.split(r" #| {3,}", line)[0] for line in lines] + [" ".join(span.split()) for span in spans]


def written_commands() -> list[tuple[str, str]]:
    """The operators' commands in the pages: where, and what comes after ``kaiku``."""
    return sorted(
        {
            (page, found.strip())
            for page, text in TEXTS.items()
            for code in code_of(text)
            for found in re.findall(
                r"(?:^|(?<=\$\()|(?<=run --rm ))(?:\./|/opt/kaiku/)?kaiku(?:-1)? ([a-z-][^)>]*)", code
            )
        }
    )


def ways_to_read(command: str) -> list[list[str]]:
    """The words to type: optional ones (in brackets) are typed, of alternatives (with bars) each in turn."""
    words = [word.removesuffix("...") for word in shlex.split(re.sub(r"[][]", "", command))]
    choices = [word.split("|") for word in words if word]
    return [[PLACEHOLDERS.get(word, word) for word in way] for way in itertools.product(*choices)]


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that these words begin with, and the rest of them; None for a command that is none."""
    command, rest = COMMANDS, list(words)
    while command is not None and hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        command = command.commands.get(rest.pop(0))
    return command, rest


def flaw_of(words: list[str]) -> str | None:
    """Why these words can't be typed; None if they can. A command may be named without its arguments."""
    command, rest = command_of(words)
    if command is None:
        return "there is no such command"
    if not rest:
        return None
    try:
        command.make_context(command.name, rest)
    except TyperException as error:
        return str(error)
    return None


@pytest.mark.parametrize(("page", "command"), written_commands())
def test_every_command_in_the_pages_can_be_typed(
    page: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert {tuple(way): flaw for way in ways_to_read(command) if (flaw := flaw_of(way))} == {}


def test_a_command_or_an_option_that_is_none_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert flaw_of(["plan", "aply"])
    assert flaw_of(["plan", "apply", "programmes/2019.yml", "--sure"])
    assert not flaw_of(["plan", "apply", "programmes/2019.yml"])
    assert ("README.md", "plan apply programmes/2019.yml") in written_commands()


def test_an_option_that_is_named_alone_belongs_to_some_command() -> None:
    def options(command: Any) -> set[str]:
        own = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
        return own.union(*map(options, getattr(command, "commands", {}).values()))

    known = options(COMMANDS)
    operators = {page: text for page, text in TEXTS.items() if page.startswith("docs/")}
    alone = {
        (page, found[0])
        for page, text in operators.items()
        for code in code_of(text)
        if (found := re.match(r"--[a-z-]+(?=[ \]]|$)", code))
    }
    assert {each for each in alone if each[1] not in known} == set()


def test_the_safe_commands_in_the_pages_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("KAIKU_DATABASE_URL", f"sqlite:///{tmp_path / 'kaiku.db'}")
    monkeypatch.setenv("KAIKU_SECRET_KEY", "A" * 43 + "=")
    typed = sorted(" ".join(way) for _, command in written_commands() for way in ways_to_read(command))
    one_of_each = {name_of(each): each.split() for each in typed if name_of(each) in SAFE and is_whole(each)}
    assert set(one_of_each) == SAFE
    for name in sorted(one_of_each, key=lambda name: (name not in FIRST, name)):
        result = CliRunner().invoke(app, one_of_each[name])
        assert result.exit_code == 0, (name, result.output)


def name_of(command: str) -> str:
    """The words of the command itself."""
    words = command.split()
    return " ".join(words[: len(words) - len(command_of(words)[1])])


def is_whole(command: str) -> bool:
    """Whether it has all its arguments."""
    found, rest = command_of(command.split())
    needed = [each for each in found.params if each.param_type_name == "argument" and each.required]
    return len([word for word in rest if not word.startswith("-")]) >= len(needed)


def test_every_make_target_in_the_pages_exists() -> None:
    targets = set(
        re.findall(r"^([\w./-]+):", Path(ROOT, "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = {
        found[1]
        for text in TEXTS.values()
        for code in code_of(text)
        if (found := re.match(r"make (?:-C \S+ )?(\S+)", code))
    }
    assert named - targets == set()
    assert "demo" in named


def defaults_in_the_table() -> dict[str, str]:
    """The settings of the table in docs/operating.md, with their defaults as written."""
    table = {}
    for names, defaults in re.findall(r"^\| (`[A-Z_`, ]+) \| (.*?) ?\|", OPERATING, re.MULTILINE):
        each = re.findall(r"`([^`]+)`", defaults)
        for place, name in enumerate(re.findall(r"`([A-Z_]+)`", names)):
            table[name] = each[place] if each else ""
    return table


def test_every_setting_stands_in_the_table_with_its_default_and_no_other_does() -> None:
    def written(default: object) -> str:
        match default:
            case bool():
                return "on" if default else "off"
            case str() | int():
                return str(default)
            case _:  # what has none, and lists, which are empty
                return ""

    assert defaults_in_the_table() == {
        str(field.validation_alias): written(field.default) for field in Settings.model_fields.values()
    }


def test_the_secrets_that_may_stand_in_a_file_are_named() -> None:
    (sentence,) = re.findall(r"^[^\n]*`<NAME>_FILE`.*?\n\n", OPERATING, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`([A-Z_]+)`", sentence)) == set(SECRETS)


def test_no_page_names_a_setting_that_is_none() -> None:
    known = {str(field.validation_alias) for field in Settings.model_fields.values()} | ELSEWHERE
    known |= {f"{name}_FILE" for name in SECRETS}
    named = {
        (page, name)
        for page, text in TEXTS.items()
        for name in re.findall(r"\b(?:KAIKU|SLACK)_[A-Z_]+[A-Z]\b", text)
        if not f"{name}_".startswith(NOT_OURS)
    }
    assert {each for each in named if each[1] not in known} == set()


def anchors_of(text: str) -> set[str]:
    """Headings as GitHub links to them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_leads_somewhere(page: str) -> None:
    folder, broken = Path(ROOT, page).parent, []
    for target in re.findall(r"\]\(([^)\s]+)\)", TEXTS[page]):
        if re.match(r"https?:", target):
            continue
        path, _, anchor = target.partition("#")
        file = folder / path if path else Path(ROOT, page)
        is_there = file.exists()
        if not is_there or (anchor and anchor not in anchors_of(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", TEXTS)
def test_every_file_of_ours_that_a_page_names_exists(page: str) -> None:
    ours = "bot|handlers|storage|sandbox|tests|docs|deploy|bench|faults|rehearsal|gallery|programmes"
    named = [code for code in code_of(TEXTS[page]) if re.fullmatch(rf"(?:{ours})/[\w./-]+", code)]
    folder = Path(ROOT, page).parent
    assert [each for each in named if not (Path(ROOT, each).exists() or (folder / each).exists())] == []
