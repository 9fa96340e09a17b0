"""Changing sessions in Slack: which, to what, and the preview of who is told what."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from msgspec.structs import replace

from bot.domain.carried.offerings import SessionRef
from bot.domain.enrolment.seats import SeatLimits
from bot.domain.offerings.acknowledged import Acknowledged
from bot.domain.offerings.time_poll import Candidate, TimePoll
from bot.domain.plan.additions import OfferingTexts
from bot.domain.plan.asked_times import AskedTimes
from bot.domain.plan.edit_outcomes import Clashes, Editable, Preview
from bot.domain.plan.edits import EditFault, PlanEdit, SeatsEdit
from bot.domain.plan.model import SignUpWindow, Venue
from bot.i18n import Words
from bot.views.blocks import Message, View
from bot.views.offerings import time_polls
from bot.views.plan import additions, edit_preview, find_time
from bot.views.plan import edit_forms as forms
from bot.views.plan.edit_preview import clash_lines
from bot.views.plan.seats_form import seats_form
from gallery.entry import Entry
from gallery.sample import NOW, later, live, remote

EDIT = PlanEdit("dialogue-2", 1, 1)
SEATS = {"seated": 0, "waiting": 0, "soon": 0, "later": 0, "promoted": 2, "offered": 3, "opening": 4}
CLASHES = Clashes(("UFASI",), 4, 17)


def entries() -> Iterator[Entry]:
    here, there = live(), remote()
    told = {here.sessions[0].number: Acknowledged(17, ("U3", "U4"), is_time=True)}
    found = Editable(here, here.sessions, told)
    names = {"U3": "Heli Mäkinen", "U4": "Aino Virtanen"}
    yield Entry("Which session", lambda words: forms.chooser(found, names, words))
    gone = replace(here, cancelled=True)
    yield Entry(
        "Which session, of a cancelled group",
        lambda words: forms.chooser(Editable(gone, gone.sessions, {}), {}, words),
    )
    yield Entry("Nothing is ahead", lambda words: forms.chooser(Editable(here, (), {}), {}, words))
    yield Entry("A live session", lambda words: forms.session_form(here, here.sessions[0], words))
    priced = replace(here.sessions[0], venue=Venue(1180, here.sessions[0].on - timedelta(days=7), 24))
    yield Entry("A session in a venue", lambda words: forms.session_form(here, priced, words))
    kept = replace(priced, kept_until=priced.free_until)
    yield Entry("Venues", lambda words: forms.chooser(Editable(here, [kept], {}), {}, words))
    yield Entry("A remote session", lambda words: forms.session_form(there, there.sessions[0], words))
    yield Entry("One more session", lambda words: forms.new_session_form(here, 5, words))
    yield Entry("The whole group", lambda words: forms.offering_form(here, words))
    yield Entry("What is wrong", _wrong)
    moved = replace(here.sessions[0], on=here.sessions[0].on + timedelta(days=1), starts=time(10))
    elsewhere = {"fi": "Säätytalo", "sv": "Ständerhuset"}
    for name, session in {
        "it moves": moved,
        "elsewhere": replace(here.sessions[0], place=elsewhere),
        "it becomes remote": replace(here.sessions[0], place=None, link="https://b.example"),
        "another venue": replace(here.sessions[0], venue=Venue(0, here.sessions[0].on, 15)),
        "it is cancelled": replace(here.sessions[0], cancelled=True),
    }.items():
        yield _preview(name, here, replace(here, sessions=(session, *here.sessions[1:])))
    first = replace(there.sessions[0], link="https://b.example")
    yield _preview("another link", there, replace(there, sessions=(first, *there.sessions[1:])))
    fewer = replace(here, limits=replace(here.limits, capacity=15))
    yield _preview("fewer seats", here, fewer)
    more = replace(here.sessions[-1], number=9)
    seats = SeatsEdit(24, 4, SignUpWindow(NOW.date(), None))
    yield Entry("Seats and sign-up", lambda words: seats_form(here, seats, words))
    yield _preview("more seats", here, replace(here, limits=SeatLimits(24, 5)), **SEATS)
    opened = replace(here, opens_on=NOW.date(), closes_on=None)
    yield _preview("sign-up opens", replace(here, opens_on=None), opened, **SEATS)
    yield _preview("sign-up closes", replace(here, closes_on=None), replace(opened, closes_on=NOW.date()))
    yield _preview("sign-up has no first day", opened, replace(opened, opens_on=None))
    yield _preview("one more", here, replace(here, sessions=(*here.sessions, more)))
    first = replace(here.sessions[0], cancelled=True)
    yield _preview("held after all", replace(here, sessions=(first, *here.sessions[1:])), here)
    yield _preview("all of it is cancelled", here, gone)
    yield _preview("all of it is cancelled before the draw", here, gone, seated=0, waiting=0, wishing=21)
    yield _preview("all of it is held after all", gone, here)
    yield _preview("nobody is told", here, here, seated=0, waiting=0, facilitators=0, clashes=Clashes())
    yield _preview("nothing changes", here, here, changes=False)
    yield Entry("Done", lambda words: edit_preview.done(here, words, tells=True))
    yield from _finding_a_time()
    yield from _additions()
    yield Entry("Done quietly", lambda words: edit_preview.done(here, words, tells=False))


def _preview(name: str, before: object, after: object, **facts: object) -> Entry:
    known = {
        "seated": 17,
        "waiting": 4,
        "soon": 20,
        "later": 1,
        "later_at": NOW + timedelta(days=1),
        "facilitators": 1,
        "may_be_quiet": True,
        "changes": True,
        "clashes": CLASHES,
    }
    found = Preview(before, after, **known | facts)  # type: ignore[arg-type]

    def show(words: Words) -> View:
        messages = {each: Message(each) for each in ("fi", "sv", "en")} if found.seated else {}
        return edit_preview.preview(found, messages, EDIT, words, NOW)

    return Entry(f"Preview: {name}", show)


def _wrong(words: Words) -> Message:
    lines = [words(f"edit.fault_{each}") for each in EditFault]
    lines += [words("edit.day_missing"), words("edit.time_missing"), words("edit.despite_hint")]
    return Message("\n".join([*lines, *clash_lines(CLASHES, words)]))


def _finding_a_time() -> Iterator[Entry]:
    here = live()
    first = here.sessions[0]
    times = [Candidate.of(later(first, days)) for days in (1, 2)]
    answers = {"U2": frozenset({0}), "U3": frozenset()}
    poll = TimePoll(
        1, here, 1, Candidate.of(first), times, "UFASI", ["U1", "U2", "U3"], ["UKOORD"], None, answers
    )
    asked = AskedTimes(SessionRef(here.code, 1), 1, times)
    names = {"U1": "Aino Virtanen", "U2": "Heli Mäkinen", "U3": "Johan Sjöberg"}
    yield Entry("Finding a time: which to ask about", lambda words: find_time.form(here, first, words, times))

    def previewed(words: Words, sent_at: datetime) -> View:
        messages = {"fi": Message("fi")}
        return find_time.preview(poll, (Clashes(), CLASHES), sent_at, messages, asked, words, NOW)

    yield Entry("Finding a time: the preview, sent now", lambda words: previewed(words, NOW))
    tomorrow = NOW + timedelta(days=1)
    yield Entry("Finding a time: the preview, sent later", lambda words: previewed(words, tomorrow))
    yield Entry("Finding a time: the question goes out", lambda words: find_time.done(poll, words))
    yield Entry("Finding a time: the answers", lambda words: find_time.answers(poll, names, words, NOW))
    yield Entry("Finding a time: which poll", lambda words: find_time.choice([poll, poll], words))
    ended = replace(poll, closed_at=NOW)
    yield Entry("Finding a time: ended", lambda words: find_time.done(ended, words))
    yield Entry("Which time suits you", lambda words: time_polls.question(poll, "U1", words))
    yield Entry("Which time suits you: one does", lambda words: time_polls.question(poll, "U2", words))
    yield Entry("Which time suits you: none does", lambda words: time_polls.question(poll, "U3", words))
    yield Entry("Which time suits you: over", lambda words: time_polls.over(ended, words))
    called_off = replace(ended, offering=replace(here, cancelled=True))
    yield Entry("Which time suits you: not held", lambda words: time_polls.over(called_off, words))
    yield Entry("Which time suits you: no seat any more", lambda words: time_polls.not_asked(poll, words))
    with_poll = Editable(here, here.sessions, {}, {1})
    yield Entry("Which session, one asked about", lambda words: forms.chooser(with_poll, {}, words))


def _additions() -> Iterator[Entry]:
    here = live()
    own = OfferingTexts(here.title, here.summary)
    bring = OfferingTexts(number=1, bring=here.sessions[0].bring)
    yield Entry("The texts of a group", lambda words: additions.texts_form(here, own, words))
    yield Entry("What to bring", lambda words: additions.texts_form(here, bring, words))
    yield Entry("The texts are saved", lambda words: additions.saved(here, words))
    homes = [("kaiku-2019/2", here.strand_title)]
    yield Entry("A new group", lambda words: additions.new_form(homes, 3, words))
    yield Entry("A copy of a group", lambda words: additions.copy_form(here, 3, words))
    yield Entry("A group is added", lambda words: additions.added(here, words))
    keys = ("texts.missing", "texts.changed", "new.seats_wrong", "new.place_or_link")
    yield Entry(
        "What is wrong with texts and new groups",
        lambda words: Message("\n".join(words(each) for each in keys)),
    )
