"""Calendar links go out under an address that is whole and safe, or not at all."""

import pytest

from bot.config import ConfigError, Settings


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "12345678")
    monkeypatch.delenv("KAIKU_PUBLIC_URL", raising=False)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("https://kaiku.example", "https://kaiku.example"),
        ("https://kaiku.example/", "https://kaiku.example"),
        ("https://intra.example:8443/kaiku/", "https://intra.example:8443/kaiku"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("", None),
    ],
)
def test_a_sound_address_is_kept(monkeypatch: pytest.MonkeyPatch, raw: str, kept: str | None) -> None:
    monkeypatch.setenv("KAIKU_PUBLIC_URL", raw)
    assert Settings.read().public_url == kept


def test_it_may_be_left_out() -> None:
    assert Settings.read().public_url is None


@pytest.mark.parametrize(
    "raw",
    [
        "kaiku.example",
        "http://kaiku.example",
        "http://127.0.0.1.evil.example",
        "ftp://kaiku.example",
        "https://",
        "https://user:secret@kaiku.example",
        "https://kaiku.example/?x=1",
        "https://kaiku.example:port",
        "https://[kaiku",
        "https://kaiku.example/a b",
        "https://kaiku.example/`",
    ],
)
def test_any_other_is_named_as_the_setting_that_is_wrong(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("KAIKU_PUBLIC_URL", raw)
    with pytest.raises(ConfigError) as error:
        Settings.read()
    assert list(map(str, error.value.problems)) == [
        "KAIKU_PUBLIC_URL must be an https address (http only on this machine)."
    ]
