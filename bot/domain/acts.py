"""The log of acts: what is written down of who did what to whom."""

from enum import StrEnum


class ActKind(StrEnum):
    """What was done. Every capability adds its own."""

    JOINED = "joined"
    LEFT = "left"
    CAME_BACK = "came_back"
    SEATED = "seated"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    REMOVED = "removed"
    MARKED_ATTENDANCE = "marked_attendance"
    READ_SHARED_ANSWERS = "read_shared_answers"
    APPLIED_PLAN = "applied_plan"
    EXPORTED = "exported"
    WROTE_TO_GROUP = "wrote_to_group"
    CHANNEL_KEPT = "channel_kept"
    CHANNEL_LET_GO = "channel_let_go"
    WITHDREW_LETTER = "withdrew_letter"


class DoneBy(StrEnum):
    """Who acted: a person in Slack, an operator at the command line, or Kaiku by itself."""

    PERSON = "person"
    OPERATOR = "operator"
    KAIKU = "kaiku"
