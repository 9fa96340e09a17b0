"""What is understood of what people write: the held-out phrases as totals, negation rule by rule."""

import pytest

from bot.domain.assistant.classifier import Classifier
from bot.domain.assistant.conversation import Conversations, is_pleasantry
from bot.domain.assistant.negation import negated_topics
from bot.domain.assistant.topics import Topic
from bot.domain.assistant.understanding import MOST_OFFERED, understand
from bot.domain.language import LANGUAGES
from bot.services.assistant.phrases import learned, read_phrases
from tests.conftest import ROOT, FakeClock
from tests.support.assistant_figures import checksum_holds, measure, table


def test_the_held_out_phrases_are_those_that_were_written_first() -> None:
    assert checksum_holds()


def test_the_right_button_is_among_three_and_chat_is_left_alone() -> None:
    figures = measure()
    assert figures.share("acts") >= 0.92, "the right button among three"
    assert figures.share("none") >= 0.70, "left alone or answered with help"


def test_no_negated_act_of_the_held_out_phrases_is_offered() -> None:
    assert measure().violations.total() == 0


def test_the_documented_figures_are_those_that_are_measured() -> None:
    assert table(measure()) in (ROOT / "docs/assistant.md").read_text(encoding="utf-8")


def test_every_topic_has_phrases_in_every_language_and_none_has_two_topics() -> None:
    seen: dict[str, Topic] = {}
    for language in LANGUAGES:
        phrases = list(read_phrases(language))
        assert {topic for _, topic in phrases} == set(Topic)
        assert len(phrases) >= 300
        for text, topic in phrases:
            assert seen.setdefault(text, topic) is topic, text


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("en halua perua mitään", Topic.LEAVE),
        ("älä peru mun paikkaa", Topic.LEAVE),
        ("älkää peruko paikkaani", Topic.LEAVE),
        ("perua en halua", Topic.LEAVE),
        ("ei tarvitse perua", Topic.LEAVE),
        ("en pääse torstaina mutta en halua luopua paikasta", Topic.LEAVE),
        ("olisin pois perumatta paikkaa", Topic.LEAVE),
        ("haluan pitää paikkani", Topic.LEAVE),
        ("jag avbokar inte", Topic.LEAVE),
        ("avboka inte min plats", Topic.LEAVE),
        ("inga färre frågor tack, de är bra", Topic.FEWER_PROMPTS),
        ("jag vill behålla min plats", Topic.LEAVE),
        ("don't cancel my seat", Topic.LEAVE),
        ("I’m not quitting", Topic.LEAVE),
        ("I'd rather not leave", Topic.LEAVE),
        ("en aio ilmoittautua", Topic.JOIN),
        ("jag vill inte anmäla mig", Topic.JOIN),
        ("I don't want to sign up", Topic.JOIN),
        ("älä poista tietojani", Topic.MY_DATA),
        ("radera inte mina uppgifter", Topic.MY_DATA),
        ("en tarvitse todistusta", Topic.CERTIFICATE),
        ("jag behöver inget intyg", Topic.CERTIFICATE),
        ("no certificate please", Topic.CERTIFICATE),
        ("en tarvitse kalenterilinkkiä", Topic.CALENDAR),
        ("jag vill inte byta språk", Topic.SETTINGS),
        ("en halua puhua ihmiselle", Topic.HUMAN),
        ("pääsen kyllä huomenna", Topic.CANNOT_COME),
        ("I'm not sick", Topic.CANNOT_COME),
        ("sluta inte fråga", Topic.FEWER_PROMPTS),
    ],
)
def test_a_negated_act_is_never_offered(text: str, topic: Topic) -> None:
    assert topic in negated_topics(text)
    assert topic not in understand(text, learned())


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("en löydä mistä perutaan", Topic.LEAVE),
        ("miksi en voi perua", Topic.LEAVE),
        ("jag hittar inte var man avbokar", Topic.LEAVE),
        ("kan jag inte avboka", Topic.LEAVE),
        ("I don't know how to sign up", Topic.JOIN),
        ("en pääse huomenna", Topic.CANNOT_COME),
        ("jag kan inte komma", Topic.CANNOT_COME),
        ("älä lähetä enää kysymyksiä", Topic.FEWER_PROMPTS),
        ("jag vill inte ha fler frågor", Topic.FEWER_PROMPTS),
        ("en ole saanut todistusta", Topic.CERTIFICATE),
        ("jag vill prata med en människa", Topic.HUMAN),
        ("kalenteri ei toimi", Topic.CALENDAR),
    ],
)
def test_a_not_that_negates_no_act_takes_no_button_away(text: str, topic: Topic) -> None:
    assert topic not in negated_topics(text)
    assert topic in understand(text, learned())


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("KOSKA SEURAAVA TAPAAMINEN???", Topic.NEXT_SESSION),
        ("en pa\u0308a\u0308se huomenna", Topic.CANNOT_COME),
        ("nar ar nasta traff", Topic.NEXT_SESSION),
        ("todistu", Topic.CERTIFICATE),
    ],
)
def test_capitals_decomposed_letters_missing_dots_and_typos_are_understood(text: str, topic: Topic) -> None:
    assert topic in understand(text, learned())


@pytest.mark.parametrize("text", ["", "🙂", "?" * 5000, "\u200b", "peru " * 1000, "<@U1> &lt;"])
def test_whatever_is_written_at_most_three_topics_come_back(text: str) -> None:
    assert len(understand(text, learned())) <= MOST_OFFERED


@pytest.mark.parametrize("text", ["🎉", "👍👍", ":tada:", ":+1: :tada:", "...", "?!", "123", ""])
def test_a_text_without_a_word_asks_for_nothing(text: str) -> None:
    assert understand(text, learned()) == ()


def test_shares_are_of_all_and_sum_to_one() -> None:
    classifier = Classifier([("a b", Topic.JOIN), ("a c", Topic.LEAVE), ("b c", Topic.NONE)])
    assert sum(classifier.shares("a b").values()) == pytest.approx(1)


def test_several_lines_in_a_short_time_get_one_help_and_one_answer() -> None:
    clock, said = FakeClock(), Conversations()
    assert said.may_answer("U1", (), clock.now())
    assert not said.may_answer("U1", (), clock.now())
    assert said.may_answer("U2", (), clock.now()), "somebody else is not I"
    assert said.may_answer("U1", (Topic.JOIN,), clock.now()), "what is understood is answered all the same"
    assert not said.may_answer("U1", (Topic.JOIN,), clock.now())
    clock.advance(minutes=11)
    assert said.may_answer("U1", (), clock.now())


def test_one_event_is_heard_once() -> None:
    said = Conversations()
    assert said.is_new("D1", "1.0")
    assert not said.is_new("D1", "1.0")
    assert said.is_new("D2", "1.0")


def test_thanks_are_left_alone_and_longer_texts_are_not_thanks() -> None:
    assert all(map(is_pleasantry, ["kiitos!", "Tack så mycket", "ok", "Thank you very much."]))
    assert not any(map(is_pleasantry, ["", "kiitos mutta haluan perua", "ok miten ilmoittaudun"]))
