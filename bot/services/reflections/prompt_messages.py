"""Renders messages about prompts, which quote the person's own words, and decides whether they may be sent
now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot.domain.calendars.wall_time import local
from bot.domain.deliveries import LIMITED_KINDS, DeliveryKind, DeliveryState, Subject
from bot.domain.offerings.offering import Offering
from bot.domain.people.person import Defaults, Person
from bot.domain.plan.model import Reading
from bot.domain.prompts.prompt import DEFAULT_RULES, Frequency, Moment, Prompt, PromptRules, PromptState
from bot.domain.prompts.schedule import next_open_instant, reminder_instant
from bot.domain.reflections import Asked
from bot.domain.sending.outcomes import Sent
from bot.i18n import Words, words_for
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.deliveries.declaration import MessageKind, Method, Settled, ToChannel, ToPerson
from bot.services.deliveries.rendered import Deferred, Edit, OutgoingMessage, Rendered, Skipped
from bot.services.offerings.catalogue import load_offering, load_offering_by_id
from bot.services.prompts.owed import carries_materials, sent_prompts, sent_within_limit
from bot.services.prompts.planning import to_recipient
from bot.services.prompts.series import to_prompt
from bot.services.reflections import answers
from bot.services.reflections.vault import Vault
from bot.views.bilingual import Both
from bot.views.blocks import Message
from bot.views.prompts import messages as view
from storage import deliveries as delivery_rows
from storage import enrolment as enrolment_rows
from storage import prompt_deliveries as prompt_delivery_rows
from storage import prompts as prompt_rows
from storage.deliveries import DeliveryRow
from storage.reflections import answers as reflection_rows
from storage.transaction import Tx

CAN_WAIT = frozenset({DeliveryKind.PROMPT_FADE, DeliveryKind.PROMPT_REMINDER, DeliveryKind.CASE_ASKED})
APART = timedelta(hours=1)
_NO_MESSAGES = {DeliveryKind.EDIT, DeliveryKind.HOME, DeliveryKind.POST_EDIT, DeliveryKind.SEAT_HOLD}
MESSAGES = tuple(each for each in DeliveryKind if each not in _NO_MESSAGES)
"""Kinds that arrive as a new message, not as an edit."""
COME_FIRST = tuple(each for each in MESSAGES if each not in CAN_WAIT)

HERE = (PromptState.PLANNED.value,)


class PromptRenderer(Struct, frozen=True):
    """Renders prompts from the current data. Without a vault nothing is sent, because answers could not be
    stored."""

    vault: Vault | None
    defaults: Defaults

    def render(self, tx: Tx, due: ToPerson) -> Rendered:
        """A prompt, its reminder, a postponed prompt, or the question about fewer prompts."""
        if self.vault is None:
            return Skipped("no_secret_key")
        delivery, person, words, now = due.delivery, due.person, due.words, due.now
        kind = DeliveryKind(delivery.kind)
        if kind is not DeliveryKind.PROMPT_AGAIN and (waits := self.waits(tx, delivery, person, now)):
            return waits
        match kind:
            case DeliveryKind.PROMPT_FADE:
                return self._fade(tx, person, words, now)
            case DeliveryKind.PROMPT:
                return self._prompt(tx, delivery, person, words, now)
            case _:
                return self._render_again(tx, delivery, person, words, now)

    def render_round(self, tx: Tx, due: ToChannel) -> Rendered:
        """A prompt for a channel, in two languages because the readers are not known."""
        if self.vault is None:
            return Skipped("no_secret_key")
        row = prompt_rows.get_prompt(tx, Subject.parse(due.delivery.subject).of_prompt)
        if row is None or row.state not in HERE or row.channel != due.delivery.recipient:
            return Skipped("withdrawn")
        offering = load_offering_by_id(tx, row.offering_id)
        if offering.cancelled:
            return Skipped("offering_cancelled")
        return OutgoingMessage(said_in_channel(to_prompt(row), offering, self.defaults))

    def waits(self, tx: Tx, delivery: DeliveryRow, person: Person, now: datetime) -> Rendered | None:
        """Defer a message that would arrive at a quiet time, for example after downtime, whatever the plan
        says.
        """
        reader = to_recipient(person.timezone, prompt_rows.get_choice(tx, person.id))
        at = next_open_instant(now, reader, self._rules(tx, delivery), WORK_CALENDAR)
        if at is None:
            return Skipped("quiet")
        if at > now:
            return Deferred(at, "quiet")
        return self._defer_if_close(tx, delivery, person, now) if delivery.kind in CAN_WAIT else None

    def _defer_if_close(
        self, tx: Tx, delivery: DeliveryRow, person: Person, now: datetime
    ) -> Rendered | None:
        """Defer a message that can wait if another of Kaiku's was sent within the hour, or is due
        within one.
        """
        last = delivery_rows.last_sent_to(tx, person.id, MESSAGES)
        coming = delivery_rows.next_planned_to(tx, person.id, COME_FIRST, now + APART)
        until = [last + APART] if last is not None and last + APART > now else []
        until += [max(coming, now) + APART] if coming is not None else []
        if not until:
            return None
        reader = to_recipient(person.timezone, prompt_rows.get_choice(tx, person.id))
        at = next_open_instant(max(until), reader, self._rules(tx, delivery), WORK_CALENDAR)
        if at is None or (delivery.expires_at is not None and at >= delivery.expires_at):
            return Skipped("too_late")
        return Deferred(at, "just_written_to")

    def _rules(self, tx: Tx, delivery: DeliveryRow) -> PromptRules:
        if delivery.kind in {DeliveryKind.PROMPT_FADE, DeliveryKind.PREPARATION}:
            return rules_of_person(tx, delivery.recipient)
        return load_offering(tx, Subject.parse(delivery.subject).code).prompt_rules

    def _prompt(self, tx: Tx, delivery: DeliveryRow, person: Person, words: Words, now: datetime) -> Rendered:
        asked = self._asked(tx, delivery, person)
        if isinstance(asked, Skipped):
            return asked
        choice = prompt_rows.get_choice(tx, person.id)
        if choice.frequency == Frequency.STOPPED:
            return Skipped("stopped")
        if was_sent_this_week(tx, delivery, person, asked.offering.prompt_rules, now):
            return Skipped("weekly_cap")
        if asked.prompt.series is not None and asked.prompt.moment is Moment.MIDPOINT and not asked.echoes:
            return Skipped("no_plan_to_quote")
        return OutgoingMessage(said_to_person(asked, words, now))

    def _render_again(
        self, tx: Tx, delivery: DeliveryRow, person: Person, words: Words, now: datetime
    ) -> Rendered:
        """The reminder, or the prompt again because the person postponed it."""
        asked = self._asked(tx, delivery, person)
        if isinstance(asked, Skipped):
            return asked
        if asked.mine is not None:
            return Skipped("answered")
        is_reminder = delivery.kind == DeliveryKind.PROMPT_REMINDER
        if is_reminder and asked.offering.next_session(now) is None:
            return Skipped("offering_over")
        choice = prompt_rows.get_choice(tx, person.id)
        if is_reminder and choice.frequency != Frequency.ALL:
            return Skipped("fewer")
        if is_reminder and (too_soon := self._defer_reminder(tx, delivery, person, now)):
            return too_soon
        return OutgoingMessage(said_to_person(asked, words, now, is_reminder=is_reminder))

    def _defer_reminder(
        self, tx: Tx, delivery: DeliveryRow, person: Person, now: datetime
    ) -> Deferred | Skipped | None:
        """Defer the reminder of a prompt that was sent late, for example after downtime."""
        stored = delivery_rows.list_about(
            tx, kinds=(DeliveryKind.PROMPT,), subjects=(delivery.subject,), recipients=(person.id,)
        )
        sent_at = sent_prompts(stored).get(Subject.parse(delivery.subject).of_prompt)
        if sent_at is None:
            return Skipped("prompt_not_sent")
        reader = to_recipient(person.timezone, prompt_rows.get_choice(tx, person.id))
        at = reminder_instant(sent_at, reader, self._rules(tx, delivery), WORK_CALENDAR)
        if at is None or (delivery.expires_at is not None and at >= delivery.expires_at):
            return Skipped("too_late")
        return Deferred(at, "prompt_sent_late") if at > now else None

    def _asked(self, tx: Tx, delivery: DeliveryRow, person: Person) -> Asked | Skipped:
        assert self.vault is not None
        row = prompt_rows.get_prompt(tx, Subject.parse(delivery.subject).of_prompt)
        if row is None or row.state not in HERE:
            return Skipped("withdrawn")
        enrolment = enrolment_rows.get_standing_enrolment(tx, row.offering_id, person.id)
        if enrolment is None or enrolment.status != "seated":
            return Skipped("no_longer_seated")
        asked = answers.describe(tx, self.vault, person, row)
        return Skipped("offering_cancelled") if asked.offering.cancelled else asked

    def _fade(self, tx: Tx, person: Person, words: Words, now: datetime) -> Rendered:
        seats = enrolment_rows.list_seats(tx, [person.id])[person.id]
        going_on = (load_offering_by_id(tx, each.offering_id).next_session(now) for each in seats)
        if not any(going_on):
            return Skipped("offering_over")  # nothing more is asked anyway
        if prompt_rows.get_choice(tx, person.id).frequency != Frequency.ALL:
            return Skipped("chosen_already")
        stored = prompt_delivery_rows.list_prompt_deliveries(tx, person.id, (DeliveryKind.PROMPT,))
        answered = reflection_rows.list_answered(tx, person.id)
        last = sorted(sent_prompts(stored).items(), key=lambda each: each[1])[
            -rules_of_person(tx, person.id).fade_after :
        ]
        if any(prompt_id in answered for prompt_id, _ in last):
            return Skipped("answered")
        return OutgoingMessage(view.fade_message(words))

    def edit(self, tx: Tx, due: ToPerson) -> Rendered:
        """The current text of a message about a prompt: answered, postponed, stopped, or asked again."""
        original, person, words = due.delivery, due.person, due.words
        assert original.channel is not None
        assert original.ts is not None
        if self.vault is None:
            return Skipped("no_secret_key")
        row = prompt_rows.get_prompt(tx, Subject.parse(original.subject).of_prompt)
        if row is None:
            return Skipped("prompt_gone")
        asked = answers.describe(tx, self.vault, person, row)
        message = self._as_it_stands(tx, original, asked, words)
        return Edit(original.channel, original.ts, message)

    def _as_it_stands(self, tx: Tx, original: DeliveryRow, asked: Asked, words: Words) -> Message:
        if asked.mine is not None:
            return view.answered_message(
                asked.prompt, asked.offering, asked.mine, words, materials=materials_with(asked)
            )
        if asked.prompt.state is PromptState.STOPPED:
            return view.gone_message(asked.offering, words)
        again = delivery_rows.list_about(
            tx,
            kinds=(DeliveryKind.PROMPT_AGAIN,),
            subjects=(original.subject,),
            recipients=(original.recipient,),
        )
        waiting = [each.due_at for each in again if each.state == DeliveryState.PLANNED]
        if waiting:
            return view.later_message(asked.prompt, asked.offering, min(waiting), words)
        sent_at = original.sent_at or original.due_at
        return said_to_person(
            asked, words, sent_at, is_reminder=original.kind == DeliveryKind.PROMPT_REMINDER
        )


def was_sent_this_week(
    tx: Tx, delivery: DeliveryRow, person: Person, rules: PromptRules, now: datetime
) -> bool:
    """Whether another prompt or card was sent this week, so that this one must not be."""
    stored = prompt_delivery_rows.list_prompt_deliveries(tx, person.id, LIMITED_KINDS)
    today = local(now, person.timezone).date()
    others = [each for each in stored if each.id != delivery.id]
    days = [local(at, person.timezone).date() for at in sent_within_limit(others)]
    return any(today - day < timedelta(days=rules.days_between) for day in days)


def materials_with(asked: Asked) -> Sequence[Reading]:
    """The materials that the prompt includes: those of the session that it follows."""
    if not carries_materials(asked.prompt):
        return ()
    number = asked.prompt.timing.after_session
    return next((each.materials for each in asked.offering.standing_sessions if each.number == number), ())


def said_to_person(asked: Asked, words: Words, now: datetime, *, is_reminder: bool = False) -> Message:
    """The question as its reader gets it at ``now``; also for the preview of a draft."""
    return view.prompt_message(
        asked.prompt,
        asked.offering,
        asked.offering.next_session(now),
        asked.echoes,
        words,
        is_reminder=is_reminder,
        materials=() if is_reminder else materials_with(asked),
    )


def said_in_channel(prompt: Prompt, offering: Offering, defaults: Defaults) -> Message:
    """The question as a channel gets it, in two languages; also for the preview of a draft."""
    first = words_for(defaults.language, offering.timezone)
    other = words_for("sv" if first.language == "fi" else "fi", offering.timezone)
    return view.round_message(prompt, offering, Both(first, other))


def rules_of_person(tx: Tx, person_id: str) -> PromptRules:
    """The rules for a person's prompts across offerings: those of the first offering in which they have a
    seat (see ``prompts.owed.rules_of``).
    """
    seats = enrolment_rows.list_seats(tx, [person_id])[person_id]
    return load_offering_by_id(tx, seats[0].offering_id).prompt_rules if seats else DEFAULT_RULES


def note_sent(tx: Tx, settled: Settled) -> None:
    """Apply what follows from a sent message: a prompt may be the second unanswered one; a person who is
    asked whether they want fewer prompts gets fewer until they answer.
    """
    if not isinstance(settled.outcome, Sent):
        return
    person_id = settled.delivery.recipient
    if settled.delivery.kind == DeliveryKind.PROMPT_FADE:
        choice = prompt_rows.get_choice(tx, person_id)
        frequency = Frequency.FEWER if choice.frequency == Frequency.ALL else choice.frequency
        prompt_rows.set_choice(
            tx, person_id, choice._replace(frequency=frequency, asked_to_fade_at=settled.now)
        )
    prompt_rows.mark_stale(tx, [person_id])


def declare(vault: Vault | None, defaults: Defaults) -> list[MessageKind]:
    """All messages about prompts to people, and rounds in channels."""
    renderer = PromptRenderer(vault, defaults)

    def to_person(kind: DeliveryKind, urgency: int, about: str, helps_until: str) -> MessageKind:
        is_asked_about = kind in {DeliveryKind.PROMPT, DeliveryKind.PROMPT_FADE}
        return MessageKind(
            kind,
            Method.POST,
            urgency,
            about,
            helps_until,
            to_person=renderer.render,
            edit=renderer.edit if kind is not DeliveryKind.PROMPT_FADE else None,
            after=note_sent if is_asked_about else None,
            at_most_once=True,
            office_hours=True,
            undisturbing=True,
        )

    return [
        to_person(
            DeliveryKind.PROMPT_AGAIN,
            1,
            "a prompt; one for each time it was asked for later",
            "the session it prepares for begins",
        ),
        to_person(
            DeliveryKind.PROMPT, 2, "a prompt; nobody gets it twice", "the session it prepares for begins"
        ),
        to_person(DeliveryKind.PROMPT_REMINDER, 4, "a prompt; once", "the session it prepares for begins"),
        to_person(DeliveryKind.PROMPT_FADE, 5, "settings; once", "always"),
        MessageKind(
            DeliveryKind.ROUND,
            Method.POST,
            urgency=7,
            about="a prompt that is put to a channel; once",
            helps_until="the session it prepares for begins",
            to_channel=renderer.render_round,
            at_most_once=True,
            tells_facilitators=True,
        ),
    ]
