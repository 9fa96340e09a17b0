"""Performs imaginary people's acts: typing, clicking, filling in forms, over the workspace's own protocol."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from rehearsal.days import Quiet
from rehearsal.desk import FORMS, Desk
from rehearsal.people import LANGUAGES, Act, Deed, Participant, PlanChange
from rehearsal.record import OFFER_BUTTON, PROMPT_BUTTON, Arrival, Record, buttons_of
from sandbox import NotThereError, Outcome, SlackError, Visitor, WorkspaceServer
from sandbox.forms import stateful_elements

Json = dict[str, Any]

WORDS: Final = {
    "join": {"fi": "liity", "sv": "delta", "en": "join"},
    "leave": {"fi": "peru", "sv": "avboka", "en": "leave"},
    "settings": {"fi": "asetukset", "sv": "inställningar", "en": "settings"},
    "next": {"fi": "seuraava", "sv": "nästa", "en": "next"},
}
CHANNELS: Final = {"channels_fi": ["CENNAKOINTI"], "channels_sv": ["CSVENSKA"]}
SENTENCES: Final = {
    "sentence_fi": "Tule ennakoimaan yhdessä muiden virastojen kanssa.",
    "sentence_sv": "Kom och förutse tillsammans med andra ämbetsverk.",
}
QUESTION: Final = {"question_0_fi": "Mitä jäi mieleen?", "question_0_sv": "Vad minns du?"}
NO_CHOICE: Final = "-"
FURTHEST: Final = timedelta(days=3)
OFFERS_IGNORED: Final = 0.15
OFFERS_DECLINED: Final = 0.15
INVITATIONS_ACCEPTED: Final = 0.7
CHANGES_ACKNOWLEDGED: Final = 0.6
ANSWERED: Final = {
    OFFER_BUTTON: Deed.ANSWER_OFFER,
    PROMPT_BUTTON: Deed.REACT,
    "invitation.accept": Deed.ANSWER_INVITATION,
    "change.acknowledge": Deed.ACKNOWLEDGE,
    "attendance.mark": Deed.MARK_ATTENDANCE,
    "draw.review": Deed.CONFIRM_DRAW,
}
"""What a message with this button leads to."""
OF_THE_DESK: Final = {
    *FORMS,
    Deed.UNDO_REMOVAL,
    Deed.WRITE_LETTER,
    Deed.CHANGE_IN_SLACK,
    Deed.MARK_ATTENDANCE,
    Deed.CONFIRM_DRAW,
}
OFFICE: Final = "Europe/Helsinki"
WAKES: Final = 7
SLEEPS: Final = 22


@dataclass
class Hands:
    """Performs people's acts. ``done`` counts deeds; ``absent`` has by person when they were away, had
    snoozed or had paused prompts; ``wished`` which prompts they asked for again in an hour, and when."""

    server: WorkspaceServer
    record: Record
    people: dict[str, Participant]
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    absent: dict[str, list[tuple[datetime, datetime, Quiet]]] = field(default_factory=dict)
    wished: dict[str, list[tuple[int, datetime]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    missing: set[tuple[str, str, int]] = field(default_factory=set)  # absent: person, offering, session
    changes: list[PlanChange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(self.server, self._expect, self.seed, self.changes)

    def moves_in(self) -> None:
        """Give everybody an account and a conversation with Kaiku."""
        for person in self.people.values():
            account = {"id": person.id, "name": person.name, "handle": f"{person.name}.{person.id[-5:]}"}
            locale = {"locale": LANGUAGES[person.language], "tz": person.timezone}
            self.server.workspace.change_person(account | locale | {"is_restricted": person.is_guest})
            self.server.workspace.direct_channel(person.id)

    async def do(self, act: Act) -> None:
        """Perform an act. Missing or wrong answers of Slack or Kaiku are recorded."""
        if act.who in self.gone:
            return
        person = self.server.visitor(act.who, f"D{act.who[1:]}")
        is_done = True
        try:
            if act.deed in OF_THE_DESK:
                is_done = await self.desk.do(act, person)
            else:
                await self._do(act, person)
        except (NotThereError, SlackError) as error:
            self.record.refuse(f"{act.who} {act.deed.value} {act.value}", type(error).__name__, str(error))
        self.done[act.deed.value] += is_done
        if person.modals:
            await person.close(clear=True)

    def reaction_to(self, arrival: Arrival) -> Act | None:
        """The act by which somebody reacts to a message, most likely some hours later; None: no reaction."""
        person = self.people.get(arrival.to)
        deed = next((deed for button, deed in ANSWERED.items() if button in arrival.buttons), None)
        if deed is Deed.ANSWER_OFFER:
            return self._answer_to_offer(arrival)
        dice = Random(f"{self.seed}/reaction/{arrival.to}/{arrival.prompt or deed}/{arrival.at.isoformat()}")
        if deed is None or (deed is Deed.REACT and (person is None or dice.random() >= person.answers)):
            return None
        at = arrival.at + timedelta(seconds=int(FURTHEST.total_seconds() * dice.betavariate(0.6, 3)) + 30)
        hour = at.astimezone(ZoneInfo(person.timezone if person is not None else OFFICE)).hour
        if not WAKES <= hour < SLEEPS:
            at += timedelta(hours=10)
        return Act(at, arrival.to, deed, arrival.ts)

    def _answer_to_offer(self, arrival: Arrival) -> Act | None:
        """Some people never answer; a few do after the deadline."""
        dice = Random(f"{self.seed}/offer/{arrival.to}/{arrival.offers}/{arrival.at.isoformat()}")
        if dice.random() < OFFERS_IGNORED:
            return None
        at = arrival.at + timedelta(seconds=int(FURTHEST.total_seconds() * 2 * dice.betavariate(0.6, 3)) + 30)
        return Act(at, arrival.to, Deed.ANSWER_OFFER, arrival.ts)

    async def _answer_offer(self, act: Act, person: Visitor) -> None:
        channel = f"D{act.who[1:]}"
        offer = {**self.server.workspace.message(channel, act.value), "channel": channel}
        if not person.has_button(OFFER_BUTTON, on=offer):
            return  # its time is over
        declines = Random(f"{self.seed}/answer/{act.who}/{act.at.isoformat()}").random() < OFFERS_DECLINED
        self._expect(act, await person.click("offer.decline" if declines else OFFER_BUTTON, on=offer))

    async def _do(self, act: Act, person: Visitor) -> None:  # noqa: PLR0912 - one branch a deed
        match act.deed:
            case Deed.OPEN_HOME:
                self._expect(act, await person.open_home())
            case Deed.JOIN:
                await self._join(act, person)
            case Deed.LEAVE:
                self._expect(act, await person.command(self._typed("leave", act)))
                if person.modals:
                    self._expect(act, await person.submit())
            case Deed.CHANGE_LANGUAGE:
                await self._settings(act, person, language=act.value)
            case Deed.ASK_FOR_FEWER:
                await self._settings(act, person, frequency="fewer")
            case Deed.PAUSE:
                await self._settings(act, person, paused_until=date.fromisoformat(act.value))
            case Deed.GO_AWAY | Deed.SNOOZE | Deed.LOSE_ACCOUNT:
                await self._account(act)
            case Deed.ANSWER_OFFER:
                await self._answer_offer(act, person)
            case Deed.REACT:
                await self._react(act, person)
            case Deed.SAY_ABSENT:
                await self._say_absent(act, person)
            case Deed.ACKNOWLEDGE:
                await self._acknowledge(act, person)
            case Deed.ANSWER_INVITATION:
                await self._answer_invitation(act, person)
            case Deed.ANNOUNCE:
                self._expect(act, await person.command(f"/kaiku announce {act.value}"))
                self._expect(act, await person.submit({**CHANNELS, **SENTENCES}))
                self._expect(act, await person.submit())
            case Deed.POST_PROMPT:
                self._expect(act, await person.command(f"/kaiku prompt {act.value}"))
                self._expect(act, await person.click("prompt.new"))
                for fields in (
                    {},
                    QUESTION,
                    {},
                    {},
                ):  # what to write, the words, when and to whom, the preview
                    self._expect(act, await person.submit(fields))
            case _:
                raise AssertionError(f"not done by hand here: {act.deed}")

    async def _join(self, act: Act, person: Visitor) -> None:
        self._expect(act, await person.command(self._typed("join", act)))
        if not person.modals:  # too late, a guest, or joined already: the answer said so
            return
        who = self.people[act.who]
        there = {block["block_id"] for block in person.modal["blocks"]}
        fields: Json = {}
        if "agency" in there:
            fields = {"agency": who.agency, "role": who.role, "language": who.language}
        self._expect(act, await person.submit(fields | self._ranked(act, person.modal)))

    def _ranked(self, act: Act, form: Json) -> Json:
        """The ranking in a draw: the offering first, then one or all of the others, in random order."""
        selects = [
            element
            for _, element in stateful_elements(form["blocks"])
            if element["action_id"].startswith("ranked_")
        ]
        if not selects:
            return {}
        codes = {option["value"] for each in selects for option in each["options"]}
        others = sorted(each for each in codes if each not in {act.value, NO_CHOICE})
        dice = Random(f"{self.seed}/ranks/{act.who}/{act.value}")
        dice.shuffle(others)
        wishes = [act.value, *others[: dice.randint(0, len(others))], *(NO_CHOICE for _ in selects)]
        return {each["action_id"]: wish for each, wish in zip(selects, wishes, strict=False)}

    async def _say_absent(self, act: Act, person: Visitor) -> None:
        self._expect(act, await person.command(self._typed("next", act, with_code=False)))
        if not person.has_button("session.absent", act.value):
            return  # no seat, or another session is next
        await self._be_absent(act, person, act.value)

    async def _be_absent(self, act: Act, person: Visitor, session: str) -> None:
        self._expect(act, await person.click("session.absent", session))
        if person.modals and person.has_button("session.absent_for_sure", session):
            self._expect(act, await person.click("session.absent_for_sure", session))
        code, _, number = session.partition("/")
        self.missing.add((act.who, code, int(number)))

    async def _acknowledge(self, act: Act, person: Visitor) -> None:
        dice = Random(f"{self.seed}/acknowledges/{act.who}/{act.at.isoformat()}")
        channel = f"D{act.who[1:]}"
        news = {**self.server.workspace.message(channel, act.value), "channel": channel}
        if dice.random() < CHANGES_ACKNOWLEDGED:
            self._expect(act, await person.click("change.acknowledge", on=news))
            return
        moved = next(
            (value for button, value in buttons_of(news["blocks"]) if button == "session.absent"), None
        )
        if moved is not None and dice.random() < CHANGES_ACKNOWLEDGED:
            await self._be_absent(act, person, moved)

    async def _answer_invitation(self, act: Act, person: Visitor) -> None:
        channel = f"D{act.who[1:]}"
        asked = {**self.server.workspace.message(channel, act.value), "channel": channel}
        if not person.has_button("invitation.accept", on=asked):
            return  # its time is over
        dice = Random(f"{self.seed}/invited/{act.who}/{act.at.isoformat()}")
        accepts = dice.random() < INVITATIONS_ACCEPTED
        self._expect(act, await person.click(f"invitation.{'accept' if accepts else 'decline'}", on=asked))
        if person.modals and person.modal.get("submit"):
            who = self.people[act.who]
            fields = {"agency": who.agency, "role": who.role, "language": who.language}
            self._expect(act, await person.submit(fields))

    async def _settings(self, act: Act, person: Visitor, **fields: Any) -> None:  # noqa: ANN401 - a form's
        self._expect(act, await person.command(self._typed("settings", act, with_code=False)))
        who = self.people[act.who]
        there = {element["action_id"] for _, element in stateful_elements(person.modal["blocks"])}
        told = {"agency": who.agency, "role": who.role, "language": who.language}
        given = {name: value for name, value in (told | fields).items() if name in there}
        outcome = await person.submit(given)
        self._expect(act, outcome)
        if act.deed is Deed.PAUSE and outcome.error is None:
            until = datetime.combine(date.fromisoformat(act.value), datetime.min.time(), act.at.tzinfo)
            # The day begins on the person's own clock; the benefit of the doubt covers a whole day.
            self._note_absence(act, act.at, until - timedelta(days=1), Quiet.PAUSED)

    async def _account(self, act: Act) -> None:
        workspace = self.server.workspace
        if act.deed is Deed.LOSE_ACCOUNT:
            self.gone.add(act.who)
            workspace.change_person({"id": act.who, "deleted": True})
        else:
            until = datetime.fromisoformat(act.value)
            ends = int(until.timestamp())
            if act.deed is Deed.SNOOZE:
                change: Json = {"dnd": [int(act.at.timestamp()), ends]}
                self._note_absence(act, act.at, until, Quiet.DO_NOT_DISTURB)
            else:
                change = {"status_text": "Lomalla", "status_emoji": ":palm_tree:", "status_expiration": ends}
                self._note_absence(act, act.at, until, Quiet.AWAY)
            workspace.change_person({"id": act.who, **change})
        self.server.link.person_changed(act.who)
        await self.server.link.settled()

    async def _react(self, act: Act, person: Visitor) -> None:
        channel = f"D{act.who[1:]}"
        prompt = {**self.server.workspace.message(channel, act.value), "channel": channel}
        dice = Random(f"{self.seed}/reaction/{act.who}/{act.at.isoformat()}")
        if not person.has_button(PROMPT_BUTTON, on=prompt):
            return  # withdrawn meanwhile
        whim = dice.random()
        if whim < 0.05 and person.has_button("prompts.fewer", on=prompt):
            self._expect(act, await person.click("prompts.fewer", on=prompt))
            self._expect(act, await person.click("prompts.set_fewer"))
            return
        if whim < 0.1 and person.has_button("prompt.ask_later", on=prompt):
            await self._later(act, person, prompt, dice)
            return
        quick = person.has_button("reflection.choose_0", on=prompt)
        self._expect(act, await person.click("reflection.choose_0" if quick else PROMPT_BUTTON, on=prompt))
        fields: Json = {}
        for _, element in stateful_elements(person.modal["blocks"]):
            if element["type"] == "plain_text_input":
                fields[element["action_id"]] = "Kysyin ensin, mitä muut olivat nähneet."
        self._expect(act, await person.submit(fields))

    async def _later(self, act: Act, person: Visitor, prompt: Json, dice: Random) -> None:
        menus = [
            element
            for block in prompt["blocks"]
            for element in block.get("elements", ())
            if element.get("action_id") == "prompt.ask_later"
        ]
        chosen: str = dice.choice(menus[0]["options"])["value"]
        prompt_id, _, when = chosen.partition(":")
        if when == "hour":
            self.wished.setdefault(act.who, []).append((int(prompt_id), act.at))
        self._expect(act, await person.choose("prompt.ask_later", chosen, on=prompt))

    def _typed(self, command: str, act: Act, *, with_code: bool = True) -> str:
        language = self.people[act.who].language
        return f"/kaiku {WORDS[command][language]}" + (f" {act.value}" if with_code else "")

    def _note_absence(self, act: Act, start: datetime, end: datetime, why: Quiet) -> None:
        self.absent.setdefault(act.who, []).append((start, end, why))

    def _expect(self, act: Act, outcome: Outcome) -> None:
        """Record an answer that took more than Slack's three seconds, or that Slack refused."""
        if outcome.error is not None:
            what = f"{act.who} {act.deed.value} {act.value}"
            self.record.refuse(what, outcome.error, str(outcome.detail or outcome.errors or ""))
