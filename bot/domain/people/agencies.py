"""The agencies people work for, grouped by the ministry whose administrative branch they belong to."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from bot.domain.language import Texts, pick
from bot.domain.people.spelling import is_one_slip_apart

OTHER: Final = "other"
"""The choice of a person whose employer is not listed; they give its name in their own words."""


class Agency(Struct, frozen=True):
    """``code`` is its name in the database and in plan files, such as ``vero``; ``also`` are other names:
    short and former ones, abbreviations."""

    code: str
    name: Texts
    also: tuple[str, ...] = ()

    @property
    def spellings(self) -> frozenset[str]:
        """The agency's spellings, normalized by ``plain_name``."""
        return frozenset(filter(None, map(plain_name, self._names)))

    @property
    def home_spellings(self) -> frozenset[str]:
        """The spellings that name the country, with the country left out."""
        return frozenset(map(home_name, self._names)) - self.spellings - {""}

    @property
    def _names(self) -> list[str]:
        """The names, the names without their brackets, and the text in brackets alone
        ("Kansaneläkelaitos (Kela)") unless it has a year ("(until 2025)")."""
        names = [self.code, *self.also]
        for text in self.name.values():
            short = [each for each in _BRACKETED.findall(text) if not re.search(r"\d", each)]
            names += [text, *short, _BRACKETED.sub(" ", text)]
        return names


_BRACKETED = re.compile(r"\(([^)]*)\)")
_WORD = re.compile(r"[^\W_]+")
_LEGAL_FORMS = frozenset(
    ("oy", "oyj", "ab", "abp", "ky", "kb", "tmi", "osk", "anl", "ry", "rf", "rp", "sr")
) | {*("ltd", "limited", "inc", "plc", "corp", "corporation", "llc", "gmbh")}
_OUR_COUNTRYS = frozenset(("suomen", "finlands", "finska", "finnish"))
_OUR_COUNTRY = frozenset(("suomi", "suomessa", "finland"))
_IN = frozenset(("of", "in", "i"))
_DOTTED = re.compile(r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)")
"""The dots within "r.y." and "o.y."."""
_SHORTEST_TYPO = 5
"""In a shorter name a different letter makes another name: "THL" is not a typo of "TTL"."""
_MOST_MEANT = 5


def _parts(written: str) -> list[str]:
    return [part for part in re.split(r"[,;/()|–—]|\s-\s", written) if plain_name(part)]


def _last_word_apart(written: str) -> list[str]:
    before, _, last = written.strip().rpartition(" ")
    return [before, last] if before else []


def plain_name(written: str) -> str:
    """An employer's name without differences of spelling: case, width of letters, spacing, punctuation, the
    legal form and the article."""
    return "".join(_words(written))


def home_name(written: str) -> str:
    """``plain_name`` without our country at its beginning or end: "Suomen Kuntaliitto" is "Kuntaliitto"."""
    words = _words(written)
    rest = words[words[0] in _OUR_COUNTRYS :] if words else words
    if rest and rest[-1] in _OUR_COUNTRY:
        rest = rest[:-2] if rest[-2:-1] and rest[-2] in _IN else rest[:-1]
    return "".join(rest or words)


def _words(written: str) -> list[str]:
    found = _WORD.findall(_DOTTED.sub("", unicodedata.normalize("NFKC", written).casefold()))
    return [word for word in found if word not in _LEGAL_FORMS and word != "the"] or found


class Branch(Struct, frozen=True):
    """A ministry's administrative branch: a group in the list of agencies, in the order it is shown."""

    code: str
    name: Texts
    agencies: tuple[Agency, ...]


class AgencyBook:
    """All agencies that a person can choose. ``code in book`` tests whether a code is known."""

    def __init__(self, branches: tuple[Branch, ...]) -> None:
        self.branches = branches
        self._by_code = {agency.code: agency for branch in branches for agency in branch.agencies}
        self._by_spelling: dict[str, list[str]] = {}
        self._by_home_spelling: dict[str, list[str]] = {}
        for agency in self:
            for spelling in agency.spellings:
                self._by_spelling.setdefault(spelling, []).append(agency.code)
            for spelling in agency.home_spellings:
                self._by_home_spelling.setdefault(spelling, []).append(agency.code)

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

    def written_as(self, written: str) -> str | None:
        """The code of the agency that these words name, if they name exactly one; its name beside its
        abbreviation counts as one."""
        codes = self._by_spelling.get(plain_name(written)) or self._all_named(written)
        return next(iter(codes)) if len(codes) == 1 else None

    def nearly_written_as(self, written: str) -> list[str]:
        """The codes of agencies that may be meant: one typo away, with or without our country in the name, or
        several with the same name."""
        plain = plain_name(written)
        if plain in self._by_spelling:
            return self._by_spelling[plain]
        if named := self._named_in_part(written):
            return named[:_MOST_MEANT]
        home = home_name(written)
        if at_home := self._by_spelling.get(home) or self._by_home_spelling.get(home):
            return at_home[:_MOST_MEANT]
        if len(plain) < _SHORTEST_TYPO:
            return []
        near = (
            code
            for spelling, codes in self._by_spelling.items()
            if len(spelling) >= _SHORTEST_TYPO and is_one_slip_apart(plain, spelling)
            for code in codes
        )
        return list(dict.fromkeys(near))[:_MOST_MEANT]

    def _all_named(self, written: str) -> set[str]:
        """The codes of agencies named by every part of the words: for "Geologian tutkimuskeskus GTK", not for
        "THL, Helsinki"."""
        parts = _parts(written)
        if len(parts) < 2:
            parts = _last_word_apart(written)
        found = [set(self._by_spelling.get(plain_name(part), ())) for part in parts]
        return set.intersection(*found) if found else set()

    def _named_in_part(self, written: str) -> list[str]:
        found = (code for part in _parts(written) for code in self._by_spelling.get(plain_name(part), ()))
        return list(dict.fromkeys(found))

    def name(self, code: str, language: str) -> str:
        """The agency's name in ``language``. An unknown code is returned as it is: a code may leave the file
        while people who chose it stay."""
        agency = self._by_code.get(code)
        return pick(agency.name, language) if agency else code

    def groups(self, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """Names of branches with the (code, name) pairs of their agencies in ``language``, in the file's
        order."""
        return [
            (
                pick(branch.name, language),
                [(agency.code, pick(agency.name, language)) for agency in branch.agencies],
            )
            for branch in self.branches
        ]


def seat_key(agency_code: str, own_words: str | None) -> str:
    """The key that seats are counted by: the agency's code, or for ``other`` the employer in the person's
    words.

    Two spellings of one employer count as one (``home_name``), different employers that are all "other"
    don't.
    """
    if agency_code != OTHER:
        return agency_code
    return f"{OTHER}:{home_name(own_words or '')}"
