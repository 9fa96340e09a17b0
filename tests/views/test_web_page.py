"""The frame of the pages that Kaiku serves."""

import base64
import hashlib
import re

import pytest

from bot.i18n import words_for
from bot.views import download_page, my_data_file, privacy_page
from bot.views.completion import page as certificate_page
from bot.views.web_page import WebPage, language_links

PAGES = {
    "download": download_page.PAGE,
    "privacy": privacy_page.PAGE,
    "certificate": certificate_page.PAGE,
    "my data": my_data_file.PAGE,
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_policy_of_a_page_lets_in_its_own_style_and_nothing_else(page: WebPage) -> None:
    (style,) = re.findall("<style>(.*?)</style>", page.html("fi", "Otsikko", ["<p>Moi</p>"]), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = dict(each.strip().split(" ", 1) for each in page.policy.split(";"))
    assert policy["style-src"] == f"'sha256-{digest}'"
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"


def test_only_a_page_with_buttons_may_send_a_form() -> None:
    may_send = {name for name, page in PAGES.items() if "form-action 'self'" in page.policy}
    assert may_send == {"download"}


def test_a_heading_is_escaped() -> None:
    assert "<h1>&lt;b&gt; &amp; co</h1>" in WebPage().html("fi", "<b> & co", [])


def test_the_language_that_is_shown_is_named_and_is_no_link() -> None:
    links = language_links(words_for("sv", "Europe/Helsinki"))
    assert '<span aria-current="page">På svenska</span>' in links
    assert 'href="?lang=sv"' not in links
    assert 'href="?lang=fi"' in links
