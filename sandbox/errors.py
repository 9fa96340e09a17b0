"""How the workspace refuses: in Slack's own words."""

from dataclasses import dataclass
from typing import Any


class SlackError(Exception):
    """What Slack answers when it refuses: ``code`` and more fields of the answer."""

    def __init__(self, code: str, **fields: Any) -> None:  # noqa: ANN401 - fields of a JSON answer
        super().__init__(code)
        self.code = code
        self.fields = fields

    @property
    def detail(self) -> str | None:
        """Why, for people; None when the code says it all."""
        messages = self.fields.get("response_metadata", {}).get("messages", [])
        return self.fields.get("detail") or "; ".join(messages) or None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing Slack would refuse, and where (a JSON pointer)."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


def refuse(problems: list[Problem], code: str) -> None:
    """Raises SlackError, unless there are no problems."""
    if problems:
        messages = [str(problem) for problem in problems]
        raise SlackError(code, errors=messages, response_metadata={"messages": messages})


def invalid_arguments(message: str) -> SlackError:
    """A call whose arguments Slack would not take."""
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {message}"]})


def missing_scope(provided: frozenset[str], *needed: str) -> SlackError:
    """A call for which the app's manifest lacks every one of these scopes."""
    return SlackError("missing_scope", needed=",".join(needed), provided=",".join(sorted(provided)))
