"""The brief that facilitators get before a session."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from bot.domain.facilitation.needs import Need
from bot.domain.offerings.offering import Offering, Session
from bot.domain.people.person import Role


class Brief(Struct, frozen=True):
    """``coming`` and ``absent`` are people by id, each with the name that lists show; ``agencies`` and
    ``roles`` count those who come, the most first. ``needs``: by person; None where they are not for the
    reader."""

    offering: Offering
    session: Session
    coming: Mapping[str, str]
    absent: Mapping[str, str]
    agency_of: Mapping[str, str]
    agencies: Sequence[tuple[str, int]]
    roles: Sequence[tuple[Role, int]]
    shared: int
    promised: str
    needs: Mapping[str, Sequence[Need] | None] | None = None
    may_read_shared: bool = False
