"""The desk of a group: who comes, the acts with their previews, and what people hear of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from bot.domain.acts import ActKind
from bot.domain.carried.group import GroupAct, GroupTarget
from bot.domain.enrolment.offers import OfferRules
from bot.domain.enrolment.seats import InLine, SeatLimits, Status, WaitingReason
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.enrolment.year import Year
from bot.domain.facilitation.group import Becomes, Group, Invitee, Member, Removal
from bot.domain.facilitation.outcomes import Invited, Moved, Raised, Removed, Seated, SignUpChanged
from bot.domain.offerings.offering import Standing
from bot.i18n import Words
from bot.views.blocks import View
from bot.views.facilitation import group as desk
from bot.views.facilitation import group_forms as forms
from bot.views.facilitation import group_messages as messages
from bot.views.facilitation import group_previews as previews
from bot.views.facilitation import invitation_form
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


def _preview(act: GroupAct, made: object, words: Words, *, hears: bool = False) -> View:
    what, told = made if isinstance(made, tuple) else (made, ())
    return forms.preview(live(), GroupTarget("dialogue-2", act), what, told, words, tells_others=hears)


def _reader(words: Words) -> previews.Reader:
    return previews.Reader(BOOK, words, NOW)


def _previews() -> Iterator[Entry]:
    here, there = group(), replace(group(), offering=offering("dialogue-1"))
    seated = Seated(here, WAITING[1])
    yield Entry("Preview: a seat", lambda w: _preview(GroupAct.SEAT, previews.seat(seated, _reader(w)), w))
    for becomes in Becomes:
        act = GroupAct.REMOVE if becomes is Becomes.REMOVED else GroupAct.PUT_BACK
        for next_up in ((), WAITING[:1]):
            removed = Removed(here, SEATED[2], becomes, TEN, next_up=next_up)
            yield Entry(
                f"Preview: {becomes}, {len(next_up)} next",
                partial(
                    lambda act, found, w: _preview(act, previews.remove(found, REASON, _reader(w)), w),
                    act,
                    removed,
                ),
            )
    late = Removed(replace(here, passes_on=False), SEATED[2], Becomes.REMOVED, TEN)
    yield Entry(
        "Preview: removed after the cut-off",
        lambda w: _preview(GroupAct.REMOVE, previews.remove(late, REASON, _reader(w)), w),
    )
    moved = Moved(here, there, SEATED[2], next_up=WAITING[:2])
    yield Entry("Preview: a move", lambda w: _preview(GroupAct.MOVE, previews.move(moved, {}, _reader(w)), w))
    invited = Invited(here, AINO, due_at=TEN)
    yield Entry(
        "Preview: an invitation", lambda w: _preview(GroupAct.ADD, previews.invite(invited, _reader(w)), w)
    )
    crowd = [member(n, f"Nimi {n}", "vero", Status.WAITING) for n in range(20, 35)]
    raised = Raised(here, "vero", 2, 3, next_up=[*WAITING, *crowd], until=TOMORROW)
    at_once = replace(here, offering=replace(here.offering, offers=OfferRules(on=False)))
    given = Raised(at_once, "vero", 2, 3, next_up=WAITING[:1])
    for name, found in (("offered", raised), ("given", given), ("nobody", Raised(here, "vero", 2, 3))):
        yield Entry(
            f"Preview: a limit, {name}",
            partial(lambda found, w: _preview(GroupAct.RAISE, previews.limit(found, _reader(w)), w), found),
        )
    closing, opening = SignUpChanged(here, None), SignUpChanged(here, date(2019, 3, 20), turns_told=2)
    yield Entry(
        "Preview: closing", lambda w: _preview(GroupAct.CLOSE, previews.sign_up(closing, _reader(w)), w)
    )
    yield Entry(
        "Preview: reopening",
        lambda w: _preview(GroupAct.REOPEN, previews.sign_up(opening, _reader(w)), w, hears=True),
    )


def _done() -> Iterator[Entry]:
    here, there = group(), replace(group(), offering=offering("dialogue-1"))
    done = {
        "a seat": lambda r: previews.seat_done(Seated(here, WAITING[1]), r),
        "a move": lambda r: previews.move_done(Moved(here, there, SEATED[2]), r),
        "an invitation": lambda r: previews.invite_done(Invited(here, AINO, due_at=TEN), r),
        "a limit": lambda r: previews.limit_done(Raised(here, "vero", 2, 3), r),
        "closed": lambda r: previews.sign_up_done(SignUpChanged(here, None), r),
        "reopened": lambda r: previews.sign_up_done(SignUpChanged(here, date(2019, 3, 20)), r),
    }
    for name, said in done.items():
        yield Entry(f"Done: {name}", partial(lambda said, w: forms.done(live(), [said(_reader(w))], w), said))
    for becomes in Becomes:
        removed = Removed(here, SEATED[2], becomes, TEN)
        yield Entry(
            f"Done: {becomes}",
            partial(
                lambda found, w: forms.done(
                    live(),
                    [previews.remove_done(found, _reader(w))],
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
