"""Expected refusals, as codes and parameters. The sentences are in ``bot/locales``."""

from enum import StrEnum
from typing import Any


class Refusal(StrEnum):
    """Why Kaiku can't do what was asked. Each has a sentence ``refusal.<code>`` in every language."""

    UNKNOWN_OFFERING = "unknown_offering"
    SIGN_UP_NOT_OPEN = "sign_up_not_open"
    SIGN_UP_CLOSED = "sign_up_closed"
    OFFERING_PAST = "offering_past"
    OFFERING_CANCELLED = "offering_cancelled"
    NO_ROOM_FOR_AGENCY = "no_room_for_agency"
    STILL_IN_LINE = "still_in_line"
    SESSION_OVER = "session_over"
    NOT_OVER_YET = "not_over_yet"
    NOTHING_ATTENDED = "nothing_attended"
    OFFER_GONE = "offer_gone"
    NOT_ENROLLED = "not_enrolled"
    NOT_ABSENT = "not_absent"
    UNDO_TOO_LATE = "undo_too_late"
    SEAT_MOVED_ON = "seat_moved_on"
    GUEST = "guest"
    BOT_ACCOUNT = "bot_account"
    DEACTIVATED = "deactivated"
    PROFILE_MISSING = "profile_missing"
    FORM_NOT_OPENED = "form_not_opened"
    STORE_UNAVAILABLE = "store_unavailable"
    STORE_UNKNOWN = "store_unknown"
    STORED_NOT_SHOWN = "stored_not_shown"
    SLACK_UNAVAILABLE = "slack_unavailable"
    REFLECTIONS_OFF = "reflections_off"
    REFLECTIONS_LOCKED = "reflections_locked"
    NOT_YOUR_PROMPT = "not_your_prompt"
    NOTHING_WRITTEN = "nothing_written"
    TOO_FEW_SHARED = "too_few_shared"
    REFLECTION_GONE = "reflection_gone"
    NOT_FACILITATOR = "not_facilitator"
    LATER_IS_TOO_LATE = "later_is_too_late"
    LEADS_NOTHING = "leads_nothing"
    NOT_YOURS_TO_ASK = "not_yours_to_ask"
    PROMPT_GONE = "prompt_gone"
    PROMPT_BEING_SENT = "prompt_being_sent"
    ROUND_FOR_SEATED = "round_for_seated"
    GUEST_IN_GROUP = "guest_in_group"
    SESSION_NOT_BEGUN = "session_not_begun"
    NOT_YOUR_DIGEST = "not_your_digest"
    NOT_YOURS_TO_ANNOUNCE = "not_yours_to_announce"
    NOTHING_TO_ANNOUNCE = "nothing_to_announce"
    NOTHING_OPENS = "nothing_opens"
    ANNOUNCED_TOO_LATE = "announced_too_late"
    ANNOUNCED_TOO_EARLY = "announced_too_early"
    ALREADY_ANNOUNCED = "already_announced"
    ANNOUNCEMENT_GONE = "announcement_gone"
    LETTER_GONE = "letter_gone"
    NOT_YOURS_TO_EXPORT = "not_yours_to_export"
    CHANNELS_OFF = "channels_off"
    CHANNEL_UNFIT = "channel_unfit"
    CHANNEL_TAKEN = "channel_taken"
    NOBODY_TO_WRITE_TO = "nobody_to_write_to"


class KaikuError(Exception):
    """An expected refusal: a code and what its sentence needs, never the sentence itself."""

    def __init__(self, code: Refusal, /, **params: Any) -> None:  # noqa: ANN401 - whatever a sentence names
        super().__init__(code.value)
        self.code = code
        self.params = params
