"""The desk of a group: who comes, the acts with their previews, and what people hear of them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from msgspec.structs import replace

from bot.domain.acts import ActKind
from bot.domain.carried.group import GroupAct, GroupTarget
from bot.domain.deliveries import DeliveryKind as Kind
from bot.domain.enrolment.seats import InLine, SeatLimits, Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.enrolment.year import Year
from bot.domain.facilitation.group import Becomes, Group, Invitee, Member, Removal
from bot.domain.facilitation.outcomes import (
    GroupOutcome,
    Invited,
    Moved,
    Raised,
    Removed,
    Seated,
    SignUpChanged,
)
from bot.domain.offerings.offering import Standing
from bot.domain.people.person import Person
from bot.i18n import Words
from bot.views import enrolment
from bot.views.blocks import Message, View
from bot.views.facilitation import group as desk
from bot.views.facilitation import group_forms as forms
from bot.views.facilitation import group_messages as messages
from bot.views.facilitation import group_previews as previews
from bot.views.facilitation import invitation_form
from bot.views.foreseen import Foreseen
from bot.views.home import home
from gallery.entry import Entry
from gallery.sample import AINO, BOOK, CALENDAR_URL, NEWCOMER, NOTICE, NOW, live, offering, offerings

TEN = NOW + timedelta(minutes=10)
TOMORROW = NOW + timedelta(days=1)
REASON = {"fi": "Et ole vastannut viesteihin.", "sv": "Du har inte svarat på meddelandena."}
LIMITS = SeatLimits(4, 2)


def member(n: int, name: str, agency: str, status: Status = Status.SEATED, **facts: object) -> Member:
    known = {"role": "expert", "language": "fi"} | facts
    return Member(n, f"U{n}", name, agency, status=status, **known)  # type: ignore[arg-type]


REMOVED = Removal(1, 1, Becomes.REMOVED, NOW, TEN)
PUT_BACK = Removal(2, 2, Becomes.WAITING, NOW, TOMORROW)
SEATED = [
    member(1, "Aino Virtanen", "vero", removal=REMOVED),
    member(2, "Olli Korhonen", "vero", role="supervisor", removal=PUT_BACK),
    member(3, "Heli Mäkinen", "vero", role="manager", over_limit=True),
]
OFFERED = member(4, "Marja Heikkilä", "mml", Status.OFFERED, until=TOMORROW)
WAITING = [
    member(5, "Elsa Lindroos", "vero", Status.WAITING, position=1, reason=WaitingReason.AGENCY_FULL),
    member(
        6, "Kaisa Laine", "tulli", Status.WAITING, position=2, reason=WaitingReason.GROUP_FULL, language="sv"
    ),
    member(7, "Aino Virtanen", "thl", Status.WAITING, position=3, language="en"),
]


def group(**facts: object) -> Group:
    here = replace(live(), limits=LIMITS)
    alone: dict[str, object] = {} if "members" not in facts else {"absent": frozenset()}
    known: dict[str, object] = {
        "members": [*SEATED, OFFERED, *WAITING],
        "next_session": here.sessions[1],
        "absent": frozenset({"U3"}),
        "unmarked": here.sessions[:1],
        "invited": [Invitee(1, "UEMMA", "Emma Clarke", TEN), Invitee(2, "UANDERS", "Anders Holm", None)],
        "state": SignUpState.OPEN,
        **alone,
    }
    return Group(here, **known | facts)  # type: ignore[arg-type]


def entries() -> Iterator[Entry]:
    yield from _desk()
    yield from _forms()
    yield from _previews()
    yield from _done()
    yield from _messages()


def _desk() -> Iterator[Entry]:
    def of(**facts: object) -> Entry:
        return Entry(str(facts.pop("name")), lambda words: desk.group_view(group(**facts), BOOK, words, NOW))

    yield Entry("Which group", lambda words: desk.chooser(list(offerings().values()), words))
    yield of(name="A group")
    yield of(name="A group that is asked about a time", polled=(2,))
    yield of(name="A group while all sending is paused", is_paused=True)
    for state in (SignUpState.OPEN, SignUpState.CLOSED):
        yield of(name=f"Seats are still to be drawn, {state}", members=(), wishing=12, state=state)
    yield of(name="Nobody yet", members=(), absent=frozenset(), unmarked=(), invited=())
    yield of(
        name="Free seats and a line, after the cut-off", members=[SEATED[0], WAITING[2]], passes_on=False
    )
    yield of(
        name="A free seat that who waits has let go",
        members=[*SEATED, WAITING[2]],
        line=[InLine(7, "thl", 9)],
        free_seats=([9], 9),
    )
    yield of(name="Only full agencies wait", members=[*SEATED, WAITING[0]])
    crowd = [member(n, f"Nimi {n}", f"a{n}") for n in range(130)]
    yield of(name="More people than seats", members=crowd, state=SignUpState.CLOSED)
    for state in SignUpState:
        yield of(name=f"Sign-up: {state}", members=(), state=state)
    yield Entry(
        "Sign-up without a last day",
        lambda words: desk.group_view(
            replace(group(members=()), offering=replace(live(), closes_on=None)), BOOK, words, NOW
        ),
    )
    many = [group()] * (desk.MOST_OF_HOME + 1)
    leader = Year(NOW)
    yield Entry("App Home of a facilitator", lambda words: home(leader, AINO, BOOK, words, groups=many))


def _forms() -> Iterator[Entry]:
    others = [offering("dialogue-1")]
    for act in GroupAct:
        if act is not GroupAct.CLOSE:
            yield Entry(
                f"Form: {act}",
                partial(lambda act, words: forms.act_form(group(), act, others, BOOK, words), act),
            )
    yield Entry(
        "Nobody for it",
        lambda words: forms.act_form(group(members=()), GroupAct.SEAT, others, BOOK, words),
    )
    yield Entry("No other group", lambda words: forms.act_form(group(), GroupAct.MOVE, (), BOOK, words))
    for language in ("fi", "sv"):
        yield Entry(
            f"No reason in {language}",
            partial(lambda key, words: words(key), f"group.reason_missing_{language}"),
        )


def _reader(words: Words) -> previews.Reader:
    return previews.Reader(BOOK, words, NOW)


Heard = tuple[Kind, Member | Person | None, Callable[[Words], Message]]
"""A kind of message, who reads it, and what it says."""


def _preview(name: str, act: GroupAct, found: GroupOutcome, *heard: Heard) -> Entry:
    def view(words: Words) -> View:
        messages = [Foreseen(kind, *_reads(who, words), say(words)) for kind, who, say in heard]
        reader = _reader(words)
        what = previews.says(found, messages, reader)
        told = previews.told(found.group, messages, reader)
        return forms.preview(live(), GroupTarget("dialogue-2", act), what, told, words)

    return Entry(f"Preview: {name}", view)


def _reads(who: Member | Person | None, words: Words) -> tuple[str, Person | None]:
    """The reader of a message: its language and the person."""
    if isinstance(who, Member):
        return who.language, replace(AINO, id=who.user_id, name=who.name)
    return (who.language if who is not None else words.language), who


def _previews() -> Iterator[Entry]:
    here, there = group(), replace(group(), offering=offering("dialogue-1"))
    seat = Standing(1, Status.SEATED, None, None, 4)
    held = Standing(5, Status.OFFERED, None, None, 4, offer_id=1, until=TOMORROW)
    clash = (live().sessions[0], offering("coaching-1"), offering("coaching-1").sessions[0])

    def got(words: Words) -> Message:
        return enrolment.promotion(live(), seat, words, now=NOW)

    def offer(words: Words) -> Message:
        return enrolment.offer(live(), held, (), words, again=False, now=NOW)

    def second_offer(words: Words) -> Message:
        return enrolment.offer(live(), held, [clash], words, again=True, now=NOW)

    def removed(words: Words) -> Message:
        return messages.removed(live(), REASON, words)

    offered: Heard = (Kind.OFFER, WAITING[0], offer)
    yield _preview("a seat", GroupAct.SEAT, Seated(here, WAITING[1]), (Kind.PROMOTION, WAITING[1], got))
    for becomes in Becomes:
        act = GroupAct.REMOVE if becomes is Becomes.REMOVED else GroupAct.PUT_BACK
        told: Heard = (Kind.REMOVED, SEATED[2], removed)
        for more in ((), (offered,)):
            out = Removed(here, SEATED[2], becomes, TEN)
            yield _preview(f"{becomes}, {len(more)} next", act, out, told, *more)
    for name, stands in (("after the cut-off", {"passes_on": False}), ("before a draw", {"wishing": 12})):
        out = Removed(replace(here, **stands), SEATED[2], Becomes.REMOVED, TEN)
        yield _preview(f"removed {name}", GroupAct.REMOVE, out, (Kind.REMOVED, None, removed))
    yield _preview(
        "a move", GroupAct.MOVE, Moved(here, there, SEATED[2]), (Kind.MOVED, SEATED[2], got), offered
    )
    asked: Heard = (Kind.INVITATION, AINO, lambda words: messages.invitation(live(), 1, words, now=NOW))
    yield _preview("an invitation", GroupAct.ADD, Invited(here, AINO, due_at=TEN), asked)
    raised = Raised(here, "vero", 2, 3)
    crowd: list[Heard] = [
        (Kind.OFFER, member(n, f"Nimi {n}", "vero", Status.WAITING), offer) for n in range(20, 35)
    ]
    much: list[Heard] = [
        (Kind.OFFER, WAITING[0], partial(lambda n, words: Message(f"{n}", offer(words).blocks), n))
        for n in range(40)
    ]
    again: Heard = (Kind.OFFER, WAITING[1], second_offer)
    yield _preview("a limit, offered", GroupAct.RAISE, raised, offered, again, *crowd)
    yield _preview("a limit, given", GroupAct.RAISE, raised, (Kind.PROMOTION, WAITING[0], got))
    yield _preview("a limit, nobody", GroupAct.RAISE, raised)
    yield _preview("more than there is room for", GroupAct.RAISE, raised, *much)
    undrawn = replace(here, wishing=12)
    for name, of in (("", here), (" before a draw", undrawn)):
        yield _preview(f"closing{name}", GroupAct.CLOSE, SignUpChanged(of, None))
        yield _preview(f"reopening{name}", GroupAct.REOPEN, SignUpChanged(of, date(2019, 3, 20)))


def _done() -> Iterator[Entry]:
    here, there = group(), replace(group(), offering=offering("dialogue-1"))
    done: dict[str, GroupOutcome] = {
        "a seat": Seated(here, WAITING[1]),
        "a move": Moved(here, there, SEATED[2]),
        "an invitation": Invited(here, AINO, due_at=TEN),
        "a limit": Raised(here, "vero", 2, 3),
        "closed": SignUpChanged(here, None),
        "reopened": SignUpChanged(here, date(2019, 3, 20)),
    }
    for name, found in done.items():
        yield Entry(
            f"Done: {name}",
            partial(lambda found, w: forms.done(live(), [previews.done(found, _reader(w))], w), found),
        )
    for becomes in Becomes:
        removed = Removed(here, SEATED[2], becomes, TEN)
        yield Entry(
            f"Done: {becomes}",
            partial(
                lambda found, w: forms.done(
                    live(),
                    [previews.done(found, _reader(w))],
                    w,
                    undo=[desk.undo_button("dialogue-2", 1, found.becomes, w)],
                ),
                removed,
            ),
        )
    for kind in sorted(forms.DID):
        yield Entry(
            f"Somebody did it before: {kind}",
            partial(lambda kind, w: forms.already(ActKind(kind), NOW, "Fanni Siltala", w, NOW), kind),
        )
    yield Entry("Somebody did it before", lambda w: forms.already("seated", NOW, None, w, NOW))
    yield Entry("Something else has changed", lambda w: forms.already(None, None, None, w, NOW))


def _messages() -> Iterator[Entry]:
    here, old = live(), offering("dialogue-1")
    waiting = Standing(3, Status.WAITING, 3, None, 4)
    seated = Standing(1, Status.SEATED, None, None, 4)
    yield Entry("Message: removed", lambda w: messages.removed(here, REASON, w))
    yield Entry("Message: back in the line", lambda w: messages.put_back(here, waiting, REASON, w))
    yield Entry(
        "Message: moved",
        lambda w: messages.moved(old, here, seated, {}, w, calendar_url=CALENDAR_URL, now=NOW),
    )
    yield Entry("Message: an invitation", lambda w: messages.invitation(here, 1, w, now=NOW))
    for accepted in (True, False):
        yield Entry(
            f"An invitation that was {'accepted' if accepted else 'declined'}",
            partial(lambda accepted, w: messages.invitation_over(here, w, accepted=accepted), accepted),
        )
    yield Entry(
        "Who is invited says who they are",
        lambda w: invitation_form.form(here, 1, NEWCOMER, BOOK, NOTICE, w),
    )
