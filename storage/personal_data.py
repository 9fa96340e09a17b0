"""What each table holds about people: how it is exported and erased, and for how long it is kept.

Every table is in one of the two lists, and every column of a table in ``PERSONAL`` in one of its two;
``tests/storage/test_personal_data.py`` fails otherwise. ``programmes/privacy.yml`` says how long a kind of
data is kept.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct

from bot.domain.privacy import DataKind


class Erasure(StrEnum):
    """What happens to the rows when a person is erased."""

    WITH_PERSON = "with_person"  # the database deletes them with the person's own row
    OWN_ROWS = "own_rows"  # they are deleted by the column that names the person
    NAME_TAKEN_OUT = "name_taken_out"  # they stay, and no longer name the person
    AFTER_WORK = "after_work"  # they are deleted at the next round, once their work is done


class Personal(Struct, frozen=True):
    """``of`` is the column that names the person by their Slack id. ``export`` are the columns that a copy of
    their data contains; ``withheld`` are the others, which say nothing about them or are secret.
    """

    of: str
    export: tuple[str, ...]
    withheld: tuple[str, ...]
    erase: Erasure
    kept: DataKind


PERSONAL: Final[Mapping[str, Personal]] = {
    "person": Personal(
        of="id",
        export=(
            *("id", "name", "agency", "agency_name", "role", "language", "timezone", "language_chosen"),
            *("timezone_chosen", "is_guest", "is_bot", "deactivated", "home_opened", "daily_line"),
            *("link_before", "met_at"),
        ),
        withheld=("calendar_digest", "calendar_nonce", "pseudonym"),
        erase=Erasure.OWN_ROWS,
        kept=DataKind.PROFILE,
    ),
    "act_reason": Personal(
        of="person_id",
        export=("person_id", "reason"),
        withheld=("act_id",),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ACTS,
    ),
    "prompt_choice": Personal(
        of="person_id",
        export=("person_id", "frequency", "paused_until", "hour", "away_until", "asked_to_fade_at"),
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.PROFILE,
    ),
    "preparation_dates": Personal(
        of="person_id",
        export=("person_id", "asking_on", "receiving_on", "discussion_on"),
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.PREPARATION,
    ),
    "enrolment": Personal(
        of="person_id",
        export=("offering_id", "person_id", "agency", "status", "enrolled_at", "changed_at", "seated_at"),
        withheld=("id", "told_version", "told_at", "turn", "place", "let_go"),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ENROLMENTS,
    ),
    "seat_offer": Personal(
        of="person_id",
        export=("offering_id", "person_id", "made_at", "until", "ended_at", "outcome"),
        withheld=("id", "enrolment_id", "seat", "told_at"),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ENROLMENTS,
    ),
    "preference": Personal(
        of="person_id",
        export=("offering_id", "person_id", "rank", "wished_at", "agency", "role", "waited"),
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.WISHES,
    ),
    "change_notice": Personal(
        of="person_id",
        export=("person_id", "sessions", "sent_at", "acknowledged_at"),
        withheld=("enrolment_id", "version"),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ENROLMENTS,
    ),
    "removal": Personal(
        of="person_id",
        export=("person_id", "becomes", "asked_at", "due_at", "done_at"),
        withheld=("id", "enrolment_id", "act_id"),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ENROLMENTS,
    ),
    "invitation": Personal(
        of="person_id",
        export=("offering_id", "person_id", "state", "asked_at", "answered_at"),
        withheld=("id",),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ENROLMENTS,
    ),
    "attendance": Personal(
        of="person_id",
        export=("offering_id", "number", "person_id", "attended"),
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ATTENDANCE,
    ),
    "absence": Personal(
        of="person_id",
        export=("offering_id", "number", "person_id", "absent", "changed_at", "word", "said_for"),
        withheld=("changes",),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ATTENDANCE,
    ),
    "time_answer": Personal(
        of="person_id",
        export=("person_id", "poll_id", "times", "answered_at"),
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ATTENDANCE,
    ),
    "kept_turn": Personal(
        of="person_id",
        export=("person_id", "strand_id", "kept_at"),
        withheld=("turn",),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.WISHES,
    ),
    "use_answer": Personal(
        of="person_id",
        export=("offering_id", "key", "person_id", "choice", "answered_at"),
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ATTENDANCE,
    ),
    "success_case": Personal(
        of="person_id",
        export=(
            *("offering_id", "person_id", "sealed", "credit", "written_at"),  # opened first
            *("given_at", "issued_at"),
        ),
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.CASES,
    ),
    "certificate": Personal(
        of="person_id",
        export=("person_id", "offering_id", "name", "language", "code", "made_at"),
        withheld=("id", "token"),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ATTENDANCE,
    ),
    "opening_wish": Personal(
        of="person_id",
        export=("offering_id", "person_id", "wished_at"),
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.WISHES,
    ),
    "delivery": Personal(
        of="recipient",
        export=("kind", "recipient", "subject", "state", "due_at", "sent_at"),
        withheld=(
            *("id", "occurrence", "retry_at", "expires_at", "attempts", "maybe_sent", "owner"),
            *("leased_until", "channel", "ts", "reason", "planned_at"),
        ),
        erase=Erasure.OWN_ROWS,
        kept=DataKind.MESSAGES,
    ),
    "stale_prompts": Personal(
        of="person_id",
        export=("person_id",),
        withheld=("retry_at", "tries", "reason"),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.MESSAGES,
    ),
    "reflection": Personal(
        of="person_id",
        export=("person_id", "prompt_id", "sealed", "shared", "written_at", "changed_at"),  # opened first
        withheld=("id", "form_key"),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.REFLECTIONS,
    ),
    "person_key": Personal(
        of="person_id",
        export=("person_id", "made_at"),
        withheld=("wrapped", "made_with"),
        erase=Erasure.OWN_ROWS,
        kept=DataKind.REFLECTIONS,
    ),
    "reflection_draft": Personal(
        of="person_id",
        export=("person_id", "about", "sealed", "saved_at"),  # opened first
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.DRAFTS,
    ),
    "room_member": Personal(
        of="person_id",
        export=("offering_id", "number", "person_id", "room"),
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.ROOMS,
    ),
    "access_need": Personal(
        of="person_id",
        export=("offering_id", "person_id", "sealed", "told_at"),  # opened first, for the person alone
        withheld=(),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.NEEDS,
    ),
    "offering": Personal(
        of="facilitators",
        export=("code", "facilitators", "led_by"),
        withheld=(
            *("id", "strand_id", "position", "kind", "title", "summary", "capacity", "seats_per_agency"),
            *("agency_seats", "opens_on", "closes_on", "cancelled", "timetable_version", "has_prompts"),
            *("details", "offer_rules", "seats_opened", "seats_free", "draw"),
        ),
        erase=Erasure.NAME_TAKEN_OUT,
        kept=DataKind.FACILITATION,
    ),
    "plan_version": Personal(
        of="made_by",
        export=("made_by", "made_at", "origin"),
        withheld=("id", "programme_id", "text", "given", "digest"),
        erase=Erasure.NAME_TAKEN_OUT,
        kept=DataKind.FACILITATION,
    ),
    "facilitator_address": Personal(
        of="person_id",
        export=("address", "person_id"),
        withheld=("looked_at",),
        erase=Erasure.OWN_ROWS,
        kept=DataKind.FACILITATION,
    ),
    "coordinator": Personal(
        of="person_id",
        export=("person_id", "named_at"),
        withheld=("from_settings",),
        erase=Erasure.OWN_ROWS,
        kept=DataKind.FACILITATION,
    ),
    "facilitator_change": Personal(
        of="person_id",
        export=("offering_id", "person_id", "is_added", "changed_at"),
        withheld=(),
        erase=Erasure.OWN_ROWS,
        kept=DataKind.FACILITATION,
    ),
    "prompt": Personal(
        of="author",
        export=("offering_id", "author", "questions", "at", "made_at"),
        withheld=(
            *("id", "series", "moment", "library_key", "after_session", "before_session", "working_days"),
            *("audience", "has_reminder", "channel", "in_thread", "state", "form_key", "replaces"),
        ),
        erase=Erasure.NAME_TAKEN_OUT,
        kept=DataKind.FACILITATION,
    ),
    "saved_prompt": Personal(
        of="author",
        export=("author", "questions", "saved_at"),
        withheld=("id", "strand_id", "moment"),
        erase=Erasure.NAME_TAKEN_OUT,
        kept=DataKind.FACILITATION,
    ),
    "announcement": Personal(
        of="author",
        export=("offering_id", "month", "author", "sentence", "at", "made_at"),
        withheld=("form_key", "id", "channels", "series", "state"),
        erase=Erasure.NAME_TAKEN_OUT,
        kept=DataKind.FACILITATION,
    ),
    "time_poll": Personal(
        of="asked_by",
        export=("offering_id", "number", "times", "asked_by", "asked_at"),
        withheld=("id", "closed_at"),
        erase=Erasure.NAME_TAKEN_OUT,
        kept=DataKind.FACILITATION,
    ),
    "group_channel": Personal(
        of="author",
        export=("offering_id", "author", "channel", "made_at"),
        withheld=("state", "attempt", "maybe_made", "trouble", "retry_at", "leased_until"),
        erase=Erasure.NAME_TAKEN_OUT,
        kept=DataKind.FACILITATION,
    ),
    "channel_member": Personal(
        of="person_id",
        export=("offering_id", "person_id", "state", "since_at"),
        withheld=("reason",),
        erase=Erasure.AFTER_WORK,  # an erased person is removed from the channel first
        kept=DataKind.ENROLMENTS,
    ),
    "download": Personal(
        of="person_id",
        export=("person_id", "kind", "about", "made_at", "used_at"),
        withheld=("digest", "expires_at"),
        erase=Erasure.WITH_PERSON,
        kept=DataKind.MESSAGES,
    ),
    "letter": Personal(
        of="author",
        export=("offering_id", "author", "audience", "session", "text", "made_at"),
        withheld=("id", "in_office_hours", "state", "form_key"),
        erase=Erasure.NAME_TAKEN_OUT,
        kept=DataKind.FACILITATION,
    ),
}
"""By table."""

NOT_PERSONAL: Final[Mapping[str, str]] = {
    "act": "who did what to whom, by pseudonyms: they name nobody once person.pseudonym is erased",
    "act_link": "the order and the digests of the lines in act",
    "act_seal": "the ends of that chain",
    "bot_token": "the app's own token, encrypted",
    "send_pause": "why nothing is sent, in a coordinator's words; who paused is in act",
    "programme": "the plan's own texts",
    "strand": "the plan's own texts",
    "session": "when and where a group meets",
    "timetable": "when and where a group was to meet",
    "draw": "the seed of a draw and what it was drawn by; who took part is in preference",
    "send_pace": "how fast Slack may be called",
    "announcement_post": "what stands in a channel; its author is in announcement",
    "announcement_click": "how often a button was pressed, never by whom",
    "session_note": "that attendance is marked, and what a facilitator promised the group",
    "room_phase": "which phase a dialogue is in",
    "report_edition": "numbers about five people or more; what is withheld stands there without its number",
    "erased": "who was erased, as a keyed hash that nobody reads without the secret and the id",
    "locked_record": "what a rule requires to be kept of the erased: in no view, and erased in its time",
    "daily_work": "when housekeeping was last done",
    "live_mark": "that this is no restored backup",
    "notice_version": "which privacy notices there have been",
}
"""By table, and what it holds instead."""
