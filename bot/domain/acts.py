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
    READ_NEEDS = "read_needs"
    SHARED_OUT_ROOMS = "shared_out_rooms"
    APPLIED_PLAN = "applied_plan"
    EXPORTED = "exported"
    SEED_FIXED = "seed_fixed"
    DRAW_PROPOSED = "draw_proposed"
    DRAW_CONFIRMED = "draw_confirmed"
    REMOVAL_UNDONE = "removal_undone"
    PUT_BACK = "put_back"
    MOVED = "moved"
    INVITED = "invited"
    LIMIT_RAISED = "limit_raised"
    SIGN_UP_CLOSED = "sign_up_closed"
    SIGN_UP_REOPENED = "sign_up_reopened"


class DoneBy(StrEnum):
    """Who acted: a person in Slack, an operator at the command line, or Kaiku by itself."""

    PERSON = "person"
    OPERATOR = "operator"
    KAIKU = "kaiku"
