"""What an act on a group would do, or did. Where ``already`` is set, somebody had done it before and nothing
was done now; ``member`` is then the person's current state, None if they have left."""

from datetime import date, datetime

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.facilitation.group import Becomes, Group, Member
from bot.domain.people.person import Person


class Done(Struct, frozen=True):
    """An earlier act from the log of acts; ``by`` is the name of the person who did it, None where that is no
    longer known."""

    kind: ActKind | None
    at: datetime | None
    by: str | None


class Seated(Struct, frozen=True):
    """Somebody gets a seat out of turn."""

    group: Group
    member: Member | None
    already: Done | None = None


class Moved(Struct, frozen=True):
    """Somebody moves to another group of the strand."""

    group: Group
    to: Group
    member: Member | None
    already: Done | None = None


class Removed(Struct, frozen=True):
    """A removal that takes effect at ``due_at``."""

    group: Group
    member: Member | None
    becomes: Becomes
    due_at: datetime | None = None
    already: Done | None = None
    removal_id: int | None = None


class Invited(Struct, frozen=True):
    """Somebody is asked whether they want a seat, at ``due_at``. ``enrolment_id`` is set if they are on the
    waiting list: then they can be seated without being asked."""

    group: Group
    person: Person
    already: Done | None = None
    enrolment_id: int | None = None
    due_at: datetime | None = None
    invitation_id: int | None = None


class Raised(Struct, frozen=True):
    """The limit of an agency rises from ``was`` to ``seats``. With ``already``, ``was`` is what the limit is
    now."""

    group: Group
    agency: str
    was: int
    seats: int
    already: Done | None = None


class SignUpChanged(Struct, frozen=True):
    """Sign-up closes, or is open until ``until``."""

    group: Group
    until: date | None
    already: Done | None = None


GroupOutcome = Seated | Moved | Removed | Invited | Raised | SignUpChanged
