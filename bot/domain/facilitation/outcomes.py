"""What an act on a group would do, or did. Where ``already`` is set, something had been done before, and
nothing was done now; ``member`` is then the person as they stand now, None if they have left."""

from datetime import date, datetime

from msgspec import Struct

from bot.domain.acts import ActKind
from bot.domain.facilitation.group import Becomes, Group, Member
from bot.domain.people.person import Person


class Done(Struct, frozen=True):
    """What was done before, as the log of acts has it; ``by`` is the name of who did it, None where that is
    not known any more."""

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
    """Somebody is asked whether they want a seat, at ``due_at``. ``enrolment_id``: they wait in the line, so
    they need not be asked but can be seated."""

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
