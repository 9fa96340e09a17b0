"""The words that the copy of a person's data has for stored codes."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from bot.domain.deliveries import DeliveryKind, DeliveryState
from bot.domain.downloads import DownloadKind
from bot.domain.enrolment.offers import Outcome
from bot.domain.enrolment.seats import Status
from bot.domain.evidence.cases import Credit
from bot.domain.group_channels import MemberState
from bot.domain.language import LANGUAGES
from bot.domain.letters import LetterAudience
from bot.domain.my_data import MyData
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Role
from bot.domain.prompts.preparation import CardRef
from bot.domain.prompts.prompt import Frequency
from bot.domain.reflections import Sharing
from bot.i18n import Words
from bot.views.completion.use import all_asked

INVITED: Final = ("open", "accepted", "declined")
VALUES: Final = frozenset({*DeliveryState, *Outcome, *MemberState, *DownloadKind, *LetterAudience, *INVITED})
"""Codes that have words of their own here, ``mydata.value_...``."""

_SUBJECT: Final = re.compile(r"(?P<code>[a-z0-9-]+)(/((?P<session>\d+)|.*))?")
_STATUSES: Final = frozenset(Status) - {Status.IN_DRAW}
_FAMILIES: Final[Mapping[tuple[str, str], tuple[str, Collection[str]]]] = {
    ("enrolment", "status"): ("roster.status_", _STATUSES),
    ("removal", "becomes"): ("roster.status_", _STATUSES),
    ("seat_offer", "outcome"): ("mydata.value_", VALUES),
    ("invitation", "state"): ("mydata.value_", VALUES),
    ("channel_member", "state"): ("mydata.value_", VALUES),
    ("delivery", "state"): ("mydata.value_", VALUES),
    ("delivery", "kind"): ("rehearsal.kind_", frozenset(DeliveryKind)),
    ("download", "kind"): ("mydata.value_", VALUES),
    ("letter", "audience"): ("mydata.value_", VALUES),
    ("reflection", "shared"): ("sharing.short_", frozenset(Sharing)),
    ("success_case", "credit"): ("case.credit_", frozenset(Credit)),
    ("prompt_choice", "frequency"): ("frequency.", frozenset(Frequency)),
    ("plan_version", "origin"): ("plan.from_", ("file", "slack")),
    ("person", "role"): ("role.", frozenset(Role)),
    ("preference", "role"): ("role.", frozenset(Role)),
    ("person", "language"): ("evidence.", LANGUAGES),
    ("certificate", "language"): ("evidence.", LANGUAGES),
}
"""By table and column: the beginning of the keys of its codes' words, and the codes."""


def codes_of(table: str, column: str) -> Collection[str]:
    """The codes that have words; none where the column holds something else."""
    return _FAMILIES.get((table, column), ("", ()))[1]


def decoded(
    table: str, row: Mapping[str, Any], data: MyData, book: AgencyBook, words: Words
) -> dict[str, Any]:
    """The row with words for its codes; what is no code stays as it is."""
    return {name: _decoded(table, name, row, data, book, words) for name in row}


def _decoded(  # noqa: PLR0911 - one for each kind of code
    table: str, name: str, row: Mapping[str, Any], data: MyData, book: AgencyBook, words: Words
) -> object:
    value = row[name]
    if not isinstance(value, str | int) or isinstance(value, bool):
        return value
    if (table, name) == ("use_answer", "key"):
        return _asked(row, data, words) or value
    if (table, name) == ("use_answer", "choice"):
        return _chosen(row, data, words) or value
    if not isinstance(value, str):
        return value
    family, codes = _FAMILIES.get((table, name), ("", ()))
    if value in codes:
        return words(f"{family}{value}")
    if name == "agency" and value in book:
        return book.name(value, words.language)
    if name == "subject" and row.get("kind") == DeliveryKind.PREPARATION:
        return _card(value, words)
    if name in {"offering", "code", "subject", "about"}:
        return _title(value, data, words)
    return value


def _title(code: str, data: MyData, words: Words) -> str:
    """Of an offering, or of what a message is about: an offering, or one of its sessions or prompts."""
    found = _SUBJECT.fullmatch(code)
    offering = data.offerings.get(found["code"]) if found else None
    if found is None or offering is None:
        return code
    title = words.pick(offering.title)
    return words("mydata.session_of", title=title, n=found["session"]) if found["session"] else title


def _card(subject: str, words: Words) -> str:
    """Of a preparation card, and the date that it was for."""
    ref = CardRef.parse(subject)
    return words("preparation.comes", card=words(f"preparation.{ref.card}"), when=words.plain_date(ref.on))


def _asked(row: Mapping[str, Any], data: MyData, words: Words) -> str | None:
    offering = data.offerings.get(row.get("offering", ""))
    question = all_asked(offering).get(row["key"]) if offering else None
    return words.pick(question.text) if question else None


def _chosen(row: Mapping[str, Any], data: MyData, words: Words) -> str | None:
    offering = data.offerings.get(row.get("offering", ""))
    question = all_asked(offering).get(row["key"]) if offering else None
    is_choice = question is not None and row["choice"] < len(question.choices)
    return words.pick(question.choices[row["choice"]]) if question and is_choice else None
