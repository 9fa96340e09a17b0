"""What the pages for coordinators carry: the log of acts, and people in a role."""

from typing import Self

from msgspec import Struct

from bot.domain.carried.ids import MAX_ID_DIGITS, parse_number


class LogPage(Struct, frozen=True):
    """A page of the log of acts: of an offering or of all, before the line with this id: ``dialogue-2:7``,
    ``:7``, ``dialogue-2``, or nothing. What is not a number means the newest page."""

    code: str = ""
    before: int | None = None

    def __str__(self) -> str:
        return self.code if self.before is None else f"{self.code}:{self.before}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, before = text.partition(":")
        return cls(code, parse_number(before, MAX_ID_DIGITS))


class PeopleForm(Struct, frozen=True):
    """A form of people in a role: whom it showed, so that only what was changed in it is changed, and the
    offering, if it is about one: ``dialogue-2:UAINO,UOLLI``, ``:UAINO``."""

    code: str = ""
    shown: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}:{','.join(self.shown)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, shown = text.partition(":")
        return cls(code, tuple(each for each in shown.split(",") if each))
