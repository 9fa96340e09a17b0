"""Settings: slips are pointed out, secrets may come from files, ids must look like ids."""

from pathlib import Path

import pytest

from bot.config import ConfigError, DatabaseSettings, Settings

GOOD = {"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_SIGNING_SECRET": "a-long-secret"}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith(("KAIKU_", "SLACK_")):
            monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def problems() -> list[str]:
    try:
        Settings.read()
    except ConfigError as error:
        return [str(each) for each in error.problems]
    return []


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("KAIKU_CORDINATORS", "KAIKU_COORDINATORS"),
        ("KAIKU_DATABSE_URL", "KAIKU_DATABASE_URL"),
        ("KAIKU_PUBLICURL", "KAIKU_PUBLIC_URL"),
        ("SLACK_BOT_TOKENS", "SLACK_BOT_TOKEN"),
        ("KAIKU_SECRETKEY_FILE", "KAIKU_SECRET_KEY_FILE"),
    ],
)
def test_a_misspelt_setting_is_pointed_out(monkeypatch: pytest.MonkeyPatch, slip: str, meant: str) -> None:
    monkeypatch.setenv(slip, "x")
    assert problems() == [f"{slip} is no setting of Kaiku. Did you mean {meant}?"]
    with pytest.raises(ConfigError, match=meant):
        DatabaseSettings.read()  # the database of a misspelt setting would be another one


@pytest.mark.parametrize("name", ["KAIKU_TEST_POSTGRES", "SLACK_WEBHOOK_URL", "KAIKU_COFFEE"])
def test_what_is_no_slip_is_left_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    assert problems() == []


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("xoxb-from-a-file\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(file))
    assert problems() == ["SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set. Keep one of them."]
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    assert Settings.read().bot_token == "xoxb-from-a-file"
    file.unlink()
    (missing,) = [each for each in problems() if "_FILE" in each]
    assert missing == "SLACK_BOT_TOKEN_FILE names a file that can't be read: No such file or directory."


@pytest.mark.parametrize("ids", ["matti", "U012AB3CD,@fanni", "u012ab3cd"])
def test_a_coordinator_who_is_no_user_id_is_refused(monkeypatch: pytest.MonkeyPatch, ids: str) -> None:
    monkeypatch.setenv("KAIKU_COORDINATORS", ids)
    (problem,) = problems()
    assert problem.startswith("KAIKU_COORDINATORS must hold Slack user ids")


def test_a_refresh_token_needs_what_renews_and_what_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_REFRESH_TOKEN", "xoxe-1-abc")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.1")
    [problem] = problems()
    assert problem.startswith("SLACK_REFRESH_TOKEN needs SLACK_CLIENT_SECRET, KAIKU_SECRET_KEY")
    monkeypatch.setenv("SLACK_REFRESH_TOKEN", "xoxb-1-abc")
    assert problems() == ["SLACK_REFRESH_TOKEN must be a refresh token: it starts with xoxe-"]
