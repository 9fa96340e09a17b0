"""Simulates a facilitator's acts on a group: from its desk, through forms and previews."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

from rehearsal.days import next_working_day
from rehearsal.people import Act, Deed, PlanChange
from sandbox import Outcome, Visitor, WorkspaceServer
from sandbox.forms import stateful_elements

Json = dict[str, Any]

REASON: Final = {"reason_fi": "Sovimme niin puhelimessa.", "reason_sv": "Vi kom överens per telefon."}
LETTER: Final = {
    "letter_fi": "Muistattehan aamukahvin ennen alkua.",
    "letter_sv": "Kom ihåg morgonkaffet före början.",
}
FORMS: Final = {
    Deed.REMOVE: "remove",
    Deed.PUT_BACK: "put_back",
    Deed.MOVE: "move",
    Deed.ADD: "add",
    Deed.GIVE_SEAT: "seat",
    Deed.RAISE_LIMIT: "raise",
    Deed.CLOSE_SIGN_UP: "close",
    Deed.REOPEN_SIGN_UP: "reopen",
}
"""The acts of a desk's menu."""
REOPENED_FOR: Final = timedelta(days=7)
ATTEMPTS: Final = 4
"""How often a faulty field is filled in with other values."""
MARKED_ABSENT: Final = 0.1


class Desk(Struct):
    """Performs facilitators' acts. ``expect`` records every outcome that was not answered properly. Each act
    returns whether it was done: often it applies to nobody."""

    server: WorkspaceServer
    expect: Callable[[Act, Outcome], None]
    seed: int
    changes: list[PlanChange]
    made: dict[int, PlanChange] = field(default_factory=dict)  # the changes by number, with their actual days

    async def do(self, act: Act, person: Visitor) -> bool:
        match act.deed:
            case Deed.WRITE_LETTER:
                return await self._write_letter(act, person)
            case Deed.UNDO_REMOVAL:
                return await self._undo(act, person)
            case Deed.CHANGE_IN_SLACK:
                return await self._change(act, person)
            case Deed.MARK_ATTENDANCE:
                return await self._mark_attendance(act, person)
            case Deed.CONFIRM_DRAW:
                return await self._confirm_draw(act, person)
            case _:
                return await self._act_on_group(act, person)

    async def _open(self, act: Act, person: Visitor, code: str) -> bool:
        self.expect(act, await person.command(f"/kaiku ryhmä {code}"))
        return bool(person.modals)

    async def _act_on_group(self, act: Act, person: Visitor) -> bool:
        """Form, preview, confirmation; stops at a faulty field or if the act is not offered."""
        code, _, whom = act.value.partition(":")
        chosen = f"{code}:{FORMS[act.deed]}"
        if not await self._open(act, person, code) or chosen not in _values(person.modal, "group.menu"):
            return False
        self.expect(act, await person.choose("group.menu", chosen))
        if act.deed is not Deed.CLOSE_SIGN_UP and not await self._filled_in(act, person, whom):
            return False
        return await self._submitted(act, person, {})

    async def _filled_in(self, act: Act, person: Visitor, whom: str) -> bool:
        """Whether the form led to a preview; after a fault at a field other values are tried."""
        for attempt in range(ATTEMPTS):
            fields = self._fields(act, person.modal, whom, attempt)
            if fields is None:
                return False
            if await self._submitted(act, person, fields):
                return True
        return False

    def _fields(self, act: Act, form: Json, whom: str, attempt: int) -> Json | None:
        """The values to fill in; None where nobody can be chosen."""
        dice = Random(f"{self.seed}/{act.deed}/{act.who}/{act.at.isoformat()}/{attempt}")
        fields: Json = dict(REASON) if act.deed in {Deed.REMOVE, Deed.PUT_BACK, Deed.MOVE} else {}
        for name in ("member", "other_group", "of_agency"):
            if name in {element["action_id"] for _, element in stateful_elements(form["blocks"])}:
                fields[name] = dice.choice(sorted(_values(form, name)))
        match act.deed:
            case Deed.ADD:
                fields["new_member"] = whom
            case Deed.RAISE_LIMIT if "of_agency" in fields:
                fields["seats"] = str(attempt + 2)
            case Deed.REOPEN_SIGN_UP:
                fields["until"] = (act.at + REOPENED_FOR).date().isoformat()
            case _ if "member" not in fields:
                return None
        return fields

    async def _submitted(self, act: Act, person: Visitor, fields: Json) -> bool:
        if not person.modals or not person.modal.get("submit"):
            return False
        outcome = await person.submit(fields)
        if outcome.errors:
            return False  # a fault at the field: given up
        self.expect(act, outcome)
        return outcome.error is None

    async def _undo(self, act: Act, person: Visitor) -> bool:
        if not await self._open(act, person, act.value) or not person.has_button("group.undo"):
            return False
        self.expect(act, await person.click("group.undo"))
        return True

    async def _write_letter(self, act: Act, person: Visitor) -> bool:
        dice = self._dice(act)
        if not await self._open(act, person, act.value) or not person.has_button("letter.write"):
            return False
        self.expect(act, await person.click("letter.write"))
        fields = {
            **LETTER,
            "letter_to": dice.choice(("seated", "both")),
            "letter_when": dice.choice(("now", "office_hours")),
        }
        return await self._submitted(act, person, fields) and await self._submitted(act, person, {})

    async def _change(self, act: Act, person: Visitor) -> bool:
        """Move or cancel a session; if the day is refused, try one of the next."""
        change = self.changes[int(act.value)]
        if not await self._open(act, person, change.offering):
            return False
        self.expect(act, await person.click("plan.open", change.offering))
        session = f"{change.offering}/{change.session}"
        if not person.has_button("plan.session", session):
            return False
        self.expect(act, await person.click("plan.session", session))
        day = change.to
        for _ in range(ATTEMPTS):
            what: Json = {"held": "cancelled"} if day is None else {"new_day": day.isoformat()}
            if await self._submitted(act, person, REASON | what | {"besides": ["despite"]}):
                is_made = await self._submitted(act, person, {})
                if is_made:
                    self.made[int(act.value)] = replace(change, to=day)
                return is_made
            if day is not None:
                day = next_working_day(day)
        return False

    async def _mark_attendance(self, act: Act, person: Visitor) -> bool:
        dice, message = self._dice(act), self._message(act)
        self.expect(act, await person.click("attendance.mark", on=message))
        form = person.modal
        if not form.get("submit"):
            return False
        fields = {
            element["action_id"]: [
                each["value"] for each in element.get("initial_options", ()) if dice.random() >= MARKED_ABSENT
            ]
            for _, element in stateful_elements(form["blocks"])
            if element["type"] == "checkboxes"
        }
        return await self._submitted(act, person, fields)

    async def _confirm_draw(self, act: Act, person: Visitor) -> bool:
        self.expect(act, await person.click("draw.review", on=self._message(act)))
        return await self._submitted(act, person, {})

    def _message(self, act: Act) -> Json:
        channel = f"D{act.who[1:]}"
        return {**self.server.workspace.message(channel, act.value), "channel": channel}

    def _dice(self, act: Act) -> Random:
        return Random(f"{self.seed}/{act.deed}/{act.who}/{act.at.isoformat()}")


def _values(view: Json, action_id: str) -> set[str]:
    """The options of a field."""
    return {
        option["value"]
        for block in view["blocks"]
        for element in _elements(block)
        if element.get("action_id") == action_id
        for options in (element, *element.get("option_groups", ()))
        for option in options.get("options", ())
    }


def _elements(block: Json) -> Iterator[Json]:
    yield from block.get("elements", ())
    for name in ("element", "accessory"):
        if name in block:
            yield block[name]
