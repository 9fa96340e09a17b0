"""The report: one page that reads whole in the reader's language, and the same as JSON without a language."""

import json
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.domain.language import LANGUAGES
from rehearsal.compare import differences
from rehearsal.report import Compared, as_html, as_json, write_report
from tests.support.plans import a_plan, an_offering
from tests.support.years import SESSIONS, a_bad_verdict, a_verdict, a_year, wording_in, written


class Reading(HTMLParser):
    """What a reader meets: headings, tables with their heads, pictures, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.headings: list[int] = []
        self.tables: list[dict[str, int]] = []
        self.pictures: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.text: list[str] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside.append(tag)
        self.ids |= {given["id"]} if "id" in given else set()
        if tag == "html":
            self.language = given["lang"]
        elif tag in {"h1", "h2", "h3"}:
            self.headings.append(int(tag[1]))
        elif tag == "table":
            self.tables.append({"caption": 0, "col": 0, "row": 0, "tr": 0})
        elif tag in {"caption", "tr"}:
            self.tables[-1][tag] += 1
        elif tag == "th":
            self.tables[-1][given["scope"]] += 1
        elif tag == "img":
            self.pictures.append(given["alt"])
        elif tag == "a":
            self.links.add(given["href"].removeprefix("#"))
        assert tag != "script"

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self._inside[-1:]):
            self.text.append(data)


def page(language: str = "en", **changes: object) -> str:
    verdict = a_verdict(**changes)
    return as_html(verdict, wording_in(language, verdict))


@cache  # two pictures are drawn for each
def good_page() -> str:
    return page()


@cache
def bad_page(language: str) -> str:
    bad = a_bad_verdict()
    return as_html(bad, wording_in(language, bad))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_its_language_and_every_table_and_picture_says_what_it_is(language: str) -> None:
    read = Reading(bad_page(language))
    assert read.language == language
    assert read.headings[0] == 1
    assert set(read.headings[1:]) == {2}
    assert read.links <= read.ids
    for table in read.tables:
        assert table["caption"] == 1
        assert table["row"] == table["tr"] - 1, "each row is named by its first cell"
        assert table["col"] >= 2
    assert len(read.pictures) == 2
    assert all(len(alt) > 40 for alt in read.pictures)
    assert "{" not in "".join(read.text)


def test_what_a_picture_shows_stands_in_its_words() -> None:
    seats, weeks = Reading(good_page()).pictures
    assert "dialogue-1: 2 of 4, waiting 0; dialogue-2: 2 of 2, waiting 1" in seats
    assert "The busiest week begins on Mon 11 Mar 2019: 4 messages." in weeks


def test_prompts_moved_and_left_out_are_told_with_reasons_and_where_in_words() -> None:
    text = page("fi")
    row = '<th scope="row">{}</th><td class="number">1</td><td>dialogue-1: 1</td>'
    assert row.format("aatto, seuraavana päivänä on pitkäperjantai (19.4.)") in text
    assert row.format("toinen kysymys tuli samalla viikolla") in text
    assert row.format("muu syy (a_new_reason)") in text


def test_sessions_that_the_same_people_sit_in_at_the_same_hour_are_told() -> None:
    text = good_page()
    assert "Times that a participant has two sessions at the same hour: 2." in text
    assert (
        '<th scope="row">Tue 12 Mar 2019</th><td>dialogue-1, session 1</td><td>dialogue-2, session 1</td>'
        '<td class="number">2</td>'
    ) in text
    assert "No participant has two sessions at the same hour." in page(seats=[])


def test_what_slack_refused_is_told_and_whose_act_it_was() -> None:
    text = bad_page("fi")
    assert "<td>invalid_blocks</td>" in text
    assert "Aino Aalto (UR00000): Ilmoittautui" in text
    assert "Slack took everything." in good_page()


def test_faults_of_the_plan_stand_before_any_figure() -> None:
    text = bad_page("en")
    assert text.index("To mend in the plan</h2>") < text.index("Seats and queues</h2>")
    assert "Session 3 of dialogue-1" in text
    assert "To mend in the plan" not in good_page()


def test_words_of_the_plan_are_escaped() -> None:
    sharp = {"fi": "<b>Terävä</b>", "sv": "<b>Skarp</b>"}
    text = page("fi", plan=a_plan(an_offering("dialogue-1", sessions=SESSIONS, title=sharp), title=sharp))
    assert "<b>" not in text
    assert "&lt;b&gt;Terävä" in text


def test_the_json_has_the_same_codes_in_every_language_and_words_beside_them() -> None:
    def without_words(value: object) -> object:
        if isinstance(value, dict):
            return {k: without_words(v) for k, v in value.items() if k not in {"words", "language"}}
        return [without_words(each) for each in value] if isinstance(value, list) else value

    bad = a_bad_verdict()
    finnish, swedish = (json.loads(json.dumps(as_json(bad, wording_in(each, bad)))) for each in ("fi", "sv"))
    assert without_words(finnish) == without_words(swedish)
    assert finnish["words"] != swedish["words"]
    (fault,) = [each for each in finnish["plan"] if each["is_fault"]]
    assert (fault["code"], fault["on"], fault["holiday"]) == (
        "session_on_holiday",
        "2019-06-21",
        {"on": "2019-06-21"},
    )
    assert finnish["promises_broken"].keys() == {
        "quiet_time", "weekly_cap", "once", "arrives", "no_empty_seat", "told_last", "taken"
    }  # fmt: skip
    assert {"promise", "code", "at", "who", "words"} <= finnish["broken"][0].keys()
    assert [each["why"] for each in finnish["prompts"]["moved"]] == ["eve"]


def test_a_report_replaces_an_older_one_whole(tmp_path: Path) -> None:
    verdict = a_verdict()
    for language in ("fi", "sv"):
        write_report(verdict, tmp_path / "out", wording_in(language, verdict))
    assert written(tmp_path / "out") == {"report.html", "report.json"}
    assert '<html lang="sv">' in (tmp_path / "out/report.html").read_text()
    assert json.loads((tmp_path / "out/report.json").read_text())["language"] == "sv"


def test_a_report_that_fails_half_way_leaves_the_older_one_as_it_was(tmp_path: Path) -> None:
    verdict = a_verdict()
    write_report(verdict, tmp_path, wording_in("fi", verdict))
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    (tmp_path / ".report.json.part").mkdir()  # so that the second file can't be written
    with pytest.raises(OSError, match="directory"):
        write_report(verdict, tmp_path, wording_in("sv", verdict))
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.is_file()} == before


def test_a_comparison_is_told_in_sentences_and_in_tables() -> None:
    verdict, old_plan = a_verdict(), a_plan(an_offering("dialogue-1", sessions=SESSIONS, capacity=3))
    old_year = a_year(old_plan)
    old = a_verdict(plan=old_plan, seats=old_year.seats[:1])
    found = differences(old_plan, old, a_year().plan, verdict)
    compared = Compared("old.yml", old, found)
    text = as_html(verdict, wording_in("fi", verdict), compared)
    assert "Mikä muuttuu suunnitelmasta old.yml</h2>" in text
    assert "<li>dialogue-1: paikan saa 1 ihminen enemmän (1 → 2).</li>" in text
    assert "<li>dialogue-2 on uusi. Siinä paikan saa 2.</li>" in text
    assert '<th scope="row">dialogue-1</th><td class="number">3 → 4</td><td class="number">1 → 2</td>' in text
    assert '<th scope="row">dialogue-2</th><td class="number">– → 2</td>' in text
    (seated,) = [
        each
        for each in as_json(verdict, wording_in("fi", verdict), compared)["differences"]
        if each["code"] == "seated_more"
    ]
    assert (seated["offering"], seated["was"], seated["now"]) == ("dialogue-1", 1, 2)
