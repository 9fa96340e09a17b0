"""Offerings' codes. Programmes may use the same code one after the other: the later one is stored with a
number, ``dialogue-1.2``, and whoever types ``dialogue-1`` means the one that is current."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.domain.enrolment.sign_up import SignUpState

LONGEST = 40
"""Characters that a stored code may have."""


class Purpose(StrEnum):
    """What somebody wants of the offering whose code they type: that tells which they mean."""

    JOIN = "join"
    LEAVE = "leave"
    OTHER = "other"


class Alike(Struct, frozen=True):
    """One of several offerings with the same plain code."""

    code: str
    state: SignUpState
    starts_at: datetime | None
    is_mine: bool = False


def plain_code(code: str) -> str:
    """The code as the plan has it and as people type it."""
    return code.partition(".")[0]


def free_code(plain: str, taken: Collection[str]) -> str | None:
    """The code to store for a new offering; None if it would be too long."""
    number, code = 1, plain
    while code in taken:
        number += 1
        code = f"{plain}.{number}"
    return code if len(code) <= LONGEST else None


def current(alike: Sequence[Alike], purpose: Purpose) -> str:
    """The code of the one that is meant: for joining one that can be joined, for leaving the person's own;
    else the first that is not over, or the last there was."""
    return min(alike, key=lambda each: (*_preference(each, purpose), *_nearness(each))).code


def _preference(each: Alike, purpose: Purpose) -> tuple[int, ...]:
    match purpose:
        case Purpose.JOIN:
            order = (SignUpState.OPEN, SignUpState.NOT_YET, SignUpState.CLOSED)
            return (order.index(each.state) if each.state in order else len(order),)
        case Purpose.LEAVE:
            return (0 if each.is_mine and not _is_over(each) else 1,)
        case _:
            return ()


def _nearness(each: Alike) -> tuple[bool, float]:
    starts = each.starts_at.timestamp() if each.starts_at is not None else 0.0
    return (True, -starts) if _is_over(each) else (False, starts)


def _is_over(each: Alike) -> bool:
    return each.state in {SignUpState.PAST, SignUpState.CANCELLED}
