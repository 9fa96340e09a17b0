"""What facilitators are told about sessions follows the plan; attendance is marked page by page."""

from msgspec.structs import replace

from bot.domain.deliveries import DeliveryKind
from bot.domain.facilitation.phases import PhaseAct
from bot.domain.people.person import Defaults, Person, Profile
from bot.services.deliveries.listing import list_deliveries
from bot.services.enrolment.join import enrol
from bot.services.facilitation.attendance import load_attendance, save_attendance
from bot.services.facilitation.rooms import load_phase, turn_phase
from bot.services.offerings.facilitators import Actor
from bot.services.people.profiles import ProfileChanges, change_settings, meet
from bot.services.plan.apply import apply_plan
from storage.engine import Store
from storage.transaction import Tx
from tests.conftest import FakeClock
from tests.support.feeds import TOKENS
from tests.support.plans import a_plan, a_session, an_offering
from tests.support.time_passing import helsinki

CODE, DEFAULTS = "dialogue-1", Defaults("fi", "Europe/Helsinki")
LEADER = Actor(Person("UKOORD", "Kalle Orden", "fi", "Europe/Helsinki"), frozenset({"UKOORD"}))


def seat(tx: Tx, user: str, clock: FakeClock) -> None:
    meet(tx, Profile(user, user, language="fi", timezone="Europe/Helsinki"), DEFAULTS, clock.now())
    told = ProfileChanges(agency="vero", role="expert")
    enrol(tx, change_settings(tx, user, told, DEFAULTS, TOKENS, clock.now()), CODE, clock.now())


def notes(tx: Tx) -> dict[tuple[str, str, str], list[str]]:
    """By kind, facilitator and session, the states of what was planned for them."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in list_deliveries(tx):
        if row.kind in {DeliveryKind.BRIEF, DeliveryKind.ATTENDANCE_DUE}:
            found.setdefault((row.kind, row.recipient, row.subject), []).append(row.state)
    return {key: sorted(states) for key, states in found.items()}


def test_what_facilitators_are_told_follows_who_leads_and_when_the_session_is(
    store: Store, clock: FakeClock
) -> None:
    first = an_offering(CODE, sessions=(a_session(1),), facilitators=("UFASI", "a@kaiku.example"))
    moved = replace(a_session(1), on=a_session(1).on.replace(day=a_session(1).on.day + 1))
    with store.transaction() as tx:
        apply_plan(tx, a_plan(first), clock.now())
        about = f"{CODE}/1"
        both = {("brief", "UFASI", about), ("attendance_due", "UFASI", about)}
        assert notes(tx) == {
            key: ["planned"] for key in both
        }  # an address without an account is told nothing
        apply_plan(tx, a_plan(replace(first, sessions=(moved,))), clock.now())
        assert notes(tx) == {key: ["cancelled", "planned"] for key in both}
        apply_plan(tx, a_plan(replace(first, facilitators=("UOLLI",))), clock.now())
        assert {each for each, states in notes(tx).items() if "planned" in states} == {
            ("brief", "UOLLI", about),
            ("attendance_due", "UOLLI", about),
        }
        apply_plan(tx, a_plan(replace(first, cancelled=True)), clock.now())
        assert not [each for each, states in notes(tx).items() if "planned" in states]


def test_a_page_marks_those_whom_it_shows_and_only_the_last_one_finishes(
    store: Store, clock: FakeClock
) -> None:
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(CODE, sessions=(a_session(1),))), clock.now())
        for user in ("UAINO", "UOLLI", "UELSA"):
            seat(tx, user, clock)
        now = helsinki(2019, 3, 11, 16)
        save_attendance(tx, LEADER, CODE, 1, (), now, shown=("UAINO",))
        after = load_attendance(tx, LEADER, CODE, 1, now)
        assert (sorted(after.attended), after.known) == (["UELSA", "UOLLI"], False)
        # Elsa was given a seat while the form was open: it says nothing of her.
        save_attendance(tx, LEADER, CODE, 1, (), now, shown=("UOLLI", "UNOBODY"), promised="Kalvot")
        after = load_attendance(tx, LEADER, CODE, 1, now)
        assert (sorted(after.attended), after.known, after.promised) == (["UELSA"], True, "Kalvot")


def test_a_second_click_on_the_same_card_changes_nothing(store: Store, clock: FakeClock) -> None:
    now = helsinki(2019, 3, 11, 9)
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(CODE, sessions=(a_session(1),))), clock.now())
        _, first = load_phase(tx, LEADER, CODE, 1, now)
        for _ in range(2):
            _, state = turn_phase(tx, LEADER, CODE, 1, PhaseAct.NEXT, first.mark, now)
            assert state.index == 1
