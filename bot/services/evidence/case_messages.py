"""Declares the question for a success case. The message then shows the case, and its buttons."""

from datetime import timedelta

from msgspec import Struct

from bot.domain.deliveries import DeliveryKind
from bot.domain.enrolment.seats import Status
from bot.domain.people.agencies import AgencyBook
from bot.domain.people.person import Defaults
from bot.domain.prompts.prompt import Frequency
from bot.domain.prompts.schedule import next_open_instant
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, ToPerson
from bot.services.deliveries.rendered import Deferred, Edit, OutgoingMessage, Rendered, Skipped
from bot.services.evidence.cases import find_case
from bot.services.offerings.catalogue import load_offering
from bot.services.prompts.planning import to_recipient
from bot.services.reflections.prompt_messages import PromptRenderer
from bot.services.reflections.vault import Vault
from bot.views.evidence import cases as view
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import prompts as prompt_rows
from storage.transaction import Tx


class CaseRenderer(Struct, frozen=True):
    vault: Vault | None
    defaults: Defaults
    book: AgencyBook

    def render(self, tx: Tx, due: ToPerson) -> Rendered:
        """The same text to everybody who is asked, whatever they answered before."""
        if self.vault is None:
            return Skipped("no_secret_key")
        offering = load_offering(tx, due.delivery.subject)
        enrolment = enrolment_rows.get_standing_enrolment(tx, offering.id, due.person.id)
        if enrolment is None or enrolment.status != Status.SEATED:
            return Skipped("no_longer_seated")
        if offering.cancelled:
            return Skipped("offering_cancelled")
        waits = PromptRenderer(self.vault, self.defaults).waits(tx, due.delivery, due.person, due.now)
        waits = waits or _defer_within_week(tx, due)
        return (
            waits if waits is not None else OutgoingMessage(view.asked(offering, None, self.book, due.words))
        )

    def edit(self, tx: Tx, due: ToPerson) -> Rendered:
        """The question as it is now: a case was written, given, withdrawn, or is in a report."""
        original = due.delivery
        assert original.channel is not None
        assert original.ts is not None
        if self.vault is None:
            return Skipped("no_secret_key")
        offering = load_offering(tx, original.subject)
        case = find_case(tx, self.vault, due.person, offering)
        return Edit(original.channel, original.ts, view.asked(offering, case, self.book, due.words))


def _defer_within_week(tx: Tx, due: ToPerson) -> Rendered | None:
    """A question for a case keeps the distance between two prompts; the prompt comes first."""
    rules = load_offering(tx, due.delivery.subject).prompt_rules
    choice = prompt_rows.get_choice(tx, due.person.id)
    if choice.frequency == Frequency.STOPPED:
        return Skipped("stopped")
    apart = timedelta(days=rules.days_between * (2 if choice.frequency == Frequency.FEWER else 1))
    prompts = (DeliveryKind.PROMPT,)
    last = delivery_rows.last_sent_to(tx, due.person.id, prompts)
    coming = delivery_rows.next_planned_to(tx, due.person.id, prompts, due.now + apart)
    latest = max(filter(None, (last, coming)), default=None)
    if latest is None or latest + apart <= due.now:
        return None
    at = next_open_instant(latest + apart, to_recipient(due.person.timezone, choice), rules, WORK_CALENDAR)
    expires_at = due.delivery.expires_at
    if at is None or (expires_at is not None and at >= expires_at):
        return Skipped("too_late")
    return Deferred(at, "weekly_cap")


def declare(vault: Vault | None, defaults: Defaults, book: AgencyBook) -> list[MessageKind]:
    renderer = CaseRenderer(vault, defaults, book)
    return [
        MessageKind(
            DeliveryKind.CASE_ASKED,
            Method.POST,
            urgency=9,
            about="an offering of which somebody may tell in the report; nobody gets it twice in a programme",
            helps_until="a month",
            to_person=renderer.render,
            edit=renderer.edit,
            at_most_once=True,
            office_hours=True,
            undisturbing=True,
        )
    ]
