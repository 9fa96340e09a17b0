"""How an imaginary person does what they do: types, clicks, fills in, over the workspace's own protocol."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from rehearsal.days import Quiet
from rehearsal.people import LANGUAGES, Act, Deed, Participant
from rehearsal.record import OFFER_BUTTON, PROMPT_BUTTON, Arrival, Record
from sandbox import NotThereError, Outcome, SlackError, Visitor, WorkspaceServer
from sandbox.forms import stateful_elements

Json = dict[str, Any]

WORDS: Final = {
    "join": {"fi": "liity", "sv": "delta", "en": "join"},
    "leave": {"fi": "peru", "sv": "avboka", "en": "leave"},
    "settings": {"fi": "asetukset", "sv": "inställningar", "en": "settings"},
}
CHANNELS: Final = {"channels_fi": ["CENNAKOINTI"], "channels_sv": ["CSVENSKA"]}
SENTENCES: Final = {
    "sentence_fi": "Tule ennakoimaan yhdessä muiden virastojen kanssa.",
    "sentence_sv": "Kom och förutse tillsammans med andra ämbetsverk.",
}
QUESTION: Final = {"question_0_fi": "Mitä jäi mieleen?", "question_0_sv": "Vad minns du?"}
FURTHEST: Final = timedelta(days=3)
OFFERS_IGNORED: Final = 0.15
OFFERS_DECLINED: Final = 0.15
WAKES: Final = 7
SLEEPS: Final = 22


@dataclass
class Hands:
    """Does people's acts. ``done`` counts deeds; ``absent`` says who was away, snoozed or had paused
    prompts, and when; ``wished`` who asked for which prompt again in an hour."""

    server: WorkspaceServer
    record: Record
    people: dict[str, Participant]
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    absent: dict[str, list[tuple[datetime, datetime, Quiet]]] = field(default_factory=dict)
    wished: dict[str, list[tuple[int, datetime]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def moves_in(self) -> None:
        """Everybody gets an account, and a conversation with Kaiku to type in."""
        for person in self.people.values():
            account = {"id": person.id, "name": person.name, "handle": f"{person.name}.{person.id[-5:]}"}
            locale = {"locale": LANGUAGES[person.language], "tz": person.timezone}
            self.server.workspace.change_person(account | locale | {"is_restricted": person.is_guest})
            self.server.workspace.direct_channel(person.id)

    async def do(self, act: Act) -> None:
        """What the act says. Whatever Slack or Kaiku does not answer as it should is on the record."""
        if act.who in self.gone:
            return
        self.done[act.deed.value] += 1
        person = self.server.visitor(act.who, f"D{act.who[1:]}")
        try:
            await self._do(act, person)
        except (NotThereError, SlackError) as error:
            self.record.refuse(f"{act.who} {act.deed.value} {act.value}", type(error).__name__, str(error))
        if person.modals:
            await person.close(clear=True)

    def reaction_to(self, arrival: Arrival) -> Act | None:
        """What somebody will do about a prompt or an offer: answer it some hours later, most likely, or
        nothing."""
        person = self.people.get(arrival.to)
        if person is not None and arrival.offers is not None:
            return self._answer_to_offer(arrival)
        if person is None or arrival.prompt is None:
            return None
        dice = Random(f"{self.seed}/prompt/{arrival.to}/{arrival.prompt}/{arrival.at.isoformat()}")
        if dice.random() >= person.answers:
            return None
        at = arrival.at + timedelta(seconds=int(FURTHEST.total_seconds() * dice.betavariate(0.6, 3)) + 30)
        hour = at.astimezone(ZoneInfo(person.timezone)).hour
        if not WAKES <= hour < SLEEPS:
            at += timedelta(hours=10)
        return Act(at, arrival.to, Deed.REACT, arrival.ts)

    def _answer_to_offer(self, arrival: Arrival) -> Act | None:
        """Some never look; a few look when its time is over."""
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
            case Deed.CHANGE_PLAN:
                raise AssertionError("the coordinator's hands are on the command line")

    async def _join(self, act: Act, person: Visitor) -> None:
        self._expect(act, await person.command(self._typed("join", act)))
        if not person.modals:  # too late, a guest, or joined already: the answer said so
            return
        who = self.people[act.who]
        fields: Json = {}
        if any(block["block_id"] == "agency" for block in person.modal["blocks"]):
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
            # The day begins on the person's own clock; a day of doubt is not held against anybody.
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
        """An answer within Slack's three seconds, and one that Slack takes."""
        if outcome.error is not None:
            what = f"{act.who} {act.deed.value} {act.value}"
            self.record.refuse(what, outcome.error, str(outcome.detail or outcome.errors or ""))
