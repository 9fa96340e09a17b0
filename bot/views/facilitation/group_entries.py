"""What can be done from the desk of a group: one list of buttons, and one of acts in the menu. A capability
adds its entry here, and registers its listener."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from bot.domain.carried.group import GroupAct
from bot.domain.carried.offerings import SessionRef
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.facilitation.group import Group
from bot.domain.offerings.offering import Session
from bot.domain.plan.edits import WHOLE_OFFERING
from bot.views import ids


def _always(_group: Group) -> bool:
    return True


def _offering(group: Group) -> str:
    return group.offering.code


def _next(group: Group) -> str:
    return _about(group, group.next_session)


def _unmarked(group: Group) -> str:
    return _about(group, next(iter(group.unmarked), None))


def _whole(group: Group) -> str:
    return str(SessionRef(group.offering.code, WHOLE_OFFERING))


def _about(group: Group, session: Session | None) -> str:
    return str(SessionRef(group.offering.code, session.number)) if session is not None else ""


class DeskEntry(Struct, frozen=True):
    """A button of the desk. ``label`` is a key of the catalogue, at most 24 characters in every language; the
    ``value`` that it carries is the offering's code, or a session of it."""

    label: str
    action_id: str
    is_shown: Callable[[Group], bool] = _always
    value: Callable[[Group], str] = _offering


def _is_session_ahead(group: Group) -> bool:
    return group.next_session is not None


ENTRIES: Final[tuple[DeskEntry, ...]] = (
    DeskEntry("brief.open", ids.SHOW_BRIEF, _is_session_ahead, _next),
    DeskEntry("rooms.open", ids.OPEN_ROOMS, _is_session_ahead, _next),
    DeskEntry("desk.attendance", ids.MARK_ATTENDANCE, lambda group: bool(group.unmarked), _unmarked),
    DeskEntry("draw.review", ids.REVIEW_DRAW, lambda group: group.offering.draw is not None),
    DeskEntry("desk.title", ids.OPEN_DESK),
    DeskEntry("edit.open", ids.CHANGE_PLAN),
    DeskEntry("times.see_answers", ids.FIND_TIME, lambda group: bool(group.polled), _whole),
    DeskEntry("letter.write", ids.WRITE_LETTER),
    DeskEntry("roster.get", ids.EXPORT_ROSTER, lambda group: group.may_export),
    DeskEntry("channel.open", ids.OPEN_CHANNEL),
    DeskEntry("facilitators.change", ids.OPEN_FACILITATORS),
)
"""The buttons, in their order; three stand in a row."""


def _anybody(*statuses: Status) -> Callable[[Group], bool]:
    return lambda group: any(each.removal is None for each in group.of(*statuses))


def _is_drawn(group: Group) -> bool:
    """Before a draw no seat is given and nobody waits in line."""
    return group.wishing is None


def _is_ahead(group: Group) -> bool:
    return group.state not in {SignUpState.PAST, SignUpState.CANCELLED}


MENU: Final[dict[GroupAct, Callable[[Group], bool]]] = {
    GroupAct.SEAT: lambda group: _is_drawn(group) and _anybody(Status.WAITING, Status.OFFERED)(group),
    GroupAct.ADD: _is_drawn,
    GroupAct.MOVE: _anybody(Status.SEATED, Status.OFFERED, Status.WAITING),
    GroupAct.PUT_BACK: lambda group: _is_drawn(group) and _anybody(Status.SEATED, Status.OFFERED)(group),
    GroupAct.REMOVE: _anybody(Status.SEATED, Status.OFFERED, Status.WAITING),
    GroupAct.RAISE: lambda group: _is_drawn(group) and bool(group.members),
    GroupAct.CLOSE: lambda group: group.state is SignUpState.OPEN,
    GroupAct.REOPEN: lambda group: group.state is SignUpState.CLOSED,
}
"""The acts of the menu, in their order, with when each is offered."""


def menu_acts(group: Group) -> list[GroupAct]:
    """The acts that the menu offers for this group now; none once it is over."""
    return [act for act, is_offered in MENU.items() if is_offered(group)] if _is_ahead(group) else []
