"""Offerings' codes. Successive programmes may use the same code: the later offering is stored with a number,
``dialogue-1.2``, and ``dialogue-1`` as typed means the current one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.domain.enrolment.sign_up import SignUpState

LONGEST = 40
"""Characters that a stored code may have."""


class Purpose(StrEnum):
    """What somebody wants to do with the offering whose code they type, which decides between offerings with
    the same code."""

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
    """The code as in the plan and as people type it, without the number."""
    return code.partition(".")[0]


def free_code(plain: str, taken: Collection[str]) -> str | None:
    """The code to store for a new offering; None if it would be too long."""
    number, code = 1, plain
    while code in taken:
        number += 1
        code = f"{plain}.{number}"
    return code if len(code) <= LONGEST else None


def current(alike: Sequence[Alike], purpose: Purpose) -> str:
    """The code of the offering that is meant: to join, one that can be joined; to leave, the person's own;
    else the first that is not over, or the last one."""
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
