"""A plan is written into the file before it: what still holds keeps its words, order and comments."""

import re
from datetime import date, time, timedelta
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.enrolment.offers import OfferRules, OwnOfferRules
from bot.domain.plan.merging import in_force
from bot.domain.plan.model import (
    Closing,
    Details,
    DrawRules,
    Picture,
    Plan,
    PlannedOffering,
    PlannedSession,
    Reading,
    UseQuestion,
    Venue,
)
from bot.domain.prompts.prompt import DEFAULT_RULES
from bot.services.plan.contents import contents_of
from bot.services.plan.file import plan_in
from bot.services.plan.models import MODELS, PlanIn
from bot.services.plan.writing import write_plan
from bot.services.yaml_files.values import keys_of
from tests.conftest import ROOT
from tests.support.plans import a_plan, a_remote_session, a_session, an_offering, texts

SHIPPED = (ROOT / "programmes" / "2019.yml").read_text(encoding="utf-8")
HAND_WRITTEN = """\
# Ohjelma
programme: kaiku-2020   # ei muutu
title: {fi: Hanke, sv: 'Program'}
note:
  # näkyy kaikille
  fi: >-
    Pitkä
    teksti
  sv: "Lång # text"

strands:
# ensimmäinen osa
- number: 1
  title:
    fi: Osa
    sv: Del
  offerings:
  # kevään ryhmä
  - code: a
    kind: group
    title: {fi: Ryhmä, sv: Grupp}
    summary: {fi: Sisältö, sv: Innehåll}
    capacity: 20\t# viime vuonna 18
    seats_per_agency: 4
    bring:
    sessions:
    # aloitus
    - number: 1
      on: 2020-03-12 # vahvistettu
      from: 09:00
      to: 9.30
      place: {fi: Sali, sv: Sal}
      venue:
        # tilaus 17
        price: 980
        free_until: 2020-03-05
      # tuokaa eväät
      bring: {fi: Kynä, sv: Penna}
    # jatko
    - {number: 2, on: 2020-04-12, from: 09:00, to: 10:00, place: {fi: Sali, sv: Sal}}
    # loppu
    - number: 3
      on: 2020-05-12
      from: 09:00
      to: 10:00
      link: https://skype.example/3
      # jatkuu verkossa
  # syksyn ryhmä
  -   # ehkä - tai syksyllä
    code: b
    kind: event
    title: {fi: Ryhmä, sv: Grupp}
    summary: {fi: Sisältö, sv: Innehåll}
    capacity: 20
    seats_per_agency: 4
    sessions: []
# toinen osa
- number: 2
  title: {fi: Osa, sv: Del}
  offerings: []
# lopussa
""".replace("    bring:\n    sessions", "    sessions")


def comments(text: str) -> list[str]:
    return re.findall(r"(?:^|\s)(# \w.*)", re.sub(r'"[^"]*"', "", text))


def each_offering(plan: Plan, *change: PlannedOffering | None) -> Plan:
    new = {each.code: each for each in change if each is not None}
    return replace(
        plan,
        strands=tuple(
            replace(s, offerings=tuple(new.get(each.code, each) for each in s.offerings))
            for s in plan.strands
        ),
    )


def edit(plan: Plan, choice: tuple[str, int]) -> Plan:
    """One change, of what may change in a plan; ``choice`` says which and where."""
    what, index = choice
    strands = [each for each in plan.strands if each.offerings]
    if not strands:
        return plan
    strand = strands[index % len(strands)]
    offering = strand.offerings[index % len(strand.offerings)]
    if what == "note":
        return replace(plan, note=texts("Huomio") if plan.note is None else None)
    if what == "drop":
        left = tuple(each for each in strand.offerings if each != offering)
        return replace(
            plan, strands=tuple(replace(s, offerings=left) if s == strand else s for s in plan.strands)
        )
    if what == "add":
        new = (*strand.offerings[:index], an_offering(f"new-{index}"), *strand.offerings[index:])
        if f"new-{index}" in {each.code for each in plan.offerings}:
            return plan
        return replace(
            plan, strands=tuple(replace(s, offerings=new) if s == strand else s for s in plan.strands)
        )
    if what == "strand":
        other = plan.strands[index % len(plan.strands)]
        if other == strand:
            return plan
        left = tuple(each for each in strand.offerings if each != offering)
        becomes = {
            strand.number: replace(strand, offerings=left),
            other.number: replace(other, offerings=(*other.offerings, offering)),
        }
        return replace(plan, strands=tuple(becomes.get(s.number, s) for s in plan.strands))
    return each_offering(plan, _edit_offering(offering, what, index))


def _edit_offering(offering: PlannedOffering, what: str, index: int) -> PlannedOffering:
    match what:
        case "capacity":
            return replace(offering, capacity=offering.capacity + 1)
        case "cancel":
            return replace(offering, cancelled=not offering.cancelled)
        case "led":
            return replace(offering, facilitators=("U012AB3CD",) if index % 2 else ())
        case "seats":
            return replace(offering, agency_seats=(("thl", 2), ("vero", 3)) if index % 2 else ())
        case "new session":
            number = max((each.number for each in offering.sessions), default=0) + 1
            return replace(offering, sessions=(*offering.sessions, a_session(number)))
    if not offering.sessions:
        return offering
    at = index % len(offering.sessions)
    session = offering.sessions[at]
    new: tuple[PlannedSession, ...]
    match what:
        case "drop session":
            new = ()
        case "move":
            new = (replace(session, on=session.on + timedelta(7), ends=time(16, 5)),)
        case "remote":
            link = "https://x.example/a"
            new = (replace(session, place=None, venue=None, link=link, link_label='Teams "A"'),)
        case "place":
            new = (replace(session, place=texts("Toinen: sali #2"), link=None, link_label=None),)
        case "venue":
            until = session.on - timedelta(7) if index % 2 else None
            new = (replace(session, venue=None if index > 5 else Venue(index, until, 30)),)
        case _:
            new = (replace(session, bring=None if session.bring else texts("Kynä")),)
    return replace(offering, sessions=(*offering.sessions[:at], *new, *offering.sessions[at + 1 :]))


KINDS = (
    *("note", "drop", "add", "strand", "capacity", "cancel", "led", "seats", "new session", "drop session"),
    *("move", "remote", "place", "bring", "venue"),
)
edits = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 8)), max_size=6)


@pytest.mark.parametrize(
    "text",
    [
        SHIPPED,
        HAND_WRITTEN,
        HAND_WRITTEN.replace("\n", "\r\n"),
        HAND_WRITTEN.rstrip("\n") + "  # the last line ends nowhere",
    ],
)
def test_a_file_that_says_the_same_is_written_as_it_was(text: str) -> None:
    assert write_plan(plan_in(text), text, plan_in(text)) == text


@settings(max_examples=60, deadline=None)
@given(edits=edits, text=st.sampled_from([HAND_WRITTEN, HAND_WRITTEN.replace("\n", "\r\n")]))
def test_what_is_written_says_the_plan(edits: list[tuple[str, int]], text: str) -> None:
    said = plan_in(text)
    plan = reduce(edit, edits, said)
    written = write_plan(plan, text, said)
    assert contents_of(plan_in(written)) == contents_of(plan) or _in_other_order(plan_in(written), plan)


def _in_other_order(one: Plan, other: Plan) -> bool:
    """Whether only sessions stand in another order: their numbers tell them apart."""

    def sorted_sessions(plan: Plan) -> Plan:
        return each_offering(
            plan,
            *(replace(o, sessions=tuple(sorted(o.sessions, key=lambda s: s.number))) for o in plan.offerings),
        )

    return sorted_sessions(one) == sorted_sessions(other)


@settings(max_examples=60, deadline=None)
@given(edits=edits)
def test_no_comment_is_lost_unless_what_it_is_about_goes(edits: list[tuple[str, int]]) -> None:
    said = plan_in(HAND_WRITTEN)
    plan = reduce(edit, [each for each in edits if "drop" not in each[0] and each[0] != "note"], said)
    written = comments(write_plan(plan, HAND_WRITTEN, said))
    assert sorted(written) == sorted(comments(HAND_WRITTEN))


def test_only_the_line_that_changes_changes() -> None:
    said = plan_in(HAND_WRITTEN)
    first = said.offerings[0]
    moved = replace(first.sessions[0], on=date(2020, 3, 19))
    plan = each_offering(said, replace(first, sessions=(moved, *first.sessions[1:])))
    assert write_plan(plan, HAND_WRITTEN, said) == HAND_WRITTEN.replace("2020-03-12", "2020-03-19")


def test_the_comment_of_a_dropped_session_goes_with_it_and_its_neighbours_stay() -> None:
    said = plan_in(HAND_WRITTEN)
    first = said.offerings[0]
    plan = each_offering(said, replace(first, sessions=(first.sessions[0], first.sessions[2])))
    assert set(comments(HAND_WRITTEN)) - set(comments(write_plan(plan, HAND_WRITTEN, said))) == {"# jatko"}


def full_plan() -> Plan:
    """A plan in which every key of the file has a value of its own."""
    reading = Reading(texts("Kirja"), "https://kirja.example/1")
    offering = an_offering(
        "a",
        cancelled=True,
        has_prompts=False,
        offers=OwnOfferRules(on=False, hours=8, cutoff_days=2),
        draw=DrawRules(balance_roles=True, seats_each=2),
        details=Details(
            texts("Kenelle"),
            texts("Mitä"),
            (texts("Aihe"),),
            (reading,),
            (texts("Miksi?"),),
            (reading,),
            Picture("https://kuva.example/1.png", texts("Kuva")),
            ask_needs=True,
        ),
        sessions=(
            a_session(
                1,
                bring=texts("Kynä"),
                cancelled=True,
                materials=(reading,),
                venue=Venue(980, date(2019, 2, 25), 24),
            ),
            a_remote_session(2),
        ),
    )
    window = replace(DEFAULT_RULES.window, opens=time(8, 30), closes=time(14, 30))
    numbers = {name: getattr(DEFAULT_RULES, name) + 1 for name in ("days_after", "days_before", "short_gap")}
    numbers |= dict.fromkeys(("remind_after", "days_between", "fade_after", "closing_after"), 8)
    rules = replace(
        DEFAULT_RULES, per_gap=2, unnamed_from=6, weekdays=frozenset({0, 2}), window=window, **numbers
    )
    question = UseQuestion("used", texts("Käytitkö?"), (texts("Kyllä"), texts("En")))
    return a_plan(
        offering,
        timezone="Europe/Mariehamn",
        note=texts("Huomio"),
        prompt_rules=rules,
        closing=Closing(texts("Valtiokonttori"), (question,), follow_up=True),
        offers=OfferRules(on=False, hours=9, cutoff_days=3),
    )


def test_a_plan_is_written_with_every_key_that_a_file_may_have() -> None:
    plan = full_plan()
    text = write_plan(plan)
    assert plan_in(text) == plan
    written = set(re.findall(r"([a-z_]+):", text))
    assert written >= {key for model in MODELS for key in keys_of(model)} - {"en"}, (
        "contents.py has every key"
    )
    assert issubclass(PlanIn, MODELS[0])


def test_an_offering_that_is_cancelled_and_no_longer_in_the_file_is_not_written() -> None:
    file = a_plan(an_offering("a"))
    stored = a_plan(an_offering("a"), an_offering("b", cancelled=True))
    assert "code: b" not in write_plan(in_force(stored, file), write_plan(file), file)
