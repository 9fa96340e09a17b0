"""The command line's own words: in the language of KAIKU_LANGUAGE, else of the locale, else in Finnish.

Commands name their help, and what they say, by keys of the catalogues. The library has only English, so its
usage, help and errors are worded here.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from bot.domain.language import operators_language
from bot.domain.text import visible

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter
    from typer._click.core import Command

    from bot.i18n import Words

Act = TypeVar("Act", bound=Callable[..., Any])

_language: ContextVar[str | None] = ContextVar("language", default=None)


def speak(language: str) -> None:
    """Set the language of all further output."""
    _language.set(language)


def spoken() -> str:
    """The current language of output."""
    return _language.get() or operators_language(os.environ)


def words() -> "Words":
    from bot.i18n import words_for

    return words_for(spoken(), "UTC")


def told(key: str, /, **params: object) -> str:
    """A sentence of the catalogues, for the operator."""
    from bot.i18n import Sentence

    return words().say(Sentence(key, **params))


def told_many(key: str, n: int, /, **params: object) -> str:
    return words().say_many(key, n, **params)


def visible_lines(text: str) -> str:
    """Text of several lines without terminal control characters; it may quote names that people chose."""
    return "\n".join(map(visible, text.split("\n")))


def moment(at: datetime) -> str:
    """``2026-11-28 13:50Z``: the same in every language."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"


def say(key: str, /, **params: object) -> None:
    typer.echo(visible_lines(told(key, **params)))


def is_confirmed(question: str) -> bool:
    """Ask the operator for a yes in their language or English; anything else is a no."""
    choice = told("usage.yes_or_no")
    typer.echo(visible_lines(f"{question} [{choice}]: "), nl=False, err=True)
    return sys.stdin.readline().strip().casefold()[:1] in {choice[0], "y"}


_ERRORS = (
    (r"No such option: (?P<name>\S+)", "usage.no_option"),
    (r"Option '(?P<name>.+?)' requires .*", "usage.option_needs_value"),
    (r"Option '(?P<name>.+?)' does not take a value\.", "usage.option_takes_no_value"),
    (r"Missing command\.", "usage.no_command"),
    (r"No such command '(?P<name>.+?)'\..*", "usage.unknown_command"),
    (r"Got unexpected extra argument\(?s?\)? \((?P<name>.+)\)", "usage.too_much"),
    (r"Missing (argument|option|parameter) ?'?(?P<name>[^']*?)'?\..*", "usage.missing"),
    (r"Invalid value for '?(?P<name>.+?)'?: .*'(?P<value>.*)' does not exist\.", "usage.no_file"),
    (r"Invalid value for '?(?P<name>.+?)'?: File '(?P<value>.*)' is a directory\.", "usage.is_folder"),
    (r"Invalid value for '?(?P<name>.+?)'?: dir\w* '(?P<value>.*)' is a file\.", "usage.is_file"),
    (r"Invalid value for '?(?P<name>.+?)'?: .*'(?P<value>.*)' is not readable\.", "usage.not_readable"),
    (r"Invalid value for '?(?P<name>.+?)'?(?: \(env var: '\w+'\))?: (?P<said>.*)", "usage.wrong_value"),
    (r"Invalid value: (?P<said>.*)", "usage.wrong"),
)
"""The library's messages, and the keys of ours."""

_VALUE_ERRORS = (
    (r"Input should be a valid (integer|number), .*", "usage.no_number"),
    (r"Input should be greater than or equal to (?P<limit>.+)", "usage.too_small"),
    (r"Input should be less than or equal to (?P<limit>.+)", "usage.too_large"),
    (r"Value error, '(?P<value>.*)' does not match the formats? (?P<formats>.*)\.", "usage.no_date"),
    (r"Value error, '(?P<value>.*)' is not one of (?P<choices>.*?)\.", "usage.no_choice"),
)


def error_text(english: str) -> str:
    """One of the library's errors, in the operator's language; as it is, if we do not know it."""
    for pattern, key in _ERRORS:
        if found := re.fullmatch(pattern, english, re.DOTALL | re.IGNORECASE):
            params = {name: value.strip("[]") for name, value in found.groupdict().items()}
            if "said" in params:
                params["said"] = _value_error(params["said"])
            return told(key, **params)
    return english


def _value_error(english: str) -> str:
    for pattern, key in _VALUE_ERRORS:
        if found := re.fullmatch(pattern, english, re.DOTALL | re.IGNORECASE):
            params = found.groupdict()
            if "formats" in params:
                params["formats"] = _shown_formats(params["formats"])
            return told(key, **params)
    return english


def _shown_formats(formats: str) -> str:
    """``'%Y-%m-%d', ...`` as somebody types it."""
    example = datetime(2026, 11, 28, 13, 50, tzinfo=UTC)
    return ", ".join(example.strftime(each) for each in re.findall(r"'([^']+)'", formats))


class _Spoken(TyperCommand):
    """A command with help in the operator's language."""

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        _write_help(self, ctx, formatter)

    def format_usage(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        _write_usage(self, ctx, formatter)


class _SpokenGroup(TyperGroup):
    """A group of commands with help in the operator's language; the outermost one also words usage errors."""

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        _write_help(self, ctx, formatter)

    def format_usage(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        _write_usage(self, ctx, formatter)

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - the library's
        _language.set(None)
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except typer.Abort:
            typer.echo(told("usage.aborted"), err=True)
            sys.exit(1)
        except Exception as error:
            if not hasattr(error, "format_message"):  # none of the library's
                raise
            _show(error)
            sys.exit(2)
        sys.exit(code if isinstance(code, int) else 0)


def _show(error: Any) -> None:  # noqa: ANN401 - the library's errors have no public name
    context = error.ctx
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), err=True)
        return
    if context is not None:
        typer.echo(context.get_usage(), err=True)
        typer.echo(told("usage.try_help", command=context.command_path), err=True)
    lines = error_text(error.format_message().split(" (Possible options:")[0])
    if near := sorted(getattr(error, "possibilities", None) or _near(error)):
        lines += " " + told("usage.did_you_mean", names=words().any_of(near))
    typer.echo(visible_lines(told("usage.error", problem=lines)), err=True)


def _near(error: Any) -> list[str]:  # noqa: ANN401
    found = re.search(r"Did you mean (.*)\?$", error.format_message())
    return re.findall(r"'([^']+)'", found[1]) if found else []


def _write_usage(command: "Command", ctx: "Context", formatter: "HelpFormatter") -> None:
    pieces = [told("usage.options_piece") if each == "[OPTIONS]" else each for each in _pieces(command, ctx)]
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=f"{told('usage.usage')} ")


def _pieces(command: "Command", ctx: "Context") -> list[str]:
    pieces = command.collect_usage_pieces(ctx)
    return [told("usage.command_piece") if each == "COMMAND [ARGS]..." else each for each in pieces]


def _write_help(command: "Command", ctx: "Context", formatter: "HelpFormatter") -> None:
    _write_usage(command, ctx, formatter)
    if command.help:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(told(command.help))
    for title, rows in (
        ("usage.arguments", list(_rows(command, ctx, "argument"))),
        ("usage.options", list(_rows(command, ctx, "option"))),
        ("usage.commands", list(_commands(command, ctx))),
    ):
        if rows:
            with formatter.section(told(title)):
                formatter.write_dl(rows)


def _rows(command: "Command", ctx: "Context", kind: str) -> Iterator[tuple[str, str]]:
    for param in command.get_params(ctx):
        if param.param_type_name != kind or (record := param.get_help_record(ctx)) is None:
            continue
        key = getattr(param, "help", None) or ""
        text = told("usage.help") if param.name == "help" else told(key)
        if param.required:
            text += f"  [{told('usage.required')}]"
        elif param.name != "help" and (default := _default_of(param)):
            text += f"  [{told('usage.default', value=default)}]"
        yield _named(record[0], kind), text


_KINDS = {"path": "path", "datetime": "time", "int": "number", "float": "number"}


def _named(name: str, kind: str) -> str:
    """An option with its type in words, ``--keep <luku>`` for ``--keep <int range>``; an argument's name
    suffices."""
    if kind == "argument":
        return re.sub(r" <[a-z ]+>", "", name)
    return re.sub(r"<(\w+)[ \w]*>", lambda found: f"<{_kind(found[1])}>", name)


def _kind(english: str) -> str:
    return told(f"usage.kind_{_KINDS.get(english, 'text')}")


def _default_of(param: Any) -> str:  # noqa: ANN401 - an option or an argument
    if param.default is None or isinstance(param.default, bool) or callable(param.default):
        return ""
    return str(param.default)


def _commands(command: "Command", ctx: "Context") -> Iterator[tuple[str, str]]:
    for name in getattr(command, "commands", {}):
        inner = command.get_command(ctx, name)  # type: ignore[attr-defined]  # a group's
        if not inner.hidden:
            yield name, told(inner.help).split(". ")[0].rstrip(".") + "."


class CommandLine(typer.Typer):
    """A group of commands; ``help`` is a key of the catalogues."""

    def __init__(self, help: str, *, no_args_is_help: bool = True) -> None:
        super().__init__(
            cls=_SpokenGroup,
            help=help,
            no_args_is_help=no_args_is_help,
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode=None,
        )

    def spoken(self, name: str, help: str, *, hidden: bool = False) -> Callable[[Act], Act]:
        """Decorates what is a command."""
        return self.command(name, cls=_Spoken, help=help, hidden=hidden)

    def add(self, name: str, act: Act, help: str) -> None:
        self.spoken(name, help)(act)
