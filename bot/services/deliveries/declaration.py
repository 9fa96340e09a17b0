"""A kind of message, declared once: what planning, sending, metrics and docs need to know of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.deliveries import DeliveryKind
from bot.domain.people.person import Person
from bot.domain.sending.outcomes import Outcome
from bot.i18n import Words
from bot.services.deliveries.rendered import Deferred, Rendered, Skipped
from storage.tables import Delivery
from storage.transaction import Tx


class Method(StrEnum):
    """Slack's method that a message goes through."""

    POST = "chat.postMessage"
    UPDATE = "chat.update"
    PUBLISH_HOME = "views.publish"


@dataclass(frozen=True, slots=True)
class ToPerson:
    """A delivery that is being sent to a person now, with their words."""

    delivery: Delivery
    person: Person
    words: Words
    now: datetime


@dataclass(frozen=True, slots=True)
class ToChannel:
    """A delivery that is being sent to a channel now."""

    delivery: Delivery
    now: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of sending, in the transaction that notes it. ``is_sure``: no earlier attempt of which
    nobody heard may have said something else."""

    delivery: Delivery
    outcome: Outcome | Skipped | Deferred
    rendered: Rendered | None
    now: datetime
    is_sure: bool


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message. ``urgency`` orders kinds within a method, 1 first; ``about`` and ``helps_until``
    say in the docs what its subject is and how long it is still worth sending.

    Exactly one of ``to_person`` and ``to_channel`` renders it. ``edit`` renders what was sent earlier as it
    should read now. ``after`` does what follows from its outcome.
    """

    kind: DeliveryKind
    method: Method
    urgency: int
    about: str
    helps_until: str
    to_person: Callable[[Tx, ToPerson], Rendered] | None = None
    to_channel: Callable[[Tx, ToChannel], Rendered] | None = None
    edit: Callable[[Tx, ToPerson], Rendered] | None = None
    after: Callable[[Tx, Settled], None] | None = None
    at_most_once: bool = False
    """Rather not sent than sent twice, when Slack can't say whether an attempt arrived."""
    office_hours: bool = False
    """Planned for working hours only."""
    undisturbing: bool = False
    """Waits while the person does not want to be disturbed."""
    tells_facilitators: bool = False
    """Facilitators hear of its definite failure: somebody may stand before a closed door."""

    def __post_init__(self) -> None:
        if (self.to_person is None) == (self.to_channel is None):
            raise ValueError(f"{self.kind}: rendered for a person or for a channel")

    @property
    def limited_by(self) -> str:
        """The method whose rate limit holds: what must not disturb asks ``dnd.info`` first, which is the
        narrower of the two."""
        return "dnd.info" if self.undisturbing else self.method


class MessageKinds:
    """Every kind of message that Kaiku sends, by name. Raises ValueError for a name declared twice."""

    def __init__(self, declared: Iterable[MessageKind]) -> None:
        self._by_kind: dict[str, MessageKind] = {}
        for each in declared:
            if each.kind in self._by_kind:
                raise ValueError(f"{each.kind} is declared twice")
            self._by_kind[each.kind] = each

    def __iter__(self) -> Iterator[MessageKind]:
        return iter(self._by_kind.values())

    def get(self, kind: str) -> MessageKind | None:
        """None for what an older or newer Kaiku has planned."""
        return self._by_kind.get(kind)

    def limited_by(self, method: str) -> tuple[DeliveryKind, ...]:
        """The kinds that this method's rate limit holds for, the most urgent first."""
        found = [each for each in self if each.limited_by == method]
        return tuple(each.kind for each in sorted(found, key=lambda each: each.urgency))
