"""The shipped library, and how prompts are picked from it."""

from pathlib import Path

import pytest

from bot.domain.language import LANGUAGES
from bot.domain.prompts.prompt import SERIES, Moment
from bot.services.prompts.library import LibraryError, LibraryPrompt, pick, read_library

SHIPPED = read_library()


@pytest.mark.parametrize("strand", sorted(SHIPPED))
def test_every_strand_has_enough_for_its_series_and_no_question_twice(strand: int) -> None:
    prompts = SHIPPED[strand]
    assert len(prompts) >= 12
    for moment in SERIES:
        assert sum(each.moment is moment for each in prompts) >= 4
    for language in LANGUAGES:
        questions = [question.text[language] for each in prompts for question in each.questions]
        assert len(set(questions)) == len(questions)


def test_every_strand_of_the_programme_has_a_library() -> None:
    assert sorted(SHIPPED) == [1, 2, 3, 4]


def test_a_prompt_is_not_picked_again_while_there_is_another() -> None:
    prompts = [LibraryPrompt(key, 1, Moment.PLAN, ()) for key in ("a", "b", "c")]
    used: list[str] = []
    for _ in range(7):
        chosen = pick(prompts, Moment.PLAN, used, start=1)
        assert chosen is not None
        used.append(chosen.key)
    assert used == ["b", "c", "a", "b", "c", "a", "b"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("prompts: []", "strand"),
        ("strand: 1\nprompts:\n  - moment: plan", "key"),
        ("strand: 1\nprompts:\n  - {key: a, moment: later}", "moment"),
        ("strand: 1\nprompts:\n  - {key: a, moment: plan}", "0 questions"),
        ("strand: 1\nprompts:\n  - {key: a, moment: plan, questions: [{fi: x}]}", "sv"),
        ("strand: [", "one.yml: not a YAML file: line 1: "),
        ("strand: true\nprompts: []", "strand"),
        ("strand: 1\nprompts: 3", "`prompts` must be a list"),
        ("strand: 1\nprompts:\n  - {key: a, moment: [plan]}", "one.yml: a: `moment` must be one of"),
        ("strand: 1\nprompts:\n  - {key: a, moment: plan, questions: 2}", "a: `questions` must be a list"),
        (
            "strand: 1\nprompts:\n  - {key: a, moment: plan, questions: [{fi: x, sv: x, choices: yes}]}",
            "a: `choices` must be a list",
        ),
    ],
)
def test_a_faulty_file_says_where_and_what(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "one.yml").write_text(text, encoding="utf-8")
    with pytest.raises(LibraryError, match=wrong):
        read_library(tmp_path)
