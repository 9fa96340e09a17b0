"""The mechanical rules for sentences, over all three catalogues. What takes a reader is read in place."""

import re

import pytest

from bot.domain.language import LANGUAGES
from tests.support.catalogues import sentences

BUTTONS = re.compile(
    r".*[._](submit|title)|form\..*|frequency\.(all|fewer|stopped)"
    r"|prompt\.(answer|edit|later|fewer)|reflection\.(edit|delete|erase|read_shared|write_freely)"
    r"|offering\.(join|join_line|leave)|announcement\.details|calendar\.(open|file|renew)"
    r"|announce\.(edit|withdraw|change)|settings\.change|list\.show_all|timeline\.draw"
    r"|privacy\.read|opening\.(wish|undo)"
    r"|turn\.(keep|give_up)|certificate\.(ask|open)|mine\.own_words|group\.all|assistant\.show_mine|draw\.confirm"
    r"|desk\.(write|timeline|shared_answers|attendance|edit|withdraw|go_on|throw_away)"
    r"|desk\.(change_wording|change_sending)|letter\.(write|withdraw|change)|roster\.(get|open)|channel\.(open|let_go)"
    r"|attendance\.(next_page|was_there)|brief\.open|needs\.change|phase\.turn_\w+"
    r"|rooms\.(open|send|share_again|phases)|venue\.(keep|give_up|act_\w+)"
)

BANNED = {
    "fi": r"\b(tarttua|viedään|rauhoite\w+|vedä pois|vedetty pois|suomeksi luke\w+|tarjonta\w*)\b"
    r"|\b(ihmi(nen|sen|stä|sellä)) (oli|saa|tuli)\b|se on ihan hyvä|seuraavalle jonossa",
    "sv": r"\b(utbud\w*|fredad\w*|fredat|läser (finska|svenska|engelska)|hurdan)\b"
    r"|\bmeddela (om|på nytt)\b|\bavboka\w* (din|sin) anmälan\b|\bmyndighet\w*\b|\bpå kanal\w*",
    "en": r"\b(delve|leverage|seamless\w*)\b",
}

A_TITLE_THAT_AN_ADJECTIVE_AGREES_WITH = re.compile(
    r"\{(title|offering)\}\*? (är|blir) (inställ\w+|avslutad|ny|inte längre inställd)"
)

FINNISH_CASE_ENDING = re.compile(r"\{\w+\}(:\w|[a-zåäö])")
NUMBER_FIRST = re.compile(r"(?:^|[.!?] )\*?\{(n|prompts|people|free|days|count|sent|answered)\}\*? (\w+)")
VERB_AT_ONCE = re.compile(
    r"ei|eivät|saa|saavat|lukee|odottaa|kuuluu|har|får|hör|väntar|läser|är|ser|is|are|will|has|have|does|do|reads?|gets?"
)
BILINGUAL = ("offering.join", "offering.join_line", "announcement.details", "announcement.calendar")
FACILITATOR_AS_LEADER = re.compile(r"(?<!hand)\bledar(e|en|na|nas|ens)\b", re.IGNORECASE)
SWEDISH_DATE_WITH_A_FINAL_DOT = re.compile(r"\b\d{1,2}\.\d{1,2}\.(?!\d)")


def flat(language: str) -> list[tuple[str, str]]:
    return [(key, text) for key, texts in sentences(language).items() for text in texts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_label_of_a_button_has_at_most_24_characters(language: str) -> None:
    assert [(k, t) for k, t in flat(language) if BUTTONS.fullmatch(k) and len(t) > 24] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_a_word_that_the_guide_bans(language: str) -> None:
    banned = re.compile(BANNED[language], re.IGNORECASE)
    assert [(k, t) for k, t in flat(language) if banned.search(t)] == []


def test_a_finnish_placeholder_takes_no_case_ending() -> None:
    assert [(k, t) for k, t in flat("fi") if FINNISH_CASE_ENDING.search(t)] == []


def test_a_facilitator_is_a_handledare_in_swedish() -> None:
    assert [(k, t) for k, t in flat("sv") if FACILITATOR_AS_LEADER.search(t)] == []


def test_no_swedish_adjective_has_to_agree_with_a_title() -> None:
    assert [(k, t) for k, t in flat("sv") if A_TITLE_THAT_AN_ADJECTIVE_AGREES_WITH.search(t)] == []


def test_a_swedish_date_without_a_year_has_no_final_dot() -> None:
    assert [(k, t) for k, t in flat("sv") if SWEDISH_DATE_WITH_A_FINAL_DOT.search(t)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_that_begins_with_a_number_says_at_once_what_is_counted(language: str) -> None:
    bare = [
        (key, text)
        for key, text in flat(language)
        if (first := NUMBER_FIRST.search(text)) and VERB_AT_ONCE.fullmatch(first[2])
    ]
    assert bare == []


def test_a_button_in_two_languages_has_at_most_30_characters() -> None:
    fi, sv = sentences("fi"), sentences("sv")
    assert [both for key in BILINGUAL if len(both := f"{fi[key][0]} / {sv[key][0]}") > 30] == []
