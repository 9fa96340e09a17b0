"""Records what the workspace received and refused: from its traffic, not from the bot."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from hashlib import blake2b
from typing import Any, Final

from msgspec import Struct, field

from sandbox import Workspace

ASKING: Final = ("reflection.write", "reflection.choose_", "prompts.set_")
"""Buttons of messages that ask for a reflection, or how often to ask: these keep quiet time."""
PROMPT_BUTTON: Final = "reflection.write"  # its value is the prompt's id
OFFER_BUTTON: Final = "offer.accept"  # its value is the offer's id and the offering's code

Moment = tuple[int, int, int, int]
"""Month, day, hour and minute, as people read a time: the year is given only where it is another."""
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED: Final = (
    re.compile(r"(?P<day>\d+)\.(?P<month>\d+)\.?(?:\d{4})? kl(?:o|\.) (?P<hour>\d+)\.(?P<minute>\d\d)"),
    re.compile(r"(?P<day>\d+) (?P<month>[A-Z][a-z]{2})[a-z]*(?: \d{4})?, (?P<hour>\d\d):(?P<minute>\d\d)"),
)
"""A day with its hour in Finnish and Swedish, and in English."""


class Arrival(Struct, frozen=True):
    """One message in somebody's conversation with Kaiku, or in a channel.

    ``delivery`` is the id in its metadata; ``prompt`` the prompt it asks, if it does; ``asks`` whether it
    wants something of the person; ``authored`` whether it says which facilitator asks; ``offers`` the code of
    the offering in which it offers a seat; ``buttons`` what can be clicked; ``moments`` the days and hours
    that it names.
    """

    at: datetime
    to: str
    channel: str
    ts: str
    delivery: int | None
    prompt: int | None
    asks: bool
    authored: bool
    text: str  # a digest: the text matters only for finding repetitions
    offers: str | None = None
    buttons: frozenset[str] = frozenset()
    moments: frozenset[Moment] = frozenset()


class Refusal(Struct, frozen=True):
    """Something that Slack refused, or an act of a person without a proper answer."""

    at: datetime
    what: str
    error: str
    detail: str = ""


class Record(Struct):
    """Listens to a workspace. ``on_arrival`` hears of each message that came to a person."""

    workspace: Workspace
    on_arrival: Callable[[Arrival], None] = lambda _: None
    arrivals: list[Arrival] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    _seen: int = 0

    def __post_init__(self) -> None:
        self.workspace.on_change.append(self._look)

    def _look(self) -> None:
        log = self.workspace.log
        if not log or log[-1]["seq"] <= self._seen:
            return
        entry = log[-1]
        self._seen = entry["seq"]
        if entry["direction"] == "from_app":
            self.calls[entry["what"]] += 1
        if not entry["ok"]:
            self.refuse(entry["what"], str(entry["error"]), _detail_of(entry))
        elif entry["what"] == "chat.postMessage":
            arrival = _arrival_of(entry, self.workspace.clock.now())
            self.arrivals.append(arrival)
            if not arrival.to.startswith("C"):
                self.on_arrival(arrival)

    def refuse(self, what: str, error: str, detail: str = "") -> None:
        self.refusals.append(Refusal(self.workspace.clock.now(), what, error, detail))


class Complaints(logging.Handler):
    """Errors that the bot itself logs: a refused payload, a failed listener or delivery. A person was told
    too little."""

    def __init__(self, record: Record) -> None:
        super().__init__(logging.ERROR)
        self._record = record

    def emit(self, record: logging.LogRecord) -> None:
        detail = str(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
        detail = "; ".join(getattr(record, "problems", ())) or detail
        self._record.refuse("Kaiku itself", getattr(record, "action", "error"), detail or record.getMessage())


def _arrival_of(entry: dict[str, Any], at: datetime) -> Arrival:
    asked, answer = entry["request"], entry["response"]
    buttons = list(buttons_of(asked.get("blocks") or []))
    payload = (asked.get("metadata") or {}).get("event_payload", {})
    prompts = [value for action_id, value in buttons if action_id == PROMPT_BUTTON]
    return Arrival(
        at=at,
        to=str(asked["channel"]),
        channel=str(answer["channel"]),
        ts=str(answer["ts"]),
        delivery=int(payload["id"]) if "id" in payload else None,
        prompt=int(prompts[0]) if prompts else None,
        asks=any(action_id.startswith(ASKING) for action_id, _ in buttons),
        authored="<@U" in str(asked.get("text", "")),
        offers=next((value.partition(":")[2] for each, value in buttons if each == OFFER_BUTTON), None),
        buttons=frozenset(action_id for action_id, _ in buttons),
        moments=moments_in(str(asked.get("text", ""))),
        text=blake2b(str(asked.get("text", "")).encode(), digest_size=8).hexdigest(),
    )


def moments_in(text: str) -> frozenset[Moment]:
    """The days and hours that a text names."""
    return frozenset(
        (_month(found["month"]), int(found["day"]), int(found["hour"]), int(found["minute"]))
        for pattern in _NAMED
        for found in pattern.finditer(text)
    )


def _month(said: str) -> int:
    return int(said) if said.isdigit() else _MONTHS.index(said.lower()) + 1


def moment_of(on: date, at: time) -> Moment:
    return on.month, on.day, at.hour, at.minute


def buttons_of(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory")):
            if isinstance(element, dict) and "action_id" in element:
                yield element["action_id"], str(element.get("value", ""))


def _detail_of(entry: dict[str, Any]) -> str:
    answer = entry["response"] if isinstance(entry["response"], dict) else {}
    messages = (answer.get("response_metadata") or {}).get("messages", ())
    return "; ".join(map(str, messages)) or str(answer.get("detail") or answer.get("needed") or "")
