"""/privacy: the whole notice for everybody, in the language they read, with nothing that runs."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from bot.domain.language import LANGUAGES, accepted_language
from bot.domain.privacy import PLACEHOLDER, finished
from bot.i18n import words_for
from bot.services.privacy.notice_file import read_notice
from bot.views.privacy_page import privacy_page
from tests.support.feeds import fetch
from tests.support.notices import notice_of, shipped, texts
from tests.support.running import Running


class Elements(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everything_in_the_file_stands_on_the_page(kaiku: Running, language: str) -> None:
    page = await fetch(kaiku, f"/privacy?lang={language}")
    assert page.status == 200
    assert page.headers["Content-Language"] == language
    shown = Elements(page.text)
    assert ("html", {"lang": language}) in shown.tags
    notice = read_notice()
    said = [*notice.rights, *notice.recipients, *notice.sources, notice.complaint]
    said += [text for each in notice.purposes for text in (each.name, each.what, each.basis)]
    said += [text for each in notice.processors for text in (each.name, each.what, each.transfers)]
    said += [text for each in notice.retention for text in (each.what, each.period)]
    said += [notice.controller.name, notice.contact.name, notice.officer.name, notice.supervisor.name]
    for text in said:
        assert finished(text[language]) in shown.text
    assert PLACEHOLDER.search(page.text) is None, "what is missing is said in words"
    assert words_for(language, "UTC")("privacy.draft") in shown.text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("sv-FI,sv;q=0.9,en;q=0.5", "sv"),
        ("de, en;q=0.4, fi;q=0.7", "fi"),
        ("en-GB", "en"),
        ("de", "fi"),
        ("", "fi"),
        ("sv;q=0, en;q=0.1", "en"),
        ("sv;q=high, en;q=0.1", "en"),
        ("*", "fi"),
    ],
)
async def test_without_a_choice_the_browsers_languages_decide(
    kaiku: Running, header: str, language: str
) -> None:
    assert accepted_language(header, "fi") == language
    page = await fetch(kaiku, "/privacy", Accept_Language=header)
    assert (page.headers["Content-Language"], page.headers["Vary"]) == (language, "Accept-Language")


async def test_an_unknown_language_is_as_good_as_none(kaiku: Running) -> None:
    page = await fetch(kaiku, "/privacy?lang=<script>", Accept_Language="sv")
    assert page.headers["Content-Language"] == "sv"
    assert "<script" not in page.text


async def test_the_page_runs_nothing_and_loads_nothing(kaiku: Running) -> None:
    page = await fetch(kaiku, "/privacy?lang=fi")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Server"] == "Kaiku"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    style = re.search(r"<style>(.*)</style>", page.content.decode(), re.DOTALL)
    assert style is not None
    assert base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode() in policy
    tags = Elements(page.text).tags
    assert not {tag for tag, _ in tags} & {"script", "img", "iframe", "link", "form", "object"}
    assert not [
        name for _, attributes in tags for name in attributes if name.startswith("on") or name == "style"
    ]


async def test_each_page_links_to_the_other_languages(kaiku: Running) -> None:
    tags = Elements((await fetch(kaiku, "/privacy?lang=sv")).text).tags
    links = {each["lang"]: each["href"] for tag, each in tags if tag == "a" and "hreflang" in each}
    assert links == {"fi": "?lang=fi", "en": "?lang=en"}


async def test_addresses_are_links(kaiku: Running) -> None:
    tags = Elements((await fetch(kaiku, "/privacy?lang=fi")).text).tags
    links = {each["href"] for tag, each in tags if tag == "a"}
    assert {"mailto:tietosuoja@om.fi", "https://tietosuoja.fi/"} <= links


async def test_the_page_takes_a_look_and_no_more(kaiku: Running) -> None:
    assert (await fetch(kaiku, "/privacy", method="HEAD")).status == 200
    assert (await fetch(kaiku, "/privacy", method="POST")).status == 405


def test_what_the_controller_wrote_is_never_markup() -> None:
    evil = "<b onclick=x>&\"'"
    content = shipped()
    content["controller"]["name"] = content["recipients"][0] = content["complaint"]["how"] = texts(evil)
    shown = Elements(privacy_page(notice_of(content), words_for("fi", "UTC")))
    assert shown.text.count(evil) == 3
    assert "b" not in {tag for tag, _ in shown.tags}
