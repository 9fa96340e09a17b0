"""What an act on a group would do, or did. Where ``already`` is set, something had been done before, and
nothing was done now; ``member`` is then the person as they stand now, None if they have left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.acts import ActKind
from bot.domain.facilitation.group import Becomes, Group, Member
from bot.domain.people.person import Person


@dataclass(frozen=True, slots=True)
class Done:
    """What was done before, as the log of acts has it; ``by`` is the name of who did it, None where that is
    not known any more."""

    kind: ActKind | None
    at: datetime | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody gets a seat out of turn."""

    group: Group
    member: Member | None
    already: Done | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody moves to another group of the strand; ``next_up`` are those who get the seat that they leave,
    as things stand."""

    group: Group
    to: Group
    member: Member | None
    already: Done | None = None
    next_up: Sequence[Member] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    """A removal that takes effect at ``due_at``; ``next_up`` as in ``Moved``."""

    group: Group
    member: Member | None
    becomes: Becomes
    due_at: datetime | None = None
    already: Done | None = None
    removal_id: int | None = None
    next_up: Sequence[Member] = ()


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody is asked whether they want a seat, at ``due_at``. ``enrolment_id``: they wait in the line, so
    they need not be asked but can be seated."""

    group: Group
    person: Person
    already: Done | None = None
    enrolment_id: int | None = None
    due_at: datetime | None = None
    invitation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """The limit of an agency rises from ``was`` to ``seats``, and ``next_up`` get a seat, or are offered one.
    With ``already``, ``was`` is what the limit is now. ``until``: when an offer that is made now must be
    answered; None where seats are given at once."""

    group: Group
    agency: str
    was: int
    seats: int
    next_up: Sequence[Member] = ()
    already: Done | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignUpChanged:
    """Sign-up closes, or is open until ``until``; so many people hear of it because they keep a turn."""

    group: Group
    until: date | None
    already: Done | None = None
    turns_told: int = 0
