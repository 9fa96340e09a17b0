"""What forms carry in which something is written before it is sent: announcements, letters, prompts."""

from typing import Self

from msgspec import Struct

from bot.domain.carried.ids import MAX_FORM_KEY, parse_id
from bot.domain.errors import KaikuError, Refusal
from bot.domain.letters import LetterAudience

_NEW = "new-"


def _written(draft_id: int | None, form_key: str | None) -> str:
    if form_key is not None:
        return f"{_NEW}{form_key}"
    return "" if draft_id is None else str(draft_id)


def _draft_or_form(named: str, refusal: Refusal) -> tuple[int | None, str | None]:
    """The draft that a form changes, or the key of the form that makes a new one; neither for an old form."""
    if named.startswith(_NEW):
        return None, named.removeprefix(_NEW)[:MAX_FORM_KEY]
    return (parse_id(named, refusal) if named else None), None


class AnnouncementTarget(Struct, frozen=True):
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


class LetterTarget(Struct, frozen=True):
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


class AudienceChoice(Struct, frozen=True):
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


class WordingTarget(Struct, frozen=True):
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
