"""The agencies people work for, grouped by the ministry whose administrative branch they belong to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.domain.language import Texts, pick

OTHER: Final = "other"
"""What a person chooses whose employer is not in the book; they name it in their own words."""


@dataclass(frozen=True, slots=True)
class Agency:
    """``code`` is what the database and plan files call it, such as ``vero``."""

    code: str
    name: Texts


@dataclass(frozen=True, slots=True)
class Branch:
    """A ministry's administrative branch: a group in the list of agencies, in the order it is shown."""

    code: str
    name: Texts
    agencies: tuple[Agency, ...]


@dataclass(frozen=True)
class AgencyBook:
    """All agencies a person can choose. ``code in book`` tells whether a code is known."""

    branches: tuple[Branch, ...]
    _by_code: dict[str, Agency] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code = {agency.code: agency for branch in self.branches for agency in branch.agencies}
        object.__setattr__(self, "_by_code", by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Agency]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self._by_code)

    def get(self, code: str) -> Agency | None:
        return self._by_code.get(code)

    def name(self, code: str, language: str) -> str:
        """The agency's name in ``language``; an unknown code is its own name.

        A code may leave the book while people who chose it stay, so this must not fail.
        """
        agency = self._by_code.get(code)
        return pick(agency.name, language) if agency else code

    def groups(self, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """Branch names with their (code, name) pairs in ``language``, in the book's order."""
        return [
            (
                pick(branch.name, language),
                [(agency.code, pick(agency.name, language)) for agency in branch.agencies],
            )
            for branch in self.branches
        ]


def seat_key(agency_code: str, own_words: str | None) -> str:
    """What seats are counted by: the agency's code, or for ``other`` the employer in the person's words.

    Case and spacing don't matter, so that two people of one employer share its seats, while
    different employers that are all "other" don't.
    """
    if agency_code != OTHER:
        return agency_code
    return f"{OTHER}:{' '.join((own_words or '').split()).casefold()}"
