"""What a facilitator's forms about a session carry: attendance and the phases of a dialogue."""

from typing import Self

from msgspec import Struct

from bot.domain.carried.ids import parse_number
from bot.domain.carried.offerings import SessionRef
from bot.domain.facilitation.phases import PhaseAct


class AttendancePage(Struct, frozen=True):
    """A page of the attendance form of a session, from 0, and the people it shows: ``dialogue-2/1/0/U1,U2``.
    Somebody who got a seat while the form was open is not on it, so their attendance stays unmarked. A form
    without people (the first versions wrote ``dialogue-2/1``) shows everybody with a seat."""

    session: SessionRef
    page: int = 0
    shown: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return f"{self.session}/{self.page}/{','.join(self.shown or ())}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, *rest = text.split("/", 3)
        session = SessionRef.parse(f"{code}/{rest[0] if rest else ''}")
        if len(rest) < 3:
            return cls(session)
        return cls(session, parse_number(rest[1], 3) or 0, tuple(filter(None, rest[2].split(","))))


class PhaseChoice(Struct, frozen=True):
    """What to do with the timer of a session's dialogue, in the state that the button was shown in:
    ``dialogue-2/1/start/0p300``. An unknown act is read as None."""

    session: SessionRef
    act: PhaseAct | None
    mark: str

    def __str__(self) -> str:
        return f"{self.session}/{self.act or ''}/{self.mark}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, number, act, mark = (text.split("/", 3) + [""] * 3)[:4]
        known = PhaseAct(act) if act in set(PhaseAct) else None
        return cls(SessionRef.parse(f"{code}/{number}"), known, mark)
