"""What the forms of an act on a group pass from one to the next."""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Self

from msgspec import Struct, field

from bot.domain.carried.ids import parse_id, parse_number
from bot.domain.errors import KaikuError, Refusal


class GroupAct(StrEnum):
    """What a facilitator can do with the people of a group."""

    SEAT = "seat"
    ADD = "add"
    MOVE = "move"
    PUT_BACK = "put_back"
    REMOVE = "remove"
    RAISE = "raise"
    CLOSE = "close"
    REOPEN = "reopen"


class GroupTarget(Struct, frozen=True):
    """An act on a group, as chosen: ``dialogue-2:remove``; and once its form is filled in, what it is about,
    as a list in JSON: ``dialogue-2:remove:["7","",{"fi":"..."}]``. ``about`` is an enrolment, a person or an
    agency; ``to`` another group, a limit (``RaisedLimit``) or a day. Anything that is no such list counts as
    nothing filled in."""

    code: str
    act: GroupAct
    about: str = ""
    to: str = ""
    reason: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        if not (self.about or self.to or self.reason):
            return f"{self.code}:{self.act}"
        carried = json.dumps(
            [self.about, self.to, dict(self.reason)], ensure_ascii=False, separators=(",", ":")
        )
        return f"{self.code}:{self.act}:{carried}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: NOT_IN_GROUP."""
        code, _, rest = text.partition(":")
        act, _, carried = rest.partition(":")
        if act not in set(GroupAct):
            raise KaikuError(Refusal.NOT_IN_GROUP)
        return cls(code, GroupAct(act), *_carried(carried))

    @property
    def enrolment_id(self) -> int:
        """Raises KaikuError: NOT_IN_GROUP."""
        return parse_id(self.about, Refusal.NOT_IN_GROUP)

    @property
    def until(self) -> date | None:
        """Until when sign-up is to be open; None to close it. Raises KaikuError: SIGN_UP_DAY_WRONG."""
        if self.act is GroupAct.CLOSE:
            return None
        try:
            return date.fromisoformat(self.to)
        except ValueError as error:
            raise KaikuError(Refusal.SIGN_UP_DAY_WRONG) from error


class RaisedLimit(Struct, frozen=True):
    """The limit of an agency as the form showed it, and the new one: ``2/3``; ``3`` as it was typed. What is
    not a number becomes 0, which is never a limit."""

    seats: int
    was: int | None = None

    def __str__(self) -> str:
        return str(self.seats) if self.was is None else f"{self.was}/{self.seats}"

    @classmethod
    def parse(cls, text: str) -> Self:
        was, _, seats = text.rpartition("/")
        return cls(parse_number(seats.strip(), 3) or 0, parse_number(was, 3))


def _carried(text: str) -> tuple[str, str, dict[str, str]]:
    try:
        found = json.loads(text) if text else None
    except (ValueError, RecursionError):
        found = None
    match found:
        case [str(about), str(to), dict(reason)]:
            return about, to, {key: said for key, said in reason.items() if isinstance(said, str)}
    return "", "", {}
