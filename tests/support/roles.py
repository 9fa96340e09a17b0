"""People of every role around two offerings, with the ids that they may have seen or may guess."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Engine, Table, and_, delete, event, insert, select, update

from bot.domain.deliveries import DeliveryKind, Subject
from bot.domain.evidence.cases import Credit, Told
from bot.domain.offerings.offering import agreed_time
from bot.domain.plan.model import SignUpWindow
from bot.domain.reflections import Sharing
from bot.i18n import Words, words_for
from bot.services.announcements import publish as announcements
from bot.services.announcements.rendering import PostRenderer
from bot.services.calendars.feed import own_address
from bot.services.deliveries.recipients import find_person
from bot.services.enrolment.leave import withdraw
from bot.services.evidence import cases
from bot.services.offerings.facilitators import Actor
from bot.services.people.profiles import (
    JoinRequest,
    ProfileChanges,
    introduce_and_enrol,
    meet,
    refresh_profile,
)
from bot.services.plan.apply import apply_plan
from bot.services.reflections import answers
from bot.slack.answers import profile_of
from handlers.kaiku import Kaiku
from sandbox.profiles import new_person
from storage import group as group_rows
from storage import letters as letter_rows
from storage import prompts as prompt_rows
from storage import time_polls as poll_rows
from storage.deliveries import add_delivery
from storage.enrolment import list_standing_in
from storage.offerings.catalogue import get_offering, list_sessions_of
from storage.offers import add_offer
from storage.tables import Delivery, Enrolment, Reflection, metadata
from storage.transaction import Tx
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED
from tests.support.time_passing import helsinki

OWN, OTHER = "dialogue-2", "foresight-2"
NOW = helsinki(2019, 4, 4, 10)  # after the first session of OWN; both may be joined and announced
ROLES = {
    "participant": "UAINO",
    "withdrawn": "UELSA",
    "facilitator_elsewhere": "UANDERS",
    "facilitator": "UFASI",
    "coordinator": "UKOORD",
    "guest": "UVIERAS",
    "became_guest": "UJOHAN",
    "outsider": "UVIRO",
    "deactivated": "UTIMO",
}
PEER, STRANGER = "UMARJA", "UKAISA"  # with a seat in OWN, and in OTHER
AGENCIES = {
    "UAINO": "vero",
    "UELSA": "tulli",
    "UTIMO": "thl",
    "UJOHAN": "mml",
    "UMARJA": "mml",
    "UKAISA": "valtiokonttori",
}

TABLES = metadata.sorted_tables
QUERIES = {
    table.name: select(table).order_by(*table.primary_key) for table in TABLES if table.name != "send_pace"
}
"""Every row of every table, but how much may be sent now."""

WRITTEN = re.compile(r'(insert into|update|delete from) "?(\w+)"?', re.IGNORECASE)
WRITES_NOTHING = ("select", "begin", "pragma", "savepoint", "release", "rollback")

Rows = dict[str, list[tuple[Any, ...]]]
Changes = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Stage:
    """Ids by the offering that they are of; ``reflections`` by the person who wrote."""

    offerings: dict[str, int]
    prompts: dict[str, int]
    drafts: dict[str, int]
    announcements: dict[str, int]
    announcement_drafts: dict[str, int]
    posts: dict[str, int]
    reflections: dict[str, int]
    mark: str
    enrolments: dict[str, int] = field(default_factory=dict)  # in OWN, by person
    removals: dict[str, int] = field(default_factory=dict)
    invitations: dict[str, int] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)
    letter_drafts: dict[str, int] = field(default_factory=dict)
    polls: dict[str, int] = field(default_factory=dict)


def led_by_two(tx: Tx, now: datetime) -> None:
    """The shipped plan, but each of the two offerings has one facilitator, and the others none."""
    led = {OWN: (ROLES["facilitator"],), OTHER: (ROLES["facilitator_elsewhere"],)}
    late = SignUpWindow(date(2019, 1, 1), date(2019, 6, 1))
    strands = tuple(
        replace(
            strand,
            offerings=tuple(
                replace(
                    each,
                    facilitators=led.get(each.code, ()),
                    sign_up=late if each.code in led else each.sign_up,
                )
                for each in strand.offerings
            ),
        )
        for strand in SHIPPED.strands
    )
    apply_plan(tx, replace(SHIPPED, strands=strands), now)


def set_stage(kaiku: Running) -> Stage:
    """Everybody has been met; who has a seat has written; each offering has prompts and announcements."""
    people = kaiku.server.workspace.data["people"]
    people["UVIRO"] = new_person({"id": "UVIRO", "name": "Mari Tamm", "locale": "en-GB"})
    people["UVIRO"]["team_id"] = "TVIRO"
    parts = kaiku.app.kaiku
    with kaiku.store.transaction() as tx:
        led_by_two(tx, kaiku.clock.now())
        for user_id in (*ROLES.values(), PEER, STRANGER):
            shown = kaiku.server.workspace.user_object(user_id, with_locale=True)
            meet(tx, profile_of(shown, parts.slack.ours), parts.defaults, kaiku.clock.now())
        for user_id, agency in AGENCIES.items():
            told = ProfileChanges(agency=agency, role="expert")
            code = OTHER if user_id == STRANGER else OWN
            asked = [JoinRequest(user_id, told, code)]
            introduce_and_enrol(tx, asked, parts.defaults, parts.links.tokens, kaiku.clock.now())
    kaiku.clock.move_to(NOW)
    with kaiku.store.transaction() as tx:
        stage = _fill(tx, parts)
        person = find_person(tx, ROLES["withdrawn"], parts.defaults)
        assert person is not None
        withdraw(tx, person, OWN, NOW)
    for role, change in (("deactivated", "deleted"), ("became_guest", "is_restricted")):
        kaiku.server.workspace.change_person({"id": ROLES[role], change: True})
        shown = kaiku.server.workspace.user_object(ROLES[role], with_locale=True)
        with kaiku.store.transaction() as tx:
            refresh_profile(tx, profile_of(shown, parts.slack.ours), NOW)
    return stage


def _fill(tx: Tx, parts: Kaiku) -> Stage:
    stage = Stage({}, {}, {}, {}, {}, {}, {}, own_address(tx, parts.links.tokens, ROLES["participant"]).mark)
    leads = {OWN: ROLES["facilitator"], OTHER: ROLES["facilitator_elsewhere"]}
    for code, author in leads.items():
        offering = get_offering(tx, code)
        assert offering is not None
        stage.offerings[code] = offering.id
        asked = ("UAINO", "UELSA", "UTIMO", "UJOHAN", PEER) if code == OWN else (STRANGER,)
        stage.prompts[code] = _prompt(tx, offering.id, author, "planned")
        stage.drafts[code] = _prompt(tx, offering.id, author, "draft")
        for n, person in enumerate(asked):
            _sent(tx, code, stage.prompts[code], person, f"{NOW.timestamp():.0f}.{n:06}")
        leader = find_person(tx, author, parts.defaults)
        assert leader is not None
        actor = Actor(leader, parts.coordinators)
        for channels, found in (
            ({"CENNAKOINTI": "fi"}, stage.announcements),
            ({"CSVENSKA": "sv"}, stage.announcement_drafts),
        ):
            wanted = announcements.Wanted(channels, {"fi": "Tule!", "sv": "Kom!"}, [], None)
            draft = announcements.save_draft(tx, actor, code, wanted, PostRenderer(parts.defaults), NOW)
            found[code] = draft.announcement.id
        published = announcements.publish(tx, actor, stage.announcements[code], NOW)
        stage.posts[code] = published.posts[0].id
        stage.polls[code] = _poll(tx, offering.id, author, 2 if code == OWN else 1)
        for found, state in ((stage.letters, "confirmed"), (stage.letter_drafts, "draft")):
            found[code] = _letter(tx, offering.id, author, state)
    for user_id in (ROLES["participant"], PEER, STRANGER):
        person = find_person(tx, user_id, parts.defaults)
        assert person is not None
        answers.write_freely(tx, parts.vault, person, "omaa", None, NOW)
        stage.reflections[user_id] = tx.scalars(
            select(Reflection.c.id).where(Reflection.c.person_id == user_id)
        ).one()
    _shared(tx, parts, stage)
    _told(tx, parts)
    stage.offers[OTHER] = _offer(tx, STRANGER, stage.offerings[OTHER])
    _begun(tx, stage)
    return stage


def _begun(tx: Tx, stage: Stage) -> None:
    """A removal in each offering that can be undone, and an invitation to each."""
    for code, who in ((OWN, PEER), (OTHER, STRANGER)):
        for row in list_standing_in(tx, stage.offerings[code]):
            if code == OWN:
                stage.enrolments[row.person_id] = row.id
            if row.person_id == who:
                stage.removals[code] = group_rows.add_removal(
                    tx,
                    enrolment_id=row.id,
                    person_id=who,
                    becomes="removed",
                    act_id=0,
                    due_at=NOW,
                    now=NOW,
                )
        guest = ROLES["participant"] if code == OTHER else STRANGER
        invited = group_rows.add_invitation(tx, offering_id=stage.offerings[code], person_id=guest, now=NOW)
        stage.invitations[code] = invited
        add_delivery(
            tx,
            kind=DeliveryKind.INVITATION,
            recipient=guest,
            subject=code,
            occurrence=str(invited),
            due_at=NOW + timedelta(days=1),
            now=NOW,
        )


def _told(tx: Tx, parts: Kaiku) -> None:
    """Three were asked for a case of OWN; the participant has written one."""
    for user_id in (ROLES["participant"], ROLES["withdrawn"], ROLES["became_guest"]):
        add_delivery(
            tx,
            kind=DeliveryKind.CASE_ASKED,
            recipient=user_id,
            subject=OWN,
            occurrence="form",
            due_at=NOW,
            now=NOW,
        )
    tx.execute(
        update(Delivery)
        .where(Delivery.c.kind == DeliveryKind.CASE_ASKED)
        .values(state="sent", sent_at=NOW, channel="DAINO", ts="1.5")
    )
    person = find_person(tx, ROLES["participant"], parts.defaults)
    assert person is not None
    cases.write_case(tx, parts.vault, person, OWN, Told("a", "b", Credit.NAME), NOW)


def _offer(tx: Tx, person_id: str, offering_id: int) -> int:
    """A seat that waits for this person's answer."""
    offered = update(Enrolment).where(Enrolment.c.person_id == person_id).values(status="offered")
    return add_offer(
        tx,
        offering_id=offering_id,
        enrolment_id=tx.execute(offered.returning(Enrolment.c.id)).scalar_one(),
        person_id=person_id,
        seat=1,
        told_at=NOW,
        until=NOW + timedelta(days=3),
        now=NOW,
    ).id


def _shared(tx: Tx, parts: Kaiku, stage: Stage) -> None:
    peer = find_person(tx, PEER, parts.defaults)
    assert peer is not None
    answers.write(tx, parts.vault, peer, stage.prompts[OWN], ["0"], Sharing.FACILITATORS, NOW)


def _prompt(tx: Tx, offering_id: int, author: str, state: str) -> int:
    return prompt_rows.add_prompt(
        tx,
        offering_id=offering_id,
        author=author,
        moment="any",
        questions=[{"text": {"fi": "Mitä?", "sv": "Vad?"}, "choices": [{"fi": "a", "sv": "a"}] * 4}],
        at=NOW,
        state=state,
        made_at=NOW,
    ).id


def _poll(tx: Tx, offering_id: int, author: str, number: int) -> int:
    """A poll on the time of a session."""
    session = next(each for each in list_sessions_of(tx, offering_id) if each.number == number)
    starts, ends = session.starts, session.ends
    days = (session.on_date, *(session.on_date + timedelta(days=n) for n in (1, 2)))
    times = [agreed_time(day, starts, ends) for day in days]
    return poll_rows.add_poll(tx, offering_id, number, times, author, NOW).id


def _letter(tx: Tx, offering_id: int, author: str, state: str) -> int:
    values = {"author": author, "audience": "both", "text": {"fi": "Hei!", "sv": "Hej!"}}
    rest = {"in_office_hours": False, "state": state, "made_at": NOW}
    made = letter_rows.add_letter(tx, offering_id=offering_id, **values, **rest)
    found: int = made.id
    return found


def _sent(tx: Tx, code: str, prompt_id: int, person: str, ts: str) -> None:
    values = {
        "kind": "prompt",
        "recipient": person,
        "subject": str(Subject(code, prompt_id=prompt_id)),
        "occurrence": "",
    }
    done = {"state": "sent", "due_at": NOW, "planned_at": NOW, "sent_at": NOW}
    tx.execute(insert(Delivery).values(**values, **done, channel=f"D{person[1:]}", ts=ts))


def words_of(kaiku: Running, user_id: str) -> Words:
    with kaiku.store.read_transaction() as tx:
        person = find_person(tx, user_id, kaiku.app.kaiku.defaults)
    assert person is not None
    return words_for(person.language, person.timezone)


# -- what the database holds ------------------------------------------------------------------------------


def all_rows(kaiku: Running, tables: Collection[str] = QUERIES) -> Rows:
    """The rows of these tables: of all, unless it is known that the others are as they were."""
    with kaiku.store.read_transaction() as tx:
        connection = tx
        read = {name: query for name, query in QUERIES.items() if name in tables}
        return {name: list(map(tuple, connection.execute(query))) for name, query in read.items()}


def put_back(kaiku: Running, before: Rows, after: Rows) -> None:
    """Make the database hold again what it held before: only rows that differ are written."""
    tables = [table for table in TABLES if before.get(table.name) != after.get(table.name)]
    was = {table.name: _by_key(table, before) for table in tables}
    now = {table.name: _by_key(table, after) for table in tables}
    with kaiku.store.transaction() as tx:
        for table in reversed(tables):
            for key in now[table.name].keys() - was[table.name].keys():
                tx.execute(delete(table).where(_is(table, key)))
        for table in tables:
            for key, row in was[table.name].items():
                if key not in now[table.name]:
                    tx.execute(insert(table).values(row))
                elif repr(row) != repr(now[table.name][key]):
                    tx.execute(update(table).where(_is(table, key)).values(row))


def _by_key(table: Table, rows: Rows) -> dict[tuple[Any, ...], dict[str, Any]]:
    names = [column.name for column in table.columns]
    found = (dict(zip(names, row, strict=True)) for row in rows[table.name])
    return {tuple(each[column.name] for column in table.primary_key): each for each in found}


def _is(table: Table, key: tuple[Any, ...]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


class Writes:
    """The tables that have been written to since ``seen`` was cleared: to read every table after every act
    takes far longer than the acts. What is deleted takes rows of other tables along."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __enter__(self) -> "Writes":
        event.listen(Engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lower().startswith(WRITES_NOTHING):
            return
        written = WRITTEN.match(statement)
        if written is None:
            self.seen |= QUERIES.keys()
        else:
            self.seen |= _gone_along(written[2]) if written[1].lower() == "delete from" else {written[2]}


@cache
def _gone_along(name: str) -> set[str]:
    """The table, and those that refer to it, however far."""
    found = {name}
    while more := {table.name for table in TABLES if table.name not in found and _referred(table) & found}:
        found |= more
    return found


def _referred(table: Table) -> set[str]:
    return {key.column.table.name for key in table.foreign_keys}


def changed_rows(before: Rows, after: Rows) -> Changes:
    """Rows that are new, gone or different, with their table's name."""
    found: Changes = []
    for table in TABLES if before is not after else ():
        if table.name in before and before[table.name] != after[table.name]:
            names = [column.name for column in table.columns]
            was, now = ({repr(row): row for row in rows[table.name]} for rows in (before, after))
            differ = [row for shown, row in (was | now).items() if (shown in was) != (shown in now)]
            found += [(table.name, dict(zip(names, row, strict=True))) for row in differ]
    return found
