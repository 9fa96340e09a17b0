"""Journey 6: an event is announced in channels, people join from there, and the posts stay true."""

from datetime import date, time
from typing import Any

import pytest

from sandbox import NotThereError, text_of
from sandbox.workspace import Fault
from tests.support.announcing import (
    CODE,
    FINNISH,
    SENTENCE,
    SWEDISH,
    announce,
    expect_refusals,
    fill_in,
    follow,
    join_from,
    post_text,
    posts_in,
    stored_posts,
)
from tests.support.joining import kaiku_answer
from tests.support.running import Running
from tests.support.shipped_plan import SHIPPED, apply, with_offering
from tests.support.time_passing import at, helsinki

HOSTILE = (
    "*lihava* _kursiivi_ <!channel> <@UAINO> <https://paha.example|a> :tada: `koodi` &amp; \u202eabc שלום"
)


async def test_it_is_posted_where_it_was_chosen_the_channels_language_first(kaiku: Running) -> None:
    await announce(kaiku)
    finnish, swedish = post_text(kaiku, FINNISH), post_text(kaiku, SWEDISH)
    assert finnish.index("Ennakointi ajattelutapana") < finnish.index("Framsyn som tankesätt")
    assert swedish.index("Framsyn som tankesätt") < swedish.index("Ennakointi ajattelutapana")
    for text in (finnish, swedish):
        assert "Tervetuloa mukaan!" in text
        assert "Välkommen med!" in text
        assert "28.5.2019 9.00–12.00" in text
        assert "60/60" in text
        assert "<@UFASI>" in text
    assert "ti/tis 28.5.2019" in finnish
    assert posts_in(kaiku, "CYLEINEN") == [], "nobody chose it"


async def test_what_is_the_same_in_both_languages_stands_once(kaiku: Running) -> None:
    await announce(kaiku)
    text = post_text(kaiku, FINNISH)
    for once in ("28.5.2019", "60/60", "17.5.2019", "<@UFASI>"):
        assert text.count(once) == 1, once


async def test_the_plain_text_says_all_that_the_blocks_say(kaiku: Running) -> None:
    await announce(kaiku)
    (post,) = posts_in(kaiku, FINNISH)
    for said in (
        "Ennakointi",
        "Framsyn",
        "Tervetuloa",
        "Välkommen",
        "28.5.2019",
        "Säätytalo",
        "60/60",
        "UFASI",
    ):
        assert said in post["text"]


async def test_the_preview_says_where_when_and_about_how_many_read_there_and_looks_as_it_will(
    kaiku: Running,
) -> None:
    facilitator = await fill_in(kaiku)
    text = text_of(facilitator.modal)
    assert "<#CENNAKOINTI>: noin 15 jäsentä." in text
    assert "heti, kun vahvistat" in text
    assert text.count("60/60") == 2, "once as it looks in each language"
    await facilitator.click("preview.0")
    assert posts_in(kaiku, FINNISH) == [], "nothing is posted before it is confirmed"
    assert len(facilitator.modals) == 1, "a button in the preview does nothing"


async def test_the_draft_can_be_changed_from_the_preview_and_keeps_what_was_typed(kaiku: Running) -> None:
    facilitator = await fill_in(kaiku)
    await facilitator.click("announcement.new")
    await facilitator.submit(sentence_fi="Toinen sana")
    await facilitator.submit()
    await follow(kaiku)
    assert "Toinen sana" in post_text(kaiku, FINNISH)
    assert "Välkommen med!" in post_text(kaiku, FINNISH)


async def test_a_channel_that_kaiku_was_not_invited_to_is_refused_with_how_to_invite(kaiku: Running) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku tiedota {CODE}")
    outcome = await facilitator.submit(channels_fi=["CDIALOGI", FINNISH], **SENTENCE)
    assert outcome.errors is not None
    assert "#dialogi" in outcome.errors["channels_fi"]
    assert "/invite @Kaiku" in outcome.errors["channels_fi"]


async def test_an_archived_channel_can_not_be_chosen(kaiku: Running) -> None:
    kaiku.server.workspace.channel(FINNISH)["is_archived"] = True
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku tiedota {CODE}")
    outcome = await facilitator.submit(channels_fi=[FINNISH], **SENTENCE)
    assert outcome.errors is not None
    assert "arkistoitu" in outcome.errors["channels_fi"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"sentence_sv": "   "}, "sentence_sv"),
        ({"channels_fi": [], "channels_sv": []}, "channels_fi"),
        ({"channels_sv": [FINNISH]}, "channels_sv"),
        ({"on_day": date(2019, 2, 8)}, "on_day"),
        ({"on_day": date(9999, 12, 31)}, "on_day"),
        ({"at_time": time(12)}, "on_day"),
    ],
)
async def test_what_is_missing_or_wrong_is_said_at_its_field(
    kaiku: Running, fields: dict[str, Any], field: str
) -> None:
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku tiedota {CODE}")
    outcome = await facilitator.submit({"channels_fi": [FINNISH], **SENTENCE, **fields})
    assert outcome.errors is not None
    assert set(outcome.errors) == {field}


async def test_it_is_posted_at_its_time_and_not_before(kaiku: Running) -> None:
    await announce(kaiku, on_day=date(2019, 2, 13), at_time=time(12))
    assert posts_in(kaiku, FINNISH) == []
    await at(kaiku, helsinki(2019, 2, 13, 11, 59))
    assert posts_in(kaiku, FINNISH) == []
    await at(kaiku, helsinki(2019, 2, 13, 12))
    assert len(posts_in(kaiku, FINNISH)) == 1


async def test_what_is_no_longer_true_at_its_time_is_not_posted_and_its_author_hears_of_it(
    kaiku: Running,
) -> None:
    facilitator = await announce(kaiku, on_day=date(2019, 2, 13), at_time=time(12))
    await apply(kaiku, with_offering(SHIPPED, CODE, cancelled=True))
    await at(kaiku, helsinki(2019, 2, 13, 12))
    assert posts_in(kaiku, FINNISH) == []
    assert "oli ehtinyt vanhentua" in facilitator.direct_messages[-1]["text"]


async def test_the_same_is_never_announced_twice_in_one_channel(kaiku: Running) -> None:
    await announce(kaiku)
    facilitator = kaiku.visitor("UFASI")
    await facilitator.command(f"/kaiku tiedota {CODE}")
    outcome = await facilitator.submit(channels_fi=[FINNISH], **SENTENCE)
    assert outcome.errors is not None
    assert "#ennakointi on jo tiedote" in outcome.errors["channels_fi"]


async def test_confirming_twice_posts_once(kaiku: Running) -> None:
    facilitator = await fill_in(kaiku)
    preview = facilitator.modal
    await facilitator.submit()
    await kaiku.app.store.run(_publish_again, int(preview["private_metadata"]), kaiku)
    await follow(kaiku)
    assert len(posts_in(kaiku, FINNISH)) == 1


def _publish_again(tx: Any, draft_id: int, kaiku: Running) -> None:
    from bot.services.announcements.publish import Actor, publish
    from bot.services.deliveries.recipients import find_person

    person = find_person(tx, "UFASI", kaiku.app.kaiku.defaults)
    assert person is not None
    publish(tx, Actor(person, frozenset()), draft_id, kaiku.clock.now())


async def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(kaiku: Running) -> None:
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1, "http_500_after"))
    await announce(kaiku)
    await at(kaiku, helsinki(2019, 2, 11, 12))
    assert len(posts_in(kaiku, FINNISH)) == 1
    assert len(posts_in(kaiku, SWEDISH)) == 1
    assert {post.state for post in stored_posts(kaiku)} == {"standing"}
    expect_refusals(kaiku)


# -- the facilitator's own ----------------------------------------------------------------------------------


async def test_where_it_stands_and_how_many_clicked_and_joined_by_channel(kaiku: Running) -> None:
    facilitator = await announce(kaiku)
    await join_from(kaiku, "UAINO", FINNISH)
    marja = kaiku.visitor("UMARJA")
    await marja.click("announcement.details_open", on=posts_in(kaiku, SWEDISH)[0])
    await facilitator.command("/kaiku tiedota")
    text = text_of(facilitator.modal)
    clicks = "Napsautuksia: Ilmoittaudu {}, Lue lisää {}. Ilmoittautuneita tästä: {}."
    assert f"<#CENNAKOINTI>, kutsu: julkaistu. {clicks.format(1, 0, 1)}" in text
    assert f"<#CSVENSKA>, kutsu: julkaistu. {clicks.format(0, 1, 0)}" in text


async def test_the_sentence_can_be_changed_everywhere(kaiku: Running) -> None:
    facilitator = await announce(kaiku)
    await facilitator.command("/kaiku tiedota")
    await facilitator.click("announcement.edit")
    await facilitator.submit(sentence_fi="Paikkoja on vielä!")
    await follow(kaiku)
    for channel in (FINNISH, SWEDISH):
        assert "Paikkoja on vielä!" in post_text(kaiku, channel)
        assert "Tervetuloa" not in post_text(kaiku, channel)


async def test_it_can_be_withdrawn_everywhere_and_says_so(kaiku: Running) -> None:
    facilitator = await announce(kaiku)
    await facilitator.command("/kaiku tiedota")
    await facilitator.click("announcement.withdraw")
    assert "Ilmoittautumiset jäävät voimaan" in text_of(facilitator.modal)
    await facilitator.submit()
    await follow(kaiku)
    for channel in (FINNISH, SWEDISH):
        text = post_text(kaiku, channel)
        assert "on poistettu" in text
        assert "Tervetuloa" not in text
        assert not any(block["type"] == "actions" for block in posts_in(kaiku, channel)[0]["blocks"])


async def test_one_withdrawn_before_its_time_is_never_posted_and_may_be_announced_anew(
    kaiku: Running,
) -> None:
    facilitator = await announce(kaiku, on_day=date(2019, 2, 13), at_time=time(12))
    await facilitator.command("/kaiku tiedota")
    await facilitator.click("announcement.withdraw")
    await facilitator.submit()
    await at(kaiku, helsinki(2019, 2, 13, 12))
    assert posts_in(kaiku, FINNISH) == []
    await facilitator.close(clear=True)
    await announce(kaiku)
    assert len(posts_in(kaiku, FINNISH)) == 1


# -- whose it is --------------------------------------------------------------------------------------------


async def test_a_coordinator_announces_any_offering(kaiku: Running) -> None:
    await announce(kaiku, who="UKOORD")
    assert len(posts_in(kaiku, FINNISH)) == 1


@pytest.mark.parametrize("argument", ["", CODE, "digest"])
async def test_who_leads_nothing_is_refused_and_it_is_logged(
    kaiku: Running, caplog: pytest.LogCaptureFixture, argument: str
) -> None:
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku tiedota {argument}")
    assert "vetäjät ja koordinaattorit" in kaiku_answer(kaiku, aino)["text"]
    with pytest.raises(NotThereError):
        _ = aino.modal
    assert any(
        "UAINO" in record.getMessage() and "refused" in record.getMessage() for record in caplog.records
    )


@pytest.mark.parametrize("metadata", ["1", "2", "999999", "x", "-1", "1;drop", "٣"])
@pytest.mark.parametrize("form", ["publish_form", "withdraw_form", "sentence_form"])
async def test_a_forged_form_is_refused_and_nothing_is_posted(
    kaiku: Running, metadata: str, form: str
) -> None:
    facilitator = await fill_in(kaiku)  # announcement 1, a draft
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku liity {CODE}")
    aino.modal.update(
        callback_id=f"announcement.{form}", private_metadata=metadata, blocks=facilitator.modal["blocks"][:1]
    )
    fields = {name: {name: {"type": "plain_text_input", "value": "x"}} for name in SENTENCE}
    outcome = await kaiku.server.link.submit("UAINO", aino.modal["id"], fields)
    assert outcome.acked
    text = text_of(aino.modal)
    assert "tiedotetta ei enää ole" in text or "vetäjät ja koordinaattorit" in text
    await follow(kaiku)
    assert posts_in(kaiku, FINNISH) == []


@pytest.mark.parametrize("value", ["", ":", "x:foresight-1", "1:", "999:foresight-1", "1:no-such-code"])
async def test_a_forged_click_is_answered_and_counts_nothing(kaiku: Running, value: str) -> None:
    facilitator = await announce(kaiku)
    aino, post = kaiku.visitor("UAINO"), posts_in(kaiku, FINNISH)[0]
    element = {
        "type": "button",
        "action_id": "announcement.details_open",
        "text": {"type": "plain_text", "text": "x"},
    }
    container = {"type": "message", "channel": FINNISH, "ts": post["ts"]}
    outcome = await kaiku.server.link.act(
        "UAINO", container, "b0", "announcement.details_open", seen=element | {"value": value}
    )
    assert outcome.acked
    assert aino.modals
    assert "viitenumero" not in text_of(aino.modal)
    await facilitator.command("/kaiku tiedota")
    assert "Ilmoittautuneita tästä: 0" in text_of(facilitator.modal)


async def test_hostile_text_stays_text(kaiku: Running) -> None:
    long = (HOSTILE * 40)[:3000]
    facilitator = await fill_in(kaiku, sentence_fi=long, sentence_sv=HOSTILE)
    assert (await facilitator.submit()).error is None
    await follow(kaiku)
    (post,) = posts_in(kaiku, FINNISH)
    typed = [
        b["text"] for b in post["blocks"] if b["type"] == "section" and b["text"]["type"] == "plain_text"
    ]
    turns_text_round = "\u202e"  # what shows nothing and turns the text round is taken out
    assert [each["text"] for each in typed] == [
        each.replace(turns_text_round, "").strip() for each in (long, HOSTILE)
    ]
    assert all(each["emoji"] is False for each in typed)
    shown = [
        b["text"]["text"] for b in post["blocks"] if b["type"] == "section" and b["text"]["type"] == "mrkdwn"
    ]
    assert not any("<!channel>" in text or "paha.example" in text for text in shown)
    assert "<!channel>" not in post["text"]
    assert "<@UAINO>" not in post["text"]
    assert "<https://paha" not in post["text"]
