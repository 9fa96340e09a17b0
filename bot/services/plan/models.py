"""The plan file's structure: its keys, what each may hold, and the words for invalid values.

Values arrive as the strings that were written (see ``yaml_files``) and are read strictly. docs/plan-file.md
describes the keys for coordinators.
"""

from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from bot.domain.calendars.working_time import DayWindow
from bot.domain.enrolment.offers import DEFAULT_OFFERS, OwnOfferRules
from bot.domain.file_faults import FaultCode
from bot.domain.language import Texts
from bot.domain.plan.model import (
    DEFAULT_CLOSING,
    MAX_FOLLOWED_KEY,
    MAX_USE_QUESTIONS,
    Closing,
    Details,
    DrawRules,
    OfferingKind,
    Picture,
    Plan,
    PlannedOffering,
    PlannedSession,
    PlannedStrand,
    Reading,
    SignUpWindow,
    UseQuestion,
    Venue,
)
from bot.domain.plan.rules import STAND_IN_YEAR
from bot.domain.prompts.prompt import DEFAULT_RULES, PromptRules
from bot.services.yaml_files.values import (
    MAX_NUMBER,
    Address,
    Allocation,
    Code,
    Day,
    Facilitator,
    Kind,
    Paragraph,
    Part,
    Sentence,
    StandIn,
    TextsIn,
    Timezone,
    Title,
    WallTime,
    Weekday,
    WholeNumber,
    YesNo,
    between,
    line_of,
    refusal,
)


class ReadingIn(Part):
    title: Sentence
    link: Address | None = None

    def to_reading(self) -> Reading:
        return Reading(self.title.to_texts(), self.link)


class VenueIn(Part):
    price: WholeNumber
    free_until: Day | None = None
    capacity: WholeNumber | None = None

    def to_venue(self) -> Venue:
        return Venue(self.price, self.free_until, self.capacity)


class SessionIn(Part):
    number: WholeNumber
    on: Day
    starts: WallTime = Field(alias="from")
    ends: WallTime = Field(alias="to")
    place: Sentence | None = None
    venue: VenueIn | None = None
    link: Annotated[str, line_of(2000)] | None = None
    label: Annotated[str, line_of(75)] | None = None
    bring: Sentence | None = None
    cancelled: YesNo = False
    materials: tuple[ReadingIn, ...] = ()

    def to_session(self) -> PlannedSession:
        return PlannedSession(
            number=self.number,
            on=self.on,
            starts=self.starts,
            ends=self.ends,
            place=_texts(self.place),
            link=self.link,
            link_label=self.label,
            bring=_texts(self.bring),
            cancelled=self.cancelled,
            materials=tuple(each.to_reading() for each in self.materials),
            venue=self.venue.to_venue() if self.venue is not None else None,
        )


class PictureIn(Part):
    url: Address
    alt: Sentence


class SignUpIn(Part):
    opens: Day | None = None
    closes: Day | None = None


class OfferRulesIn(Part):
    """How free seats are passed on: a section of the file, and of an offering with rules of its own."""

    offers: YesNo | None = None
    offer_hours: Annotated[WholeNumber, between(1, 80)] | None = None
    offer_cutoff_days: Annotated[WholeNumber, between(0, 20)] | None = None

    def to_own_offers(self) -> OwnOfferRules:
        return OwnOfferRules(self.offers, self.offer_hours, self.offer_cutoff_days)


class OfferingIn(OfferRulesIn):
    code: Code
    kind: Kind
    title: Title
    summary: Paragraph
    capacity: WholeNumber
    seats_per_agency: WholeNumber
    agency_seats: dict[str, WholeNumber] = Field(default_factory=dict)
    facilitators: tuple[Facilitator, ...] = ()
    sign_up: SignUpIn = SignUpIn()
    allocation: Allocation = False
    balance_roles: YesNo = False
    seats_each: Annotated[WholeNumber, between(1, 5)] = 1
    cancelled: YesNo = False
    prompts: YesNo = True
    for_whom: Sentence | None = None
    takes_home: Sentence | None = None
    themes: tuple[Sentence, ...] = ()
    pre_reading: tuple[ReadingIn, ...] = ()
    questions: tuple[Sentence, ...] = ()
    materials: tuple[ReadingIn, ...] = ()
    picture: PictureIn | None = None
    ask_needs: YesNo = False
    sessions: tuple[SessionIn, ...]

    @model_validator(mode="after")
    def _draws_what_it_says(self) -> "OfferingIn":
        if not self.allocation and (self.balance_roles or self.seats_each > 1):
            raise refusal(FaultCode.DRAW_NOT_ASKED_FOR)
        return self

    def to_offering(self) -> PlannedOffering:
        return PlannedOffering(
            code=self.code,
            kind=self.kind,
            title=self.title.to_texts(),
            summary=self.summary.to_texts(),
            capacity=self.capacity,
            seats_per_agency=self.seats_per_agency,
            agency_seats=tuple(sorted(self.agency_seats.items())),
            facilitators=self.facilitators,
            sign_up=SignUpWindow(self.sign_up.opens, self.sign_up.closes),
            cancelled=self.cancelled,
            has_prompts=self.prompts,
            details=self._details(),
            offers=self.to_own_offers(),
            draw=DrawRules(self.balance_roles, self.seats_each) if self.allocation else None,
            sessions=tuple(session.to_session() for session in self.sessions),
        )

    def _details(self) -> Details:
        picture = self.picture
        return Details(
            for_whom=_texts(self.for_whom),
            takes_home=_texts(self.takes_home),
            themes=tuple(each.to_texts() for each in self.themes),
            pre_reading=tuple(each.to_reading() for each in self.pre_reading),
            questions=tuple(each.to_texts() for each in self.questions),
            materials=tuple(each.to_reading() for each in self.materials),
            picture=Picture(picture.url, picture.alt.to_texts()) if picture is not None else None,
            ask_needs=self.ask_needs,
        )


class PromptRulesIn(Part):
    """When prompts go out; see docs/prompts.md. Missing keys have their defaults."""

    per_gap: Annotated[WholeNumber, between(0, 3)] = DEFAULT_RULES.per_gap
    days_after: Annotated[WholeNumber, between(1, 20)] = DEFAULT_RULES.days_after
    days_before: Annotated[WholeNumber, between(1, 20)] = DEFAULT_RULES.days_before
    short_gap: Annotated[WholeNumber, between(2, 100)] = DEFAULT_RULES.short_gap
    weekdays: tuple[Weekday, ...] = tuple(sorted(DEFAULT_RULES.weekdays))
    opens: WallTime = Field(alias="from", default=DEFAULT_RULES.window.opens)
    closes: WallTime = Field(alias="to", default=DEFAULT_RULES.window.closes)
    remind_after: Annotated[WholeNumber, between(1, 20)] = DEFAULT_RULES.remind_after
    days_between: Annotated[WholeNumber, between(7, 60)] = DEFAULT_RULES.days_between
    fade_after: Annotated[WholeNumber, between(1, 10)] = DEFAULT_RULES.fade_after
    closing_after: Annotated[WholeNumber, between(1, 20)] = DEFAULT_RULES.closing_after
    unnamed_from: Annotated[WholeNumber, between(5, 100)] = DEFAULT_RULES.unnamed_from

    @model_validator(mode="after")
    def _has_days_and_hours(self) -> "PromptRulesIn":
        if not self.weekdays:
            raise refusal(FaultCode.NO_WEEKDAY_LEFT)
        if self.opens >= self.closes:
            raise refusal(FaultCode.HOURS_END_BEFORE_THEY_BEGIN)
        return self

    def to_rules(self) -> PromptRules:
        values = self.model_dump(exclude={"weekdays", "opens", "closes"})
        window = DayWindow(self.opens, self.closes)
        return PromptRules(weekdays=frozenset(self.weekdays), window=window, **values)


MAX_CHOICE = 40


class ChoiceIn(TextsIn):
    fi: Annotated[str, line_of(MAX_CHOICE)]
    sv: Annotated[str, line_of(MAX_CHOICE)]
    en: Annotated[str, line_of(MAX_CHOICE)] | None = None


class UseQuestionIn(Part):
    key: Code
    text: Sentence
    choices: tuple[ChoiceIn, ...]

    @model_validator(mode="after")
    def _has_choices(self) -> "UseQuestionIn":
        if not 2 <= len(self.choices) <= 4:
            raise refusal(FaultCode.OUT_OF_BOUNDS, value=len(self.choices), least=2, most=4)
        return self

    def to_question(self) -> UseQuestion:
        return UseQuestion(self.key, self.text.to_texts(), tuple(each.to_texts() for each in self.choices))


class ClosingIn(Part):
    """The programme's closing words; see docs/plan-file.md."""

    issuer: Sentence | None = None
    questions: tuple[UseQuestionIn, ...] | None = None
    follow_up: YesNo = False

    @model_validator(mode="after")
    def _has_few_questions(self) -> "ClosingIn":
        asked = self.questions or ()
        if len(asked) > MAX_USE_QUESTIONS:
            raise refusal(FaultCode.OUT_OF_BOUNDS, value=len(asked), least=0, most=MAX_USE_QUESTIONS)
        if len({each.key for each in asked}) < len(asked):
            raise refusal(FaultCode.CODE_TAKEN, value=asked[0].key)
        if self.follow_up and asked and len(asked[0].key) > MAX_FOLLOWED_KEY:
            raise refusal(FaultCode.NOT_A_CODE, value=asked[0].key, limit=MAX_FOLLOWED_KEY)
        return self

    def to_closing(self) -> Closing:
        asked = self.questions
        return Closing(
            _texts(self.issuer),
            None if asked is None else tuple(each.to_question() for each in asked),
            self.follow_up,
        )


class StrandIn(Part):
    number: WholeNumber
    title: Title
    prompts: Code | None = None
    offerings: tuple[OfferingIn, ...] = ()


class PlanIn(OfferRulesIn):
    programme: Code
    title: Title
    timezone: Timezone = "Europe/Helsinki"
    note: Paragraph | None = None
    prompt_rules: PromptRulesIn = PromptRulesIn()
    closing: ClosingIn | None = None
    strands: tuple[StrandIn, ...]

    def to_plan(self) -> Plan:
        strands = tuple(
            PlannedStrand(
                number=strand.number,
                title=strand.title.to_texts(),
                offerings=tuple(offering.to_offering() for offering in strand.offerings),
                prompts=strand.prompts,
            )
            for strand in self.strands
        )
        return Plan(
            code=self.programme,
            title=self.title.to_texts(),
            timezone=self.timezone,
            strands=strands,
            note=_texts(self.note),
            prompt_rules=self.prompt_rules.to_rules(),
            closing=self.closing.to_closing() if self.closing is not None else DEFAULT_CLOSING,
            offers=self.to_own_offers().over(DEFAULT_OFFERS),
        )


MODELS: tuple[type[BaseModel], ...] = (
    PlanIn,
    StrandIn,
    OfferingIn,
    SignUpIn,
    SessionIn,
    VenueIn,
    PromptRulesIn,
    ClosingIn,
    UseQuestionIn,
    ChoiceIn,
    ReadingIn,
    PictureIn,
    TextsIn,
)


def stand_in(key: str, index: int) -> Any:  # noqa: ANN401 - whatever that key may hold
    """A harmless value for ``key`` where the file's own can't be used, so that the rest can be checked. It
    must break no rule; ``index`` keeps numbers distinct.
    """
    texts = {"fi": "-", "sv": "-"}
    values: dict[str, Any] = {
        "programme": "stand-in",
        "code": f"stand-in-{index}",
        "number": str(MAX_NUMBER - index),
        "timezone": "Africa/Abidjan",  # no clock change
        "kind": OfferingKind.EVENT.value,
        "capacity": str(MAX_NUMBER),
        "seats_per_agency": "1",
        "on": StandIn(f"{STAND_IN_YEAR + index % 900}-01-01"),
        "from": "00:00",
        "to": "23:59",
        "link": "https://stand-in.example",
        "label": "-",
        "venue": None,
        "cancelled": "false",
        "facilitators": [],
        "agency_seats": {},
        "sign_up": {},
        "allocation": "first_come",
        "balance_roles": "false",
        "seats_each": "1",
        "prompt_rules": {},
        "closing": {},
        "prompts": "true",
        "offers": "true",
        "offer_hours": str(DEFAULT_OFFERS.hours),
        "offer_cutoff_days": str(DEFAULT_OFFERS.cutoff_days),
        "themes": [],
        "pre_reading": [],
        "questions": [],
        "materials": [],
        "picture": None,
        "strands": [],
        "offerings": [],
        "sessions": [],
    }
    return values.get(key, texts)


def _texts(texts: TextsIn | None) -> Texts | None:
    return texts.to_texts() if texts is not None else None
