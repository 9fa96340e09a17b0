"""What buttons and forms carry: whatever comes back is a value or a refusal, and what was written is read."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.carried.drafts import AnnouncementTarget, AudienceChoice, LetterTarget, WordingTarget
from bot.domain.carried.ids import parse_id, parse_number
from bot.domain.carried.offerings import JoinTarget, OfferRef, PostRef, SessionRef
from bot.domain.carried.prompts import (
    FreeText,
    Later,
    LaterChoice,
    PromptAct,
    PromptChoice,
    PromptSource,
    TimingChoice,
    TimingKind,
    parse_answered,
)
from bot.domain.carried.roles import LogPage, PeopleForm
from bot.domain.carried.sessions import AttendancePage, PhaseChoice
from bot.domain.errors import KaikuError, Refusal
from bot.domain.facilitation.phases import PhaseAct
from bot.domain.letters import OF_SESSION, LetterAudience

PARSERS: list[Callable[[str], object]] = [
    AnnouncementTarget.parse,
    AttendancePage.parse,
    AudienceChoice.parse,
    LetterTarget.parse,
    FreeText.parse,
    JoinTarget.parse,
    LaterChoice.parse,
    LogPage.parse,
    OfferRef.parse,
    PeopleForm.parse,
    PhaseChoice.parse,
    PostRef.parse,
    PromptChoice.parse,
    PromptSource.parse,
    SessionRef.parse,
    TimingChoice.parse,
    WordingTarget.parse,
    parse_answered,
    lambda text: parse_id(text, Refusal.PROMPT_GONE),
]

KNOWN = ["dialogue-2", "digest", "free", "new", "own", "library", "saved", "hour", "7", "0"]
KNOWN += ["now", "at", "after", "before", "edit", "withdraw"]
PIECES = st.sampled_from([*KNOWN, "-1", "٣", "²", "9" * 10, "9" * 5000, "", " ", "\0", "\ud800"])
TEXTS = st.text() | st.lists(PIECES | st.sampled_from(":/@"), max_size=7).map("".join)
IDS = st.integers(0, 10**9 - 1)
CODES = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
USERS = st.from_regex(r"U[A-Z0-9]{1,9}", fullmatch=True)
KEYS = st.from_regex(r"[a-z0-9_:-]{1,20}", fullmatch=True)
FORM_KEYS = st.from_regex(r"[A-Za-z0-9_-]{1,32}", fullmatch=True)

WRITTEN = st.one_of(
    st.builds(SessionRef, CODES, IDS),
    st.builds(
        AttendancePage,
        st.builds(SessionRef, CODES, IDS),
        st.integers(0, 9),
        st.lists(st.from_regex(r"U[0-9A-Z]{1,10}", fullmatch=True), max_size=2).map(tuple),
    ),
    st.builds(PhaseChoice, st.builds(SessionRef, CODES, IDS), st.sampled_from(PhaseAct), KEYS),
    st.builds(PostRef, IDS, CODES),
    st.builds(OfferRef, IDS, CODES),
    st.builds(LogPage, CODES | st.just(""), st.none() | IDS),
    st.builds(PeopleForm, CODES | st.just(""), st.lists(USERS).map(tuple)),
    st.builds(JoinTarget, CODES, st.none() | IDS),
    st.builds(AnnouncementTarget, CODES, st.none() | IDS),
    st.builds(LetterTarget, CODES, st.none() | IDS),
    st.builds(AudienceChoice, st.sampled_from(sorted(OF_SESSION)), IDS),
    st.builds(AudienceChoice, st.sampled_from(["seated", "waiting", "both"]).map(LetterAudience)),
    st.builds(WordingTarget, CODES, st.none() | IDS, st.none() | KEYS),
    st.just(PromptSource())
    | st.builds(PromptSource, library_key=KEYS)
    | st.builds(PromptSource, saved_id=IDS),
    st.sampled_from([TimingKind.NOW, TimingKind.AT]).map(TimingChoice),
    st.builds(TimingChoice, st.sampled_from([TimingKind.AFTER, TimingKind.BEFORE]), IDS),
    st.builds(PromptChoice, st.sampled_from(PromptAct), IDS),
    st.builds(LaterChoice, IDS, st.sampled_from(Later)),
    st.builds(FreeText) | st.builds(FreeText, reflection_id=IDS) | st.builds(FreeText, form_key=FORM_KEYS),
)


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__qualname__)
@given(TEXTS)
@example("٣")
@example("9" * 5000)
def test_any_text_is_a_value_or_a_refusal(parse: Callable[[str], object], text: str) -> None:
    with suppress(KaikuError):
        parse(text)


@given(WRITTEN)
def test_what_was_written_is_read_as_the_same(value: SessionRef) -> None:
    assert type(value).parse(str(value)) == value


@given(WRITTEN)
def test_what_is_written_fits_where_slack_carries_it(value: SessionRef) -> None:
    """A form's private_metadata holds 3,000 characters, an option's value 75."""
    assert len(str(value)) <= (3000 if isinstance(value, PeopleForm) else 75)


@pytest.mark.parametrize(
    ("posted", "value"),
    [
        ("dialogue-2/1", SessionRef("dialogue-2", 1)),
        ("5:foresight-1", PostRef(5, "foresight-1")),
        ("foresight-1@5", JoinTarget("foresight-1", 5)),
        ("7:tomorrow", LaterChoice(7, Later.TOMORROW)),
        ("edit:7", PromptChoice(PromptAct.EDIT, 7)),
        ("dialogue-2::if_then", WordingTarget("dialogue-2", library_key="if_then")),
        ("digest:3", AnnouncementTarget("digest", 3)),
        ("free", FreeText()),
        ("free:new:8Zk2", FreeText(form_key="8Zk2")),
        ("free:7", FreeText(7)),
    ],
)
def test_what_earlier_versions_posted_is_still_read(posted: str, value: SessionRef) -> None:
    assert type(value).parse(posted) == value


def test_an_id_is_short_ascii_digits() -> None:
    texts = ["7", "999999999", "1000000000", "-1", "+1", " 7", "٣", "²", "7.0", "", "7;drop"]
    assert [parse_number(text, 9) for text in texts] == [7, 999999999, *[None] * 9]
