"""A report as sections, tables and pictures in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final

from bot.domain.evidence.edition import STANDS, Edition
from bot.domain.evidence.suppression import Why
from bot.domain.language import LANGUAGES, Texts
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import OTHER, AgencyBook
from bot.domain.people.person import Role
from bot.domain.plan.model import UseQuestion
from bot.i18n import Words

DASH: Final = "–"
Value = int | str | None
"""Of a table's cell: a number, a text, or None for a number that is withheld."""

WHY: Final = {
    Why.FEW: "report.why_few",
    Why.MEMBERS: "report.why_members",
    Why.SUBTRACTION: "report.why_subtraction",
    Why.CHANGE: "report.why_change",
    Why.EARLIER: "report.why_earlier",
}
LANGUAGE: Final = {"fi": "report.fi", "sv": "report.sv", "en": "report.en"}


@dataclass(frozen=True, slots=True)
class About:
    """What a report is about; ``only`` is its one offering, None for the whole programme."""

    title: Texts
    offerings: Sequence[Offering]
    questions: Sequence[UseQuestion]
    only: Offering | None


@dataclass(frozen=True, slots=True)
class Text:
    kind: ClassVar = "text"
    sentence: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is its file's name. The first cell of a row names it."""

    kind: ClassVar = "table"
    name: str
    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Picture:
    """``data`` is what ``bot.views.evidence.picture`` draws."""

    kind: ClassVar = "picture"
    name: str
    title: str
    alt: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """``name`` is its address on the page."""

    name: str
    heading: str
    parts: list[Text | Table | Picture] = field(default_factory=list)


def sections_of(about: About, edition: Edition, book: AgencyBook, words: Words) -> list[Section]:
    """The whole report, or of one offering what may be told of it alone."""
    writer = _Writer(about, edition, book, words)
    writer.key_figures()
    writer.intent()
    writer.reach()
    writer.mix()
    writer.queue()
    if about.only is None:
        writer.attendance()
        writer.prompts()
        writer.use()
    writer.left_out()
    writer.withheld()
    return writer.sections


def opening_of(about: About, edition: Edition, words: Words) -> list[str]:
    """What stands before the sections."""
    counted_on = words.here(edition.at).date()
    said = [words("report.as_of", day=words.plain_date(counted_on))]
    if about.only is not None:
        said.append(words("report.only", title=words.pick(about.only.title)))
    until = words.plain_date(counted_on + STANDS)
    return [*said, words("report.dash"), words("report.next", day=until)]


def key_figures(about: About, edition: Edition, words: Words) -> list[tuple[str, Value]]:
    """The few that a message shows."""
    if about.only is not None:
        code = about.only.code
        spread = edition.spread.get(code)
        return [
            (words("report.all_seats"), about.only.limits.capacity),
            (words("report.taken"), edition.number(f"seated/{code}")),
            (words("report.agency_count"), spread.agencies if spread else None),
            (words("report.waiting"), edition.number(f"waiting/{code}")),
            (words("report.in_vain"), edition.number(f"in_vain/{code}")),
            (words("report.gave_up"), edition.number(f"gave_up/{code}")),
        ]
    mix = edition.mix
    pairs = None
    if mix.pairs is not None and mix.possible is not None:
        met, possible = words.number(mix.pairs), words.number(mix.possible)
        pairs = words("report.pairs_of", met=met, all=possible)
    return [
        (words("report.people"), edition.number("people")),
        (words("report.taken"), edition.number("seated")),
        (words("report.agency_count"), mix.agencies),
        (words("report.pairs"), pairs),
        (words("report.in_vain"), edition.number("in_vain")),
        (words("report.gave_up"), edition.number("gave_up")),
        (words("report.prompts_sent"), edition.number("prompts")),
        (words("report.prompts_answered"), edition.number("prompts/answered")),
    ]


class _Writer:
    def __init__(self, about: About, edition: Edition, book: AgencyBook, words: Words) -> None:
        self.about, self.edition, self.book, self.words = about, edition, book, words
        self.sections: list[Section] = []

    def _section(self, name: str, heading: str, tier: str = "", cannot: str = "") -> None:
        self.sections.append(Section(name, heading))
        if tier:
            self._text(tier, self.words("report.tier"))
        if cannot:
            self._text(cannot, self.words("report.cannot"))

    def _text(self, sentence: str, label: str = "") -> None:
        self.sections[-1].parts.append(Text(sentence, label))

    def _table(self, name: str, caption: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        self.sections[-1].parts.append(Table(name, caption, head, list(rows)))

    def _picture(self, name: str, title: str, alt: str, data: dict[str, Any]) -> None:
        self.sections[-1].parts.append(Picture(name, title, alt, data))

    def _offerings(self) -> list[Offering]:
        return [self.about.only] if self.about.only else list(self.about.offerings)

    def _title(self, offering: Offering) -> str:
        return f"{self.words.pick(offering.title)} ({offering.code})"

    def key_figures(self) -> None:
        words = self.words
        self._section("key", words("report.key_heading"))
        head = (words("report.what"), words("report.number"))
        self._table(
            "key-figures", words("report.key_heading"), head, key_figures(self.about, self.edition, words)
        )
        self._text(words("report.key_cannot"), words("report.cannot"))

    def intent(self) -> None:
        words, about = self.words, self.about
        self._section("intent", words("report.intent_heading"), cannot=words("report.intent_cannot"))
        if about.only is not None:
            self._text(words.pick(about.only.summary))
            if about.only.details.takes_home:
                self._text(words("report.takes_home", text=words.pick(about.only.details.takes_home)))
            return
        for offering in about.offerings:
            sessions = len(offering.standing_sessions)
            title = words("report.strand", title=words.pick(offering.title), sessions=sessions)
            self._text(words.pick(offering.summary), title)

    def reach(self) -> None:
        words, edition = self.words, self.edition
        self._section(
            "reach", words("report.reach_heading"), words("report.reach_tier"), words("report.reach_cannot")
        )
        rows: list[tuple[Value, ...]] = []
        for offering in self._offerings():
            spread = edition.spread.get(offering.code)
            share = None if spread is None else spread.largest
            rows.append(
                (
                    self._title(offering),
                    offering.limits.capacity,
                    edition.number(f"seated/{offering.code}"),
                    spread.agencies if spread else None,
                    words("report.at_most", share=share) if share is not None else None,
                )
            )
        head = [words("report.group"), words("report.all_seats"), words("report.taken")]
        head += [words("report.agency_count"), words("report.largest")]
        self._table("seats", words("report.seats"), head, rows)
        if self.about.only is not None:
            return
        people = words("report.people")
        roles = [(words(f"role.{Role(each)}"), f"role/{each}") for each in edition.under("role")]
        self._table("roles", words("report.roles"), (words("role.label"), people), self._numbers(roles))
        languages = [
            (words(LANGUAGE[each]), f"language/{each}")
            for each in edition.under("language")
            if each in LANGUAGES
        ]
        caption = words("report.languages")
        self._table("languages", caption, (words("report.language"), people), self._numbers(languages))
        self._over_time("taken", words("report.over_time"), words("report.over_time_alt"), is_line=True)

    def _numbers(self, named: Iterable[tuple[str, str]]) -> list[tuple[Value, ...]]:
        return [(name, self.edition.number(key)) for name, key in named]

    def _over_time(self, family: str, caption: str, alt: str, *, is_line: bool) -> None:
        """A picture and its table; periods of which one is withheld are told without a running total."""
        words, edition = self.words, self.edition
        rows: list[tuple[Value, ...]] = []
        so_far: int | None = 0
        for period in edition.under(family):
            number = edition.number(f"{family}/{period}")
            so_far = None if so_far is None or number is None else so_far + number
            rows.append((self._period(period), number, so_far))
        if not rows:
            self._text(words("report.empty"))
            return
        marks = [(str(name), total if is_line else number) for name, number, total in rows]
        axis = words("report.axis_seats" if is_line else "report.axis_prompts")
        data = {"shape": "line" if is_line else "bars", "axis": axis, "marks": marks}
        self._picture(family, caption, alt, data)
        head = (words("report.period"), words("report.number"), words("report.so_far"))
        self._table(family, caption, head, rows)

    def _period(self, period: str) -> str:
        first, last = (date.fromisoformat(f"{each}-01") for each in period.split(".."))
        if first == last:
            return self.words.month(first)
        return self.words("report.from_to", first=self.words.month(first), last=self.words.month(last))

    def mix(self) -> None:
        if self.about.only is not None:
            return
        words, edition, mix = self.words, self.edition, self.edition.mix
        self._section(
            "mix", words("report.mix_heading"), words("report.mix_tier"), words("report.mix_cannot")
        )
        rows: list[tuple[Value, ...]] = [
            (words("report.new_agency"), edition.number("agency_was/new")),
            (words("report.known_agency"), edition.number("agency_was/known")),
        ]
        found = dict(key_figures(self.about, edition, words))
        pairs = words("report.pairs")
        self._table(
            "mix",
            words("report.mix_heading"),
            (words("report.what"), words("report.number")),
            [(words("report.agency_count"), mix.agencies), (pairs, found[pairs]), *rows],
        )
        named = [
            (self._agency(code), f"agency/{code}")
            for code in edition.under("agency")
            if f"agency/{code}" not in edition.withheld
        ]
        listed = self._numbers(named)
        people = edition.number("people")
        if mix.unnamed:
            shown = sum(edition.number(key) or 0 for _, key in named)
            rest = None if people is None else people - shown
            listed.append((words("report.other_agencies", n=mix.unnamed), rest))
        self._table(
            "agencies", words("report.agencies"), (words("report.agency"), words("report.people")), listed
        )
        self._matrix()

    def _matrix(self) -> None:
        words, mix = self.words, self.edition.mix
        if not mix.met:
            return
        met = {frozenset((a, b)): n for a, b, n in mix.met}
        names = [self._agency(code) for code in mix.matrix]
        grid: list[list[int | None]] = [
            [None if a == b else met.get(frozenset((a, b))) for b in mix.matrix] for a in mix.matrix
        ]
        caption = words("report.met")
        data = {"shape": "matrix", "axis": words("report.axis_groups"), "names": names, "grid": grid}
        self._picture("met", caption, words("report.met_alt"), data)
        # On paper twelve names do not fit beside each other: the columns are numbered like the rows.
        numbered = [f"{n}. {name}" for n, name in enumerate(names, 1)]
        rows = [
            (name, *("" if n == m else value for m, value in enumerate(grid[n])))
            for n, name in enumerate(numbered)
        ]
        columns = [f"{n}." for n in range(1, len(names) + 1)]
        self._table("met", caption, (words("report.agency"), *columns), rows)

    def _agency(self, key: str) -> str:
        """What somebody wrote themselves is not repeated."""
        if key.split(":", 1)[0] == OTHER:
            return self.words("report.other_employer")
        return self.book.name(key, self.words.language)

    def queue(self) -> None:
        words, edition = self.words, self.edition
        self._section(
            "queue", words("report.queue_heading"), words("report.queue_tier"), words("report.queue_cannot")
        )
        states = {
            "waiting": words("report.waiting"),
            "in_vain": words("report.in_vain"),
            "gave_up": words("report.gave_up"),
            "left_queue": words("report.left_queue"),
        }
        rows: list[tuple[Value, ...]] = [
            (self._title(each), *(edition.number(f"{state}/{each.code}") for state in states))
            for each in self._offerings()
        ]
        if self.about.only is None:
            rows.append((words("report.so_far"), *(edition.number(state) for state in states)))
        self._table("queue", words("report.queue"), (words("report.group"), *states.values()), rows)
        if self.about.only is not None:
            return
        left = [
            (
                words("report.before_first") if n == "0" else words("report.after_session", n=n),
                f"left_after/{n}",
            )
            for n in edition.under("left_after")
        ]
        if left:
            head = (words("report.what"), words("report.gave_up"))
            self._table("left", words("report.left_when"), head, self._numbers(left))

    def attendance(self) -> None:
        words, edition = self.words, self.edition
        self._section(
            "attendance",
            words("report.attendance_heading"),
            words("report.attendance_tier"),
            words("report.attendance_cannot"),
        )
        names = {
            "expected": words("report.expected"),
            "attended": words("report.attended"),
            "missed": words("report.missed"),
            "unmarked": words("report.unmarked"),
        }
        sessions = edition.under("expected")
        if not sessions:
            self._text(words("report.empty"))
            return
        rows: list[tuple[Value, ...]] = [
            (words("report.session_n", n=n), *(edition.number(f"{family}/{n}") for family in names))
            for n in sessions
        ]
        stacks = [
            (names[family], [edition.number(f"{family}/{n}") for n in sessions])
            for family in ("attended", "missed", "unmarked")
        ]
        data = {
            "shape": "stacks",
            "axis": words("report.people"),
            "names": [str(row[0]) for row in rows],
            "stacks": stacks,
        }
        caption = words("report.attendance")
        self._picture("attendance", caption, words("report.attendance_alt"), data)
        self._table("attendance", caption, (words("report.session"), *names.values()), rows)

    def prompts(self) -> None:
        words = self.words
        self._section(
            "prompts",
            words("report.prompts_heading"),
            words("report.prompts_tier"),
            words("report.prompts_cannot"),
        )
        head = (words("report.what"), words("report.number"))
        answers = [
            (words("report.prompts_sent"), "prompts"),
            (words("report.prompts_answered"), "prompts/answered"),
            (words("report.answered_unprompted"), "answered/unprompted"),
            (words("report.answered_reminded"), "answered/reminded"),
            (words("report.silent_reminded"), "unanswered/silent"),
            (words("report.silent_alone"), "unanswered/silent_alone"),
        ]
        self._table("answers", words("report.answers"), head, self._numbers(answers))
        choices = [
            (words("report.prompted"), "prompted"),
            (words("report.prompted_answered"), "prompted_who/answered"),
            (words("report.wants_all"), "prompts_wanted/all"),
            (words("report.wants_fewer"), "prompts_wanted/fewer"),
            (words("report.wants_none"), "prompts_wanted/stopped"),
            (words("report.faded"), "asked_whether/faded"),
        ]
        people = (words("report.what"), words("report.people"))
        self._table("choices", words("report.choices"), people, self._numbers(choices))
        self._over_time("sent", words("report.sent_over_time"), words("report.sent_alt"), is_line=False)

    def use(self) -> None:
        words, edition = self.words, self.edition
        self._section(
            "use", words("report.use_heading"), words("report.use_tier"), words("report.use_cannot")
        )
        asked = [each for each in self.about.questions if edition.has(f"use_asked/{each.key}")]
        if not asked:
            self._text(words("report.use_none"))
        for question in asked:
            rows = [(words("report.use_asked"), f"use_asked/{question.key}")]
            rows += [
                (words.pick(choice), f"use/{question.key}/{n}") for n, choice in enumerate(question.choices)
            ]
            rows.append((words("report.use_none_chosen"), f"use/{question.key}/none"))
            caption = words("report.use", question=words.pick(question.text))
            head = (words("report.what"), words("report.people"))
            self._table(f"use-{question.key}", caption, head, self._numbers(rows))

    def left_out(self) -> None:
        self._section("left-out", self.words("report.costs_heading"))
        self._text(self.words("report.costs_none"))

    def withheld(self) -> None:
        """The log of what is withheld: by table and reason, never which agency or person."""
        words = self.words
        self._section("withheld", words("report.withheld_heading"))
        self._text(words("report.withheld_about"))
        counts: dict[Why, int] = {}
        for why in self.edition.withheld.values():
            counts[why] = counts.get(why, 0) + 1
        rows = [(words(WHY[why]), counts[why]) for why in Why if why in counts]
        head = (words("report.what"), words("report.number"))
        self._table("withheld", words("report.withheld_heading"), head, rows)
