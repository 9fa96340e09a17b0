"""The shipped library, and how prompts are picked from it."""

from pathlib import Path

import pytest

from bot.domain.file_faults import FileFaultError
from bot.domain.language import LANGUAGES
from bot.domain.prompts.preparation import Card
from bot.domain.prompts.prompt import SERIES, Moment
from bot.services.prompts.library import Library, LibraryPrompt, library_names, pick, read_cards, read_library

SHIPPED = read_library()


@pytest.mark.parametrize("strand", sorted(SHIPPED))
def test_every_strand_has_enough_for_its_series_and_no_question_twice(strand: str) -> None:
    prompts = SHIPPED[strand]
    assert len(prompts) >= 12
    for moment in SERIES:
        assert sum(each.moment is moment for each in prompts) >= 4
    for language in LANGUAGES:
        questions = [question.text[language] for each in prompts for question in each.questions]
        assert len(set(questions)) == len(questions)


def test_there_is_a_library_for_every_strand_of_the_shipped_programme() -> None:
    assert sorted(SHIPPED) == ["coaching", "complexity", "dialogue", "foresight"]


def test_a_prompt_is_not_picked_again_while_there_is_another() -> None:
    prompts = [LibraryPrompt(key, Moment.PLAN, ()) for key in ("a", "b", "c")]
    used: list[str] = []
    for _ in range(7):
        chosen = pick(prompts, Moment.PLAN, used, start=1)
        assert chosen is not None
        used.append(chosen.key)
    assert used == ["b", "c", "a", "b", "c", "a", "b"]


SOUND = """\
prompts:
  - key: a
    moment: plan
    questions:
      - {fi: Mitä?, sv: Vad?, choices: [{fi: Kyllä, sv: Ja}]}
"""


def library_of(folder: Path, text: str) -> Library:
    (folder / "one.yml").write_text(text, encoding="utf-8")
    return read_library(folder)


def test_a_librarys_name_is_that_of_its_file(tmp_path: Path) -> None:
    [prompt] = library_of(tmp_path, SOUND)["one"]
    assert (prompt.key, prompt.moment) == ("a", Moment.PLAN)
    assert prompt.questions[0].choices == ({"fi": "Kyllä", "sv": "Ja"},)
    assert library_names(tmp_path) == {"one"}


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "code"),
    [
        ("prompts:", "prompts: [", 2, "", "not_yaml"),
        (SOUND, "prompts: 3", 1, "prompts", "list_expected"),
        (SOUND, "strand: 1\nprompts: []", 1, "strand", "key_unknown"),
        ("  - key: a\n    moment", "  - moment", 2, "prompts[#1].key", "key_missing"),
        ("moment: plan", "moment: later", 3, "prompts[a].moment", "not_a_moment"),
        ("moment: plan", "moment: [plan]", 3, "prompts[a].moment", "not_a_moment"),
        ("moment: plan", "moment: midpoint", 2, "prompts[a]", "wrong_number_of_questions"),
        (", sv: Vad?", "", 5, "prompts[a].questions[#1].sv", "text_missing_sv"),
        ("fi: Mitä?", "fi: Mitä, milloin?", 5, "prompts[a].questions[#1].milloin?", "key_unknown"),
        ("[{fi: Kyllä, sv: Ja}]", "joo", 5, "prompts[a].questions[#1].choices", "list_expected"),
        ("fi: Mitä?", f"fi: {'x' * 281}", 5, "prompts[a].questions[#1].fi", "too_long"),
        (SOUND, SOUND + SOUND[9:], 6, "prompts[a].key", "key_taken_here"),
    ],
)
def test_a_faulty_file_says_where_and_what(
    tmp_path: Path, old: str, new: str, line: int, field: str, code: str
) -> None:
    with pytest.raises(FileFaultError) as caught:
        library_of(tmp_path, SOUND.replace(old, new))
    assert caught.value.file == "one.yml"
    assert [(each.line, each.field, each.code) for each in caught.value.faults] == [(line, field, code)]


CARDS = "cards:\n" + "".join(f"  {card}: [{{fi: Mitä?, sv: Vad?}}]\n" for card in Card)


def test_a_track_of_cards_is_whole_and_no_card_asks_too_much(tmp_path: Path) -> None:
    library_of(tmp_path, SOUND + CARDS)
    assert [*read_cards(tmp_path)["one"]] == list(Card)
    for n, (old, new, code) in enumerate(
        (
            ("  on_receiving: [{fi: Mitä?, sv: Vad?}]\n", "", "key_missing"),
            ("on_receiving", "on_receipt", "key_unknown"),
            ("on_receiving: [{fi: Mitä?, sv: Vad?}]", "on_receiving: []", "wrong_number_of_questions"),
            (
                "on_receiving: [{fi: Mitä?, sv: Vad?}]",
                f"on_receiving: [{', '.join(['{fi: Mitä?, sv: Vad?}'] * 4)}]",
                "wrong_number_of_questions",
            ),
            ("on_receiving: [{fi: Mitä?, sv: Vad?}]", "on_receiving: [{fi: Mitä?}]", "text_missing_sv"),
        )
    ):
        folder = tmp_path / str(n)
        folder.mkdir()
        with pytest.raises(FileFaultError) as raised:
            library_of(folder, SOUND + CARDS.replace(old, new))
        assert code in {fault.code for fault in raised.value.faults}


def test_the_shipped_strand_of_coaching_prepares_in_all_languages() -> None:
    assert [*read_cards()] == ["coaching"]
    for thoughts in read_cards()["coaching"].values():
        assert all(each.keys() == set(LANGUAGES) for each in thoughts)


def test_a_key_names_one_prompt_of_all_files(tmp_path: Path) -> None:
    (tmp_path / "another.yml").write_text(SOUND, encoding="utf-8")
    with pytest.raises(FileFaultError) as caught:
        library_of(tmp_path, SOUND)
    assert [(each.code, each.params["file"]) for each in caught.value.faults] == [
        ("key_taken", "another.yml")
    ]
