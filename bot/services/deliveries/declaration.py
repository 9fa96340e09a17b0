"""The declaration of a kind of message: all that planning, sending, metrics and docs need to know
about it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.clock import Now
from bot.domain.deliveries import DeliveryKind
from bot.domain.people.person import Person
from bot.domain.sending.outcomes import Outcome
from bot.i18n import Words
from bot.services.deliveries.rendered import Deferred, Rendered, Skipped
from storage.deliveries import DeliveryRow
from storage.transaction import Tx


class Method(StrEnum):
    """The Slack method that sends a message."""

    POST = "chat.postMessage"
    UPDATE = "chat.update"
    PUBLISH_HOME = "views.publish"
    DELETE = "chat.delete"


class ToPerson(Struct, frozen=True):
    """A delivery to a person that is being sent, with the person's words."""

    delivery: DeliveryRow
    person: Person
    words: Words
    now: datetime


class ToChannel(Struct, frozen=True):
    """A delivery to a channel that is being sent."""

    delivery: DeliveryRow
    now: datetime


class Settled(Struct, frozen=True):
    """The outcome of a send, passed on in the transaction that records it. ``is_sure``: no earlier attempt
    with an unknown outcome may have sent something else. ``under_lock`` reads the clock once a lock that was
    waited for is held.
    """

    delivery: DeliveryRow
    outcome: Outcome | Skipped | Deferred
    rendered: Rendered | None
    now: datetime
    is_sure: bool
    under_lock: Now


class MessageKind(Struct, frozen=True):
    """One kind of message.

    ``urgency`` orders the kinds of a method, 1 first. ``about`` and ``helps_until`` say for docs/messages.md
    what the subject is and how long the message is useful. Exactly one of ``to_person`` and ``to_channel``
    renders it. ``edit`` renders the current text of a message that was sent earlier. ``after`` applies what
    follows from the outcome.
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
    """If it is unknown whether an attempt arrived, the message is not sent again."""
    office_hours: bool = False
    """Planned for working hours only."""
    undisturbing: bool = False
    """Waits until the person's do-not-disturb ends."""
    tells_facilitators: bool = False
    """Facilitators are told when it fails for good: somebody may miss a session."""
    while_paused: bool = False
    """Settled even while a coordinator has paused all sending: it follows from the person's own act, or sends
    nothing.
    """

    def __post_init__(self) -> None:
        if (self.to_person is None) == (self.to_channel is None):
            raise ValueError(f"{self.kind}: rendered for a person or for a channel")

    @property
    def limited_by(self) -> str:
        """The method whose rate limit applies: a message that must not disturb calls ``dnd.info`` first,
        which has the lower limit."""
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
        """The declaration; None for a kind that another version of Kaiku has planned."""
        return self._by_kind.get(kind)

    @property
    def while_paused(self) -> frozenset[str]:
        """The kinds that are settled while all sending is paused."""
        return frozenset(each.kind for each in self if each.while_paused)

    def limited_by(self, method: str) -> tuple[DeliveryKind, ...]:
        """The kinds to which this method's rate limit applies, the most urgent first."""
        found = [each for each in self if each.limited_by == method]
        return tuple(each.kind for each in sorted(found, key=lambda each: each.urgency))
