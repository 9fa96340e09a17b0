"""What buttons, menus and forms carry through Slack in ``value`` and ``private_metadata``: small values that
views write with ``str`` and handlers read with ``parse``.

What comes back is a claim. It may be forged, or come from a message that an older Kaiku posted, so ``parse``
returns a value or raises KaikuError, nothing else. Messages stay for years: the written forms below must stay
readable. Whether an id exists, and whether the person may use it, is for the services to check.

An offering's code travels as it is: the services refuse one that they don't know.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Self

from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.phases import PhaseAct
from bot.domain.letters import LetterAudience

MAX_ID_DIGITS = 9
"""The databases' integers hold every number of so many digits."""

MAX_FORM_KEY = 32


def parse_id(text: str, refusal: Refusal) -> int:
    """Parse the id of a row. Raises KaikuError with the given refusal."""
    found = parse_number(text, MAX_ID_DIGITS)
    if found is None:
        raise KaikuError(refusal)
    return found


def parse_number(text: str, most_digits: int) -> int | None:
    """Parse a number without a sign; None for any other text."""
    if text.isascii() and text.isdigit() and len(text) <= most_digits:
        return int(text)
    return None


@dataclass(frozen=True, slots=True)
class SessionRef:
    """A session of an offering: ``dialogue-2/1``. What is no number becomes 0, which no session has, so that
    the services refuse it."""

    code: str
    number: int

    def __str__(self) -> str:
        return f"{self.code}/{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, number = text.partition("/")
        return cls(code, parse_number(number, MAX_ID_DIGITS) or 0)


@dataclass(frozen=True, slots=True)
class VenueRef:
    """A session's venue and the last day on which it can be cancelled free of charge, as it was shown:
    ``dialogue-2/1/2019-03-26``, or ``dialogue-2/1/`` if there is no such day."""

    code: str
    number: int
    free_until: date | None

    def __str__(self) -> str:
        return f"{self.code}/{self.number}/{self.free_until or ''}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: CHANGED_MEANWHILE."""
        code, number, until = [*text.split("/", 2), "", ""][:3]
        try:
            free_until = date.fromisoformat(until) if until else None
        except ValueError as error:
            raise KaikuError(Refusal.CHANGED_MEANWHILE) from error
        return cls(code, parse_number(number, MAX_ID_DIGITS) or 0, free_until)

    @classmethod
    def of_delivery(cls, code: str, number: int, occurrence: str) -> Self:
        """What a message that asks about it is about: see ``session_notes.venue_occurrence_of``."""
        return cls(code, number, date.fromisoformat(occurrence))


@dataclass(frozen=True, slots=True)
class TextsTarget:
    """Texts of an offering (session 0) or of a session, and the mark of those that the form showed:
    ``dialogue-2/0/9f2c0d``."""

    session: SessionRef
    mark: str

    def __str__(self) -> str:
        return f"{self.session}/{self.mark}"

    @classmethod
    def parse(cls, text: str) -> Self:
        about, _, mark = text.rpartition("/")
        return cls(SessionRef.parse(about), mark)


@dataclass(frozen=True, slots=True)
class OfferRef:
    """A seat that was offered, and the offering: ``7:dialogue-2``."""

    offer_id: int
    code: str

    def __str__(self) -> str:
        return f"{self.offer_id}:{self.code}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: OFFER_GONE."""
        offer_id, _, code = text.partition(":")
        return cls(parse_id(offer_id, Refusal.OFFER_GONE), code)


@dataclass(frozen=True, slots=True)
class PostRef:
    """A post in a channel and the offering that a button under it is about: ``5:dialogue-2``."""

    post_id: int
    code: str

    def __str__(self) -> str:
        return f"{self.post_id}:{self.code}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: ANNOUNCEMENT_GONE."""
        post_id, _, code = text.partition(":")
        return cls(parse_id(post_id, Refusal.ANNOUNCEMENT_GONE), code)


@dataclass(frozen=True, slots=True)
class JoinTarget:
    """What a join form is for: ``dialogue-2``, and the post that it was opened from: ``dialogue-2@5``. A post
    that can't be read is left out: it is only counted."""

    code: str
    post_id: int | None = None

    def __str__(self) -> str:
        return self.code if self.post_id is None else f"{self.code}@{self.post_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, post_id = text.partition("@")
        return cls(code, parse_number(post_id, MAX_ID_DIGITS))


@dataclass(frozen=True, slots=True)
class ProposalRef:
    """The draw of an offering and which outcome of it was shown: ``coaching-1:9f2c0d``."""

    code: str
    digest: str

    def __str__(self) -> str:
        return f"{self.code}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, digest = text.partition(":")
        return cls(code, digest)


@dataclass(frozen=True, slots=True)
class AttendancePage:
    """A page of the attendance form of a session, from 0, and whom it shows:
    ``dialogue-2/1/0/U1,U2``. Whoever was given a seat while it was open is not on it, so nothing is said of
    them. A form without people (the first versions wrote ``dialogue-2/1``) shows everybody with a seat."""

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


@dataclass(frozen=True, slots=True)
class PhaseChoice:
    """What to do with the timer of a session's dialogue, in the state that the button was shown in:
    ``dialogue-2/1/start/0p300``. An act that there is not is read as none."""

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


_NEW = "new-"
_MOST_KEY = 32
"""Characters of a form's key that are stored."""


def _written(draft_id: int | None, form_key: str | None) -> str:
    if form_key is not None:
        return f"{_NEW}{form_key}"
    return "" if draft_id is None else str(draft_id)


def _draft_or_form(named: str, refusal: Refusal) -> tuple[int | None, str | None]:
    """The draft that a form changes, or the key of the form that makes a new one; neither for an old form."""
    if named.startswith(_NEW):
        return None, named.removeprefix(_NEW)[:_MOST_KEY]
    return (parse_id(named, refusal) if named else None), None


@dataclass(frozen=True, slots=True)
class AnnouncementTarget:
    """What an announcement's form is about, an offering's code or the digest, and its draft once there is
    one: ``dialogue-2``, ``digest:5``. A form that makes a new one has a key of its own, ``digest:new-KEY``:
    sent again, it makes nothing more."""

    about: str
    draft_id: int | None = None
    form_key: str | None = None

    def __str__(self) -> str:
        named = _written(self.draft_id, self.form_key)
        return f"{self.about}:{named}" if named else self.about

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: ANNOUNCEMENT_GONE."""
        about, _, named = text.partition(":")
        return cls(about, *_draft_or_form(named, Refusal.ANNOUNCEMENT_GONE))


@dataclass(frozen=True, slots=True)
class LetterTarget:
    """What a form with a letter is for: the offering, and the letter's draft once there is one,
    ``dialogue-2:5``. A form that makes a new one has a key of its own, ``dialogue-2:new-KEY``: sent again, it
    makes nothing more."""

    code: str
    letter_id: int | None = None
    form_key: str | None = None

    def __str__(self) -> str:
        named = _written(self.letter_id, self.form_key)
        return f"{self.code}:{named}" if named else self.code

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: LETTER_GONE."""
        code, _, named = text.partition(":")
        return cls(code, *_draft_or_form(named, Refusal.LETTER_GONE))


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """Whom a letter is to: ``seated``, ``waiting``, ``both``; or some of one session, ``session:2``,
    ``not_read:2``."""

    audience: LetterAudience
    session: int | None = None

    def __str__(self) -> str:
        return self.audience if self.session is None else f"{self.audience}:{self.session}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: LETTER_GONE."""
        match text.partition(":"):
            case [LetterAudience.SESSION | LetterAudience.NOT_READ as audience, ":", session]:
                return cls(LetterAudience(audience), parse_id(session, Refusal.LETTER_GONE))
            case [LetterAudience.SEATED | LetterAudience.WAITING | LetterAudience.BOTH as audience, "", _]:
                return cls(LetterAudience(audience))
        raise KaikuError(Refusal.LETTER_GONE)


@dataclass(frozen=True, slots=True)
class WordingTarget:
    """What a form with a prompt's questions is for: the offering, the prompt once it is saved, and the prompt
    of the library that it started from: ``dialogue-2::``, ``dialogue-2:7:``, ``dialogue-2:7:if_then``. A form
    for a new prompt has a key of its own, ``dialogue-2:new-KEY:``: sent again, it makes nothing more."""

    code: str
    prompt_id: int | None = None
    library_key: str | None = None
    form_key: str | None = None

    def __str__(self) -> str:
        return f"{self.code}:{_written(self.prompt_id, self.form_key)}:{self.library_key or ''}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: PROMPT_GONE."""
        code, _, rest = text.partition(":")
        named, _, library_key = rest.partition(":")
        prompt_id, form_key = _draft_or_form(named, Refusal.PROMPT_GONE)
        return cls(code, prompt_id, library_key or None, form_key)


@dataclass(frozen=True, slots=True)
class ConfirmedPrompt:
    """What a preview confirms: the draft, and the prompt that it changes, if any: ``7``, ``7/12``."""

    draft_id: int
    becomes: int | None = None

    def __str__(self) -> str:
        return str(self.draft_id) if self.becomes is None else f"{self.draft_id}/{self.becomes}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: PROMPT_GONE."""
        draft_id, _, becomes = text.partition("/")
        gone = Refusal.PROMPT_GONE
        return cls(parse_id(draft_id, gone), parse_id(becomes, gone) if becomes else None)


@dataclass(frozen=True, slots=True)
class PromptSource:
    """Where a new prompt's words come from: the library (``library:if_then``), the saved ones of the strand
    (``saved:5``), or nowhere (``own``)."""

    library_key: str | None = None
    saved_id: int | None = None

    def __str__(self) -> str:
        if self.saved_id is not None:
            return f"saved:{self.saved_id}"
        return "own" if self.library_key is None else f"library:{self.library_key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: PROMPT_GONE."""
        match text.partition(":"):
            case ["own", "", _]:
                return cls()
            case ["library", ":", key] if key:
                return cls(library_key=key)
            case ["saved", ":", saved_id]:
                return cls(saved_id=parse_id(saved_id, Refusal.PROMPT_GONE))
        raise KaikuError(Refusal.PROMPT_GONE)


class TimingKind(StrEnum):
    """How the time of a prompt is given."""

    NOW = "now"
    AT = "at"
    AFTER = "after"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class TimingChoice:
    """The chosen way to time a prompt: ``now``, ``at`` a time, or some working days ``after:2`` or
    ``before:3`` a session."""

    kind: TimingKind
    session: int | None = None

    def __str__(self) -> str:
        return self.kind if self.session is None else f"{self.kind}:{self.session}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: PROMPT_GONE."""
        match text.partition(":"):
            case [TimingKind.NOW | TimingKind.AT as kind, "", _]:
                return cls(TimingKind(kind))
            case [TimingKind.AFTER | TimingKind.BEFORE as kind, ":", session]:
                return cls(TimingKind(kind), parse_id(session, Refusal.PROMPT_GONE))
        raise KaikuError(Refusal.PROMPT_GONE)


class PromptAct(StrEnum):
    """What a facilitator can do with a planned prompt."""

    EDIT = "edit"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class PromptChoice:
    """An act chosen from a prompt's menu: ``edit:7``."""

    act: PromptAct
    prompt_id: int

    def __str__(self) -> str:
        return f"{self.act}:{self.prompt_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: PROMPT_GONE."""
        act, _, prompt_id = text.partition(":")
        if act not in set(PromptAct):
            raise KaikuError(Refusal.PROMPT_GONE)
        return cls(PromptAct(act), parse_id(prompt_id, Refusal.PROMPT_GONE))


class Later(StrEnum):
    """Until when a participant may postpone a prompt."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class LaterChoice:
    """A prompt and how long it is postponed: ``7:tomorrow``."""

    prompt_id: int
    when: Later

    def __str__(self) -> str:
        return f"{self.prompt_id}:{self.when}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: NOT_YOUR_PROMPT."""
        prompt_id, _, when = text.partition(":")
        if when not in set(Later):
            raise KaikuError(Refusal.NOT_YOUR_PROMPT)
        return cls(parse_id(prompt_id, Refusal.NOT_YOUR_PROMPT), Later(when))


@dataclass(frozen=True, slots=True)
class FreeText:
    """A form for free writing: a new text with the key of its form, so that it is stored once however often
    it is sent (``free:new:8Zk2``), or a reflection to change (``free:7``). The first versions wrote ``free``
    for a new text."""

    reflection_id: int | None = None
    form_key: str | None = None

    def __str__(self) -> str:
        if self.reflection_id is not None:
            return f"free:{self.reflection_id}"
        return "free" if self.form_key is None else f"free:new:{self.form_key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises KaikuError: REFLECTION_GONE."""
        match text.split(":"):
            case ["free"]:
                return cls()
            case ["free", "new", form_key] if form_key:
                return cls(form_key=form_key[:MAX_FORM_KEY])
            case ["free", reflection_id]:
                return cls(reflection_id=parse_id(reflection_id, Refusal.REFLECTION_GONE))
        raise KaikuError(Refusal.REFLECTION_GONE)


def parse_answered(text: str) -> int | FreeText:
    """Parse what an answer's form is for: the id of a prompt, or free writing. Raises KaikuError:
    NOT_YOUR_PROMPT, REFLECTION_GONE."""
    return FreeText.parse(text) if text.startswith("free") else parse_id(text, Refusal.NOT_YOUR_PROMPT)


@dataclass(frozen=True, slots=True)
class UseChoice:
    """A choice for a question on use in the closing message: ``dialogue-2:used:1``. What is no number becomes
    -1, which no choice has, so that the services refuse it."""

    code: str
    key: str
    choice: int

    def __str__(self) -> str:
        return f"{self.code}:{self.key}:{self.choice}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, rest = text.partition(":")
        key, _, choice = rest.partition(":")
        found = parse_number(choice, 1)
        return cls(code, key, -1 if found is None else found)


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


@dataclass(frozen=True, slots=True)
class GroupTarget:
    """An act on a group, as chosen: ``dialogue-2:remove``; and once its form is filled in, what it is about,
    as a list in JSON: ``dialogue-2:remove:["7","",{"fi":"..."}]``. ``about`` is an enrolment, a person or an
    agency; ``to`` another group, a limit (``RaisedLimit``) or a day. What is no such list is as if nothing
    were filled in."""

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


@dataclass(frozen=True, slots=True)
class RaisedLimit:
    """The limit of an agency as it was when it was looked at, and as it is to be: ``2/3``; ``3`` as it was
    typed. What is no number becomes 0, which no limit is."""

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


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log of acts: of an offering or of all, before the line with this id: ``dialogue-2:7``,
    ``:7``, ``dialogue-2``, or nothing. What is no number begins at the newest."""

    code: str = ""
    before: int | None = None

    def __str__(self) -> str:
        return self.code if self.before is None else f"{self.code}:{self.before}"

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, before = text.partition(":")
        return cls(code, parse_number(before, MAX_ID_DIGITS))


@dataclass(frozen=True, slots=True)
class PeopleForm:
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
