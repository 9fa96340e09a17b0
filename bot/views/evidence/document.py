"""A report as sections, tables and pictures in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct

from bot.domain.completion import Occasion
from bot.domain.evidence.cases import Case
from bot.domain.evidence.costs import costs_of
from bot.domain.evidence.edition import STANDS, Edition
from bot.domain.evidence.suppression import Why
from bot.domain.language import LANGUAGES, Texts
from bot.domain.offerings.offering import Offering
from bot.domain.people.agencies import OTHER, AgencyBook
from bot.domain.people.person import Role
from bot.domain.plan.model import UseQuestion
from bot.i18n import Words
from bot.views.evidence import costs
from bot.views.evidence.cases import who_tells
from bot.views.evidence.parts import Accounts, Picture, Section, Table, Text, Value

WHY: Final = {
    Why.FEW: "evidence.why_few",
    Why.MEMBERS: "evidence.why_members",
    Why.SUBTRACTION: "evidence.why_subtraction",
    Why.CHANGE: "evidence.why_change",
    Why.EARLIER: "evidence.why_earlier",
}
LANGUAGE: Final = {"fi": "evidence.fi", "sv": "evidence.sv", "en": "evidence.en"}


class About(Struct, frozen=True):
    """What a report is about; ``only`` is its one offering, None for the whole programme."""

    title: Texts
    offerings: Sequence[Offering]
    questions: Mapping[Occasion, Sequence[UseQuestion]]
    only: Offering | None


def sections_of(
    about: About, edition: Edition, cases: Sequence[Case], book: AgencyBook, words: Words
) -> list[Section]:
    """The sections of the whole report, or of the report on one offering. ``cases`` are the published
    ones."""
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
    writer.cases(cases)
    writer.costs()
    writer.withheld()
    return writer.sections


def opening_of(about: About, edition: Edition, words: Words) -> list[str]:
    """The introduction before the sections."""
    counted_on = words.here(edition.at).date()
    said = [words("evidence.as_of", day=words.plain_date(counted_on))]
    if about.only is not None:
        said.append(words("evidence.only", title=words.pick(about.only.title)))
    until = words.plain_date(counted_on + STANDS)
    return [*said, words("evidence.dash"), words("evidence.next", day=until)]


def key_figures(about: About, edition: Edition, words: Words) -> list[tuple[str, Value]]:
    """The few figures that a message shows."""
    if about.only is not None:
        code = about.only.code
        spread = edition.spread.get(code)
        return [
            (words("evidence.all_seats"), about.only.limits.capacity),
            (words("evidence.taken"), edition.number(f"seated/{code}")),
            (words("evidence.agency_count"), spread.agencies if spread else None),
            (words("evidence.waiting"), edition.number(f"waiting/{code}")),
            (words("evidence.in_vain"), edition.number(f"in_vain/{code}")),
            (words("evidence.gave_up"), edition.number(f"gave_up/{code}")),
        ]
    mix = edition.mix
    pairs = None
    if mix.pairs is not None and mix.possible is not None:
        met, possible = words.number(mix.pairs), words.number(mix.possible)
        pairs = words("evidence.pairs_of", met=met, all=possible)
    return [
        (words("evidence.people"), edition.number("people")),
        (words("evidence.taken"), edition.number("seated")),
        (words("evidence.agency_count"), mix.agencies),
        (words("evidence.pairs"), pairs),
        (words("evidence.in_vain"), edition.number("in_vain")),
        (words("evidence.gave_up"), edition.number("gave_up")),
        (words("evidence.prompts_sent"), edition.number("prompts")),
        (words("evidence.prompts_answered"), edition.number("prompts/answered")),
        *(
            (words("evidence.costs_of", strand=words.pick(each.title)), costs.euros(each, words))
            for each in costs_of(about.offerings)
            if each.sessions
        ),
    ]


class _Writer:
    def __init__(self, about: About, edition: Edition, book: AgencyBook, words: Words) -> None:
        self.about, self.edition, self.book, self.words = about, edition, book, words
        self.sections: list[Section] = []

    def _section(self, name: str, heading: str, tier: str = "", cannot: str = "") -> None:
        self.sections.append(Section(name, heading))
        if tier:
            self._text(tier, self.words("evidence.tier"))
        if cannot:
            self._text(cannot, self.words("evidence.cannot"))

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
        self._section("key", words("evidence.key_heading"))
        head = (words("evidence.what"), words("evidence.number"))
        self._table(
            "key-figures", words("evidence.key_heading"), head, key_figures(self.about, self.edition, words)
        )
        self._text(words("evidence.key_cannot"), words("evidence.cannot"))

    def intent(self) -> None:
        words, about = self.words, self.about
        self._section("intent", words("evidence.intent_heading"), cannot=words("evidence.intent_cannot"))
        if about.only is not None:
            self._text(words.pick(about.only.summary))
            if about.only.details.takes_home:
                self._text(words("evidence.takes_home", text=words.pick(about.only.details.takes_home)))
            return
        for offering in about.offerings:
            sessions = len(offering.standing_sessions)
            title = words("evidence.strand", title=words.pick(offering.title), sessions=sessions)
            self._text(words.pick(offering.summary), title)

    def reach(self) -> None:
        words, edition = self.words, self.edition
        self._section(
            "reach",
            words("evidence.reach_heading"),
            words("evidence.reach_tier"),
            words("evidence.reach_cannot"),
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
                    words("evidence.at_most", share=share) if share is not None else None,
                )
            )
        head = [words("evidence.group"), words("evidence.all_seats"), words("evidence.taken")]
        head += [words("evidence.agency_count"), words("evidence.largest")]
        self._table("seats", words("evidence.seats"), head, rows)
        if self.about.only is not None:
            return
        people = words("evidence.people")
        roles = [(words(f"role.{Role(each)}"), f"role/{each}") for each in edition.under("role")]
        self._table("roles", words("evidence.roles"), (words("role.label"), people), self._numbers(roles))
        languages = [
            (words(LANGUAGE[each]), f"language/{each}")
            for each in edition.under("language")
            if each in LANGUAGES
        ]
        caption = words("evidence.languages")
        self._table("languages", caption, (words("evidence.language"), people), self._numbers(languages))
        self._over_time("taken", words("evidence.over_time"), words("evidence.over_time_alt"), is_line=True)

    def _numbers(self, named: Iterable[tuple[str, str]]) -> list[tuple[Value, ...]]:
        return [(name, self.edition.number(key)) for name, key in named]

    def _over_time(self, family: str, caption: str, alt: str, *, is_line: bool) -> None:
        """A picture and its table; where a period is withheld, there is no running total."""
        words, edition = self.words, self.edition
        rows: list[tuple[Value, ...]] = []
        so_far: int | None = 0
        for period in edition.under(family):
            number = edition.number(f"{family}/{period}")
            so_far = None if so_far is None or number is None else so_far + number
            rows.append((self._period(period), number, so_far))
        if not rows:
            self._text(words("evidence.empty"))
            return
        marks = [(str(name), total if is_line else number) for name, number, total in rows]
        axis = words("evidence.axis_seats" if is_line else "evidence.axis_prompts")
        data = {"shape": "line" if is_line else "bars", "axis": axis, "marks": marks}
        self._picture(family, caption, alt, data)
        head = (words("evidence.period"), words("evidence.number"), words("evidence.so_far"))
        self._table(family, caption, head, rows)

    def _period(self, period: str) -> str:
        first, last = (date.fromisoformat(f"{each}-01") for each in period.split(".."))
        if first == last:
            return self.words.month(first)
        return self.words("evidence.from_to", first=self.words.month(first), last=self.words.month(last))

    def mix(self) -> None:
        if self.about.only is not None:
            return
        words, edition, mix = self.words, self.edition, self.edition.mix
        self._section(
            "mix", words("evidence.mix_heading"), words("evidence.mix_tier"), words("evidence.mix_cannot")
        )
        rows: list[tuple[Value, ...]] = [
            (words("evidence.new_agency"), edition.number("agency_was/new")),
            (words("evidence.known_agency"), edition.number("agency_was/known")),
        ]
        found = dict(key_figures(self.about, edition, words))
        pairs = words("evidence.pairs")
        self._table(
            "mix",
            words("evidence.mix_heading"),
            (words("evidence.what"), words("evidence.number")),
            [(words("evidence.agency_count"), mix.agencies), (pairs, found[pairs]), *rows],
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
            listed.append((words("evidence.other_agencies", n=mix.unnamed), rest))
        self._table(
            "agencies",
            words("evidence.agencies"),
            (words("evidence.agency"), words("evidence.people")),
            listed,
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
        caption = words("evidence.met")
        data = {"shape": "matrix", "axis": words("evidence.axis_groups"), "names": names, "grid": grid}
        self._picture("met", caption, words("evidence.met_alt"), data)
        # On paper twelve names do not fit beside each other: the columns are numbered like the rows.
        numbered = [f"{n}. {name}" for n, name in enumerate(names, 1)]
        rows = [
            (name, *("" if n == m else value for m, value in enumerate(grid[n])))
            for n, name in enumerate(numbered)
        ]
        columns = [f"{n}." for n in range(1, len(names) + 1)]
        self._table("met", caption, (words("evidence.agency"), *columns), rows)

    def _agency(self, key: str) -> str:
        """An agency's name; an employer in a person's own words is not repeated."""
        if key == OTHER or key.startswith(f"{OTHER}:"):
            return self.words("evidence.other_employer")
        return self.book.name(key, self.words.language)

    def queue(self) -> None:
        words, edition = self.words, self.edition
        self._section(
            "queue",
            words("evidence.queue_heading"),
            words("evidence.queue_tier"),
            words("evidence.queue_cannot"),
        )
        states = {
            "waiting": words("evidence.waiting"),
            "in_vain": words("evidence.in_vain"),
            "gave_up": words("evidence.gave_up"),
            "left_queue": words("evidence.left_queue"),
        }
        rows: list[tuple[Value, ...]] = [
            (self._title(each), *(edition.number(f"{state}/{each.code}") for state in states))
            for each in self._offerings()
        ]
        if self.about.only is None:
            rows.append((words("evidence.so_far"), *(edition.number(state) for state in states)))
        self._table("queue", words("evidence.queue"), (words("evidence.group"), *states.values()), rows)
        if self.about.only is not None:
            return
        left = [
            (
                words("evidence.before_first") if n == "0" else words("evidence.after_session", n=n),
                f"left_after/{n}",
            )
            for n in edition.under("left_after")
        ]
        if left:
            head = (words("evidence.what"), words("evidence.gave_up"))
            self._table("left", words("evidence.left_when"), head, self._numbers(left))

    def attendance(self) -> None:
        words, edition = self.words, self.edition
        self._section(
            "attendance",
            words("evidence.attendance_heading"),
            words("evidence.attendance_tier"),
            words("evidence.attendance_cannot"),
        )
        names = {
            "expected": words("evidence.expected"),
            "attended": words("evidence.attended"),
            "missed": words("evidence.missed"),
            "unmarked": words("evidence.unmarked"),
        }
        sessions = edition.under("expected")
        if not sessions:
            self._text(words("evidence.empty"))
            return
        rows: list[tuple[Value, ...]] = [
            (words("evidence.session_n", n=n), *(edition.number(f"{family}/{n}") for family in names))
            for n in sessions
        ]
        stacks = [
            (names[family], [edition.number(f"{family}/{n}") for n in sessions])
            for family in ("attended", "missed", "unmarked")
        ]
        data = {
            "shape": "stacks",
            "axis": words("evidence.people"),
            "names": [str(row[0]) for row in rows],
            "stacks": stacks,
        }
        caption = words("evidence.attendance")
        self._picture("attendance", caption, words("evidence.attendance_alt"), data)
        self._table("attendance", caption, (words("evidence.session"), *names.values()), rows)

    def prompts(self) -> None:
        words = self.words
        self._section(
            "prompts",
            words("evidence.prompts_heading"),
            words("evidence.prompts_tier"),
            words("evidence.prompts_cannot"),
        )
        head = (words("evidence.what"), words("evidence.number"))
        answers = [
            (words("evidence.prompts_sent"), "prompts"),
            (words("evidence.prompts_answered"), "prompts/answered"),
            (words("evidence.answered_unprompted"), "answered/unprompted"),
            (words("evidence.answered_reminded"), "answered/reminded"),
            (words("evidence.silent_reminded"), "unanswered/silent"),
            (words("evidence.silent_alone"), "unanswered/silent_alone"),
        ]
        self._table("answers", words("evidence.answers"), head, self._numbers(answers))
        choices = [
            (words("evidence.prompted"), "prompted"),
            (words("evidence.prompted_answered"), "prompted_who/answered"),
            (words("evidence.wants_all"), "prompts_wanted/all"),
            (words("evidence.wants_fewer"), "prompts_wanted/fewer"),
            (words("evidence.wants_none"), "prompts_wanted/stopped"),
            (words("evidence.faded"), "asked_whether/faded"),
        ]
        people = (words("evidence.what"), words("evidence.people"))
        self._table("choices", words("evidence.choices"), people, self._numbers(choices))
        self._over_time("sent", words("evidence.sent_over_time"), words("evidence.sent_alt"), is_line=False)

    def use(self) -> None:
        words, edition = self.words, self.edition
        self._section(
            "use", words("evidence.use_heading"), words("evidence.use_tier"), words("evidence.use_cannot")
        )
        asked = [each for each in Occasion if edition.has(f"use_asked/{each}")]
        if not asked:
            self._text(words("evidence.use_none"))
        for occasion in asked:
            self._use(occasion)

    def _use(self, occasion: Occasion) -> None:
        words = self.words
        when = words(f"evidence.use_{occasion}")
        for question in self.about.questions[occasion]:
            rows = [(words("evidence.use_asked"), f"use_asked/{occasion}")]
            rows += [
                (words.pick(choice), f"use/{question.key}/{n}") for n, choice in enumerate(question.choices)
            ]
            rows.append((words("evidence.use_none_chosen"), f"use/{question.key}/none"))
            caption = words("evidence.use", when=when, question=words.pick(question.text))
            head = (words("evidence.what"), words("evidence.people"))
            self._table(f"use-{question.key}".replace("+", "-"), caption, head, self._numbers(rows))

    def cases(self, told: Sequence[Case]) -> None:
        """The cases in their writers' own words. Suppression does not apply to them: the writers chose to
        publish."""
        words = self.words
        if self.about.only is not None and not told:
            return
        heading = words("evidence.cases_heading")
        if not told:
            self._section("cases", heading)
            self._text(words("evidence.cases_none"))
            return
        self._section("cases", heading, words("evidence.cases_tier"), words("evidence.cases_cannot"))
        self._text(words("evidence.cases_exempt"), words("evidence.cases_exempt_label"))
        head = (
            words("evidence.group"),
            words("case.tried"),
            words("case.came"),
            words("evidence.cases_told_by"),
        )
        rows = [
            (self._title(each.offering), each.told.tried, each.told.came, who_tells(each, self.book, words))
            for each in told
        ]
        self.sections[-1].parts.append(Accounts("cases", heading, head, rows))

    def costs(self) -> None:
        words, known = self.words, costs_of(self._offerings())
        heading = words("evidence.costs_heading")
        if not any(each.sessions for each in known):
            self._section("costs", heading)
            self._text(words("evidence.costs_none"))
            return
        self._section("costs", heading, words("evidence.costs_tier"), words("evidence.costs_cannot"))

        def seats(code: str) -> int | None:
            return self.edition.number(f"seated/{code}")

        caption = words("evidence.costs_by_strand")
        head, rows = costs.by_strand(known, seats, words)
        data = {"shape": "bars", "axis": words("evidence.costs_euros"), "marks": costs.marks(known, words)}
        self._picture("costs", words("evidence.costs_heading"), words("evidence.costs_alt"), data)
        self._table("costs", caption, head, rows)
        self._table(
            "costs-sessions", words("evidence.costs_by_session"), *costs.by_session(known, seats, words)
        )
        if unknown := sum(each.unknown for each in known):
            self._text(words("evidence.costs_unknown", n=unknown))

    def withheld(self) -> None:
        """How many numbers are withheld, by table and reason, but never about which agency or person."""
        words = self.words
        self._section("withheld", words("evidence.withheld_heading"))
        self._text(words("evidence.withheld_about"))
        counts: dict[Why, int] = {}
        for why in self.edition.withheld.values():
            counts[why] = counts.get(why, 0) + 1
        rows = [(words(WHY[why]), counts[why]) for why in Why if why in counts]
        head = (words("evidence.what"), words("evidence.number"))
        self._table("withheld", words("evidence.withheld_heading"), head, rows)
