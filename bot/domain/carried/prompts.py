"""What buttons and forms about prompts and reflections carry."""

from enum import StrEnum
from typing import Self

from msgspec import Struct

from bot.domain.carried.ids import MAX_FORM_KEY, parse_id
from bot.domain.errors import KaikuError, Refusal


class ConfirmedPrompt(Struct, frozen=True):
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


class PromptSource(Struct, frozen=True):
    """Where a new prompt's words come from: the library (``library:if_then``), a saved prompt of the strand
    (``saved:5``), or the facilitator (``own``)."""

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


class TimingChoice(Struct, frozen=True):
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


class PromptChoice(Struct, frozen=True):
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


class LaterChoice(Struct, frozen=True):
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


class FreeText(Struct, frozen=True):
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
