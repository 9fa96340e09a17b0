"""Journey 6: an event is announced in channels, people join from there, and the posts stay true."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from bot.domain.plan import Plan, PlannedOffering, Reading
from sandbox import NotThereError, text_of
from sandbox.workspace import BOT_USER, Fault
from tests.announcing import (
    CODE,
    FINNISH,
    SENTENCE,
    SWEDISH,
    announce,
    fill_in,
    follow,
    join_from,
    owed,
    post_text,
    posts_in,
    stored_posts,
)
from tests.handlers.test_deliveries import SHIPPED, apply, at, helsinki, with_session
from tests.handlers.test_enrolment import join, kaiku_answer
from tests.running import Running

HOSTILE = (
    "*lihava* _kursiivi_ <!channel> <@UAINO> <https://paha.example|a> :tada: `koodi` &amp; \u202eabc שלום"
)


def with_offering(plan: Plan, code: str, **changes: Any) -> Plan:
    """The plan with one offering changed."""

    def offering(each: PlannedOffering) -> PlannedOffering:
        return replace(each, **changes) if each.code == code else each

    strands = tuple(replace(s, offerings=tuple(offering(o) for o in s.offerings)) for s in plan.strands)
    return replace(plan, strands=strands)


def expect_refusals(kaiku: Running) -> None:
    """What Slack refused in this test was the point of it."""
    kaiku.server.workspace.log.clear()


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
    assert "<#CENNAKOINTI>: noin 15 lukijaa." in text
    assert "heti, kun vahvistat" in text
    assert text.count("60/60") == 2, "once as it looks in each language"
    await facilitator.click("announcement.preview_0")
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
    assert "ei enää pitänyt paikkaansa" in facilitator.direct_messages[-1]["text"]


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
    from bot.services.announcements import Leader, publish
    from bot.services.people import find_person

    person = find_person(tx, "UFASI", kaiku.app.kaiku.defaults)
    assert person is not None
    publish(tx, Leader(person, frozenset()), draft_id, kaiku.clock.now())


async def test_a_post_whose_answer_was_lost_is_found_and_not_posted_again(kaiku: Running) -> None:
    kaiku.server.workspace.faults.append(Fault("chat.postMessage", 1, "http_500_after"))
    await announce(kaiku)
    await at(kaiku, helsinki(2019, 2, 11, 12))
    assert len(posts_in(kaiku, FINNISH)) == 1
    assert len(posts_in(kaiku, SWEDISH)) == 1
    assert {post.state for post in stored_posts(kaiku)} == {"standing"}
    expect_refusals(kaiku)


# -- joining from the post --------------------------------------------------------------------------------


async def test_a_first_timer_joins_from_the_post_and_only_they_see_the_answer(kaiku: Running) -> None:
    await announce(kaiku)
    answer = await join_from(kaiku, "UAINO", FINNISH)
    assert "Sinulla on paikka." in text_of(answer)
    assert len(kaiku.visitor("UOLLI").messages(FINNISH)) == 1, "nobody else sees anything but the post"


async def test_somebody_who_is_known_is_asked_nothing(kaiku: Running) -> None:
    await join(kaiku.visitor("UAINO"), "dialogue-2")
    await kaiku.visitor("UAINO").close(clear=True)
    await announce(kaiku)
    aino = kaiku.visitor("UAINO")
    await aino.click("announcement.join", on=posts_in(kaiku, FINNISH)[0])
    assert not any(block["type"] == "input" for block in aino.modal["blocks"])
    await aino.submit()
    assert "Sinulla on paikka." in text_of(aino.modal)


async def test_a_guest_is_told_why_they_may_not_join_from_the_post(kaiku: Running) -> None:
    await announce(kaiku)
    guest = kaiku.visitor("UVIERAS")
    await guest.click("announcement.join", on=posts_in(kaiku, FINNISH)[0])
    assert "Vierastilillä tai toisen organisaation tilillä ei voi ilmoittautua" in text_of(guest.modal)


async def test_somebody_of_another_workspace_is_told_why_they_may_not_join(kaiku: Running) -> None:
    await announce(kaiku)
    kaiku.server.workspace.person("UPEKKA")["team_id"] = "TELSEWHERE"
    pekka = kaiku.visitor("UPEKKA")
    await pekka.click("announcement.join", on=posts_in(kaiku, FINNISH)[0])
    assert "toisen organisaation tilillä ei voi ilmoittautua" in text_of(pekka.modal)


async def test_details_are_in_the_readers_language_with_themes_reading_and_questions(kaiku: Running) -> None:
    await announce(kaiku)
    elsa = kaiku.visitor("UELSA")
    await elsa.click("announcement.details_open", on=posts_in(kaiku, FINNISH)[0])
    text = text_of(elsa.modal)
    assert "Prognos, framsyn och vision" in text
    assert "Att fundera på i förväg" in text
    assert "Läs i förväg" in text
    assert "Ennuste" not in text
    await elsa.click("announcement.join")
    assert "Ämbetsverk" in text_of(elsa.modal)


async def test_the_calendar_file_comes_with_a_seat(kaiku: Running) -> None:
    kaiku.app.public_url = "https://kaiku.example"
    await announce(kaiku)
    aino, post = kaiku.visitor("UAINO"), posts_in(kaiku, FINNISH)[0]
    await aino.click("announcement.calendar", on=post)
    assert "kun sinulla on paikka" in text_of(aino.modal)
    await aino.close(clear=True)
    await join_from(kaiku, "UAINO", FINNISH)
    await aino.click("announcement.calendar", on=posts_in(kaiku, FINNISH)[0])
    assert "?offering=foresight-1|" in text_of(aino.modal)


async def test_the_join_link_is_never_in_a_post(kaiku: Running) -> None:
    await announce(kaiku, "dialogue-skype-1")
    (post,) = posts_in(kaiku, FINNISH)
    assert "Skype" in text_of(post)
    assert "https://" not in str(post)


# -- staying true -----------------------------------------------------------------------------------------


async def test_seats_follow_in_every_channel_until_it_is_full_and_when_one_is_freed(kaiku: Running) -> None:
    await apply(kaiku, with_offering(SHIPPED, CODE, capacity=2))
    await announce(kaiku)
    await join_from(kaiku, "UAINO", FINNISH)
    await follow(kaiku)
    assert "1/2" in post_text(kaiku, SWEDISH)
    await join_from(kaiku, "UMARJA", FINNISH, agency="tulli")
    await follow(kaiku)
    for channel in (FINNISH, SWEDISH):
        assert "Kaikki paikat on täytetty" in post_text(kaiku, channel)
        assert "Varasijalle" in post_text(kaiku, channel)

    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await follow(kaiku)
    for channel in (FINNISH, SWEDISH):
        assert "1/2" in post_text(kaiku, channel)
        assert "täytetty" not in post_text(kaiku, channel)


async def test_a_moved_session_shows_old_struck_through_and_new(kaiku: Running) -> None:
    await announce(kaiku)
    await apply(kaiku, with_session(SHIPPED, CODE, 1, on=date(2019, 6, 4)))
    await follow(kaiku)
    assert "siirretty / flyttad: ~ti/tis 28.5.2019 9.00–12.00~ → ti/tis 4.6.2019 9.00–12.00" in post_text(
        kaiku, FINNISH
    )
    assert "flyttad / siirretty" in post_text(kaiku, SWEDISH)


async def test_another_place_is_shown_as_old_and_new(kaiku: Running) -> None:
    await announce(kaiku)
    place = {"fi": "Paasitorni, Helsinki", "sv": "Paasitorni, Helsingfors"}
    await apply(kaiku, with_session(SHIPPED, CODE, 1, place=place))
    await follow(kaiku)
    text = post_text(kaiku, FINNISH)
    assert "uusi paikka / ny plats: ~Säätytalo" in text
    assert "→ Paasitorni, Helsinki / Paasitorni, Helsingfors" in text


async def test_a_cancelled_event_is_said_plainly_with_what_is_open_instead(kaiku: Running) -> None:
    await announce(kaiku)
    await apply(kaiku, with_offering(SHIPPED, CODE, cancelled=True))
    await follow(kaiku)
    for channel in (FINNISH, SWEDISH):
        text = post_text(kaiku, channel)
        assert "Peruttu." in text
        assert "Inställt." in text
        assert "Dialogi yhteiskehittämisessä" in text
        assert not kaiku.visitor("UAINO").has_button("announcement.details_open")
    aino = kaiku.visitor("UAINO")
    await aino.click("announcement.join", on=posts_in(kaiku, FINNISH)[0])
    assert "Ilmoittau" in text_of(aino.modal), "one of what is open instead"


async def test_what_is_open_instead_stays_true_too(kaiku: Running) -> None:
    await announce(kaiku)
    plan = with_offering(SHIPPED, CODE, cancelled=True)
    await apply(kaiku, plan)
    await follow(kaiku)
    assert "Dialogi yhteiskehittämisessä" in post_text(kaiku, FINNISH)
    for other in ("dialogue-1", "dialogue-2", "dialogue-3"):
        plan = with_offering(plan, other, cancelled=True)
    await apply(kaiku, plan)
    await follow(kaiku)
    assert "Dialogi yhteiskehittämisessä" not in post_text(kaiku, FINNISH)


async def test_an_event_that_left_the_plan_is_cancelled_in_its_posts(kaiku: Running) -> None:
    await announce(kaiku)
    strands = tuple(
        replace(s, offerings=tuple(o for o in s.offerings if o.code != CODE)) for s in SHIPPED.strands
    )
    await apply(kaiku, replace(SHIPPED, strands=strands))
    await follow(kaiku)
    assert "Peruttu." in post_text(kaiku, FINNISH)


async def test_sign_up_closes_and_the_event_is_over_without_anybody_doing_anything(kaiku: Running) -> None:
    slides = Reading({"fi": "Kalvot", "sv": "Bilderna"}, "https://kaiku.example/kalvot")
    details = replace(next(o for o in SHIPPED.offerings if o.code == CODE).details, materials=(slides,))
    await apply(kaiku, with_offering(SHIPPED, CODE, details=details))
    await announce(kaiku)
    await at(kaiku, helsinki(2019, 5, 17, 23, 59))
    assert "päättynyt" not in post_text(kaiku, FINNISH)
    await at(kaiku, helsinki(2019, 5, 18, 0, 0))
    assert "Ilmoittautuminen on päättynyt" in post_text(kaiku, FINNISH)
    assert not kaiku.visitor("UAINO").has_button("announcement.join")
    await at(kaiku, helsinki(2019, 5, 28, 12, 0))
    for channel in (FINNISH, SWEDISH):
        text = post_text(kaiku, channel)
        assert "Kiitos kaikille mukana olleille" in text
        assert "<https://kaiku.example/kalvot|" in text
        assert not any(block["type"] == "actions" for block in posts_in(kaiku, channel)[0]["blocks"])


async def test_before_sign_up_opens_there_is_no_join_and_then_there_is(kaiku: Running) -> None:
    await announce(kaiku, "foresight-2")
    assert "Ilmoittautuminen alkaa pe 1.3.2019" in post_text(kaiku, FINNISH)
    assert not kaiku.visitor("UAINO").has_button("announcement.join")
    await at(kaiku, helsinki(2019, 3, 1, 0, 0))
    assert "alkaa" not in post_text(kaiku, FINNISH)
    assert kaiku.visitor("UAINO").has_button("announcement.join")


async def test_what_changed_while_it_was_being_posted_is_mended(kaiku: Running) -> None:
    facilitator = await fill_in(kaiku)
    await facilitator.submit()
    real = kaiku.app.slack.post_message

    async def post_slowly(*args: Any) -> Any:
        sent = await real(*args)
        await apply(kaiku, with_session(SHIPPED, CODE, 1, on=date(2019, 6, 4)))
        return sent

    kaiku.app.slack.post_message = post_slowly  # type: ignore[method-assign]
    await follow(kaiku)
    await follow(kaiku)
    assert "4.6.2019" in post_text(kaiku, FINNISH)


async def test_an_edit_whose_answer_was_lost_is_made_again_though_nothing_changed_since(
    kaiku: Running,
) -> None:
    await announce(kaiku)
    kaiku.server.workspace.faults.append(Fault("chat.update", 2, "http_500_after"))
    await join_from(kaiku, "UAINO", FINNISH)
    await follow(kaiku)  # arrives, unheard of
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()  # as before: what was known to stand says this too
    await follow(kaiku)
    kaiku.clock.advance(minutes=1)
    await follow(kaiku)
    assert "60/60" in post_text(kaiku, FINNISH)
    assert "60/60" in post_text(kaiku, SWEDISH)
    expect_refusals(kaiku)


async def test_an_edit_that_would_change_nothing_is_not_sent(kaiku: Running) -> None:
    await announce(kaiku)
    before = _calls(kaiku, "chat.update")
    await join_from(kaiku, "UAINO", FINNISH)
    aino = kaiku.visitor("UAINO")
    await aino.command(f"/kaiku peru {CODE}")
    await aino.submit()
    await follow(kaiku)
    edits = [d for d in owed(kaiku, "post_edit") if ":" not in d.occurrence]
    assert {d.reason for d in edits} == {"stands_already"}
    assert _calls(kaiku, "chat.update") - before <= 1, "the confirmation's own edit at most"


def _calls(kaiku: Running, method: str) -> int:
    return sum(entry["what"] == method for entry in kaiku.server.workspace.log)


async def test_a_post_that_somebody_deleted_is_told_once_and_left_alone(kaiku: Running) -> None:
    facilitator = await announce(kaiku)
    messages = kaiku.server.workspace.data["messages"][FINNISH]
    messages.remove(posts_in(kaiku, FINNISH)[0])
    for person in ("UAINO", "UMARJA"):
        await join_from(kaiku, person, SWEDISH)
        await follow(kaiku)
    told = [each["text"] for each in facilitator.direct_messages]
    assert sum("on poistettu kanavalta" in text for text in told) == 1
    assert posts_in(kaiku, FINNISH) == []
    assert "58/60" in post_text(kaiku, SWEDISH)
    assert _calls(kaiku, "chat.update") < 10
    states = {post.channel: post.state for post in stored_posts(kaiku)}
    assert states == {FINNISH: "gone", SWEDISH: "standing"}
    expect_refusals(kaiku)


@pytest.mark.parametrize("closed", ["archived", "removed"])
async def test_a_channel_that_closed_is_told_once_and_followed_again_when_it_opens(
    kaiku: Running, closed: str
) -> None:
    facilitator = await announce(kaiku)
    channel = kaiku.server.workspace.channel(FINNISH)
    if closed == "archived":
        channel["is_archived"] = True
    else:
        channel["members"].remove(BOT_USER)
    for person in ("UAINO", "UMARJA"):
        await join_from(kaiku, person, SWEDISH)
        await follow(kaiku)
    told = [each["text"] for each in facilitator.direct_messages]
    assert sum("ei enää pääse päivittämään" in text for text in told) == 1

    channel["is_archived"] = False
    channel["members"] = [*{*channel["members"], BOT_USER}]
    await join_from(kaiku, "UOLLI", SWEDISH)
    await follow(kaiku)
    assert "57/60" in post_text(kaiku, FINNISH)
    expect_refusals(kaiku)


async def test_when_its_author_is_gone_the_facilitators_hear_of_it(kaiku: Running) -> None:
    await announce(kaiku, who="UKOORD")
    kaiku.server.workspace.change_person({"id": "UKOORD", "deleted": True})
    kaiku.server.link.person_changed("UKOORD")
    await kaiku.settle()
    kaiku.server.workspace.data["messages"][FINNISH].clear()
    await join_from(kaiku, "UAINO", SWEDISH)
    await kaiku.visitor("UFASI").open_home()
    await follow(kaiku)
    assert "on poistettu kanavalta" in kaiku.visitor("UFASI").direct_messages[-1]["text"]
    expect_refusals(kaiku)


async def test_a_renamed_channel_changes_nothing(kaiku: Running) -> None:
    await announce(kaiku)
    kaiku.server.workspace.channel(FINNISH)["name"] = "ennakointi-ja-tulevaisuus"
    await join_from(kaiku, "UAINO", FINNISH)
    await follow(kaiku)
    assert "59/60" in post_text(kaiku, FINNISH)


# -- the facilitator's own ----------------------------------------------------------------------------------


async def test_where_it_stands_and_how_many_clicked_and_joined_by_channel(kaiku: Running) -> None:
    facilitator = await announce(kaiku)
    await join_from(kaiku, "UAINO", FINNISH)
    marja = kaiku.visitor("UMARJA")
    await marja.click("announcement.details_open", on=posts_in(kaiku, SWEDISH)[0])
    await facilitator.command("/kaiku tiedota")
    text = text_of(facilitator.modal)
    clicks = "Napsautuksia: Ilmoittaudu {}, Lisätietoja {}. Ilmoittautuneita tästä: {}."
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
        assert "on vedetty pois" in text
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
    assert [each["text"] for each in typed] == [long.strip(), HOSTILE]
    assert all(each["emoji"] is False for each in typed)
    shown = [
        b["text"]["text"] for b in post["blocks"] if b["type"] == "section" and b["text"]["type"] == "mrkdwn"
    ]
    assert not any("<!channel>" in text or "paha.example" in text for text in shown)
    assert "<!channel>" not in post["text"]
    assert "<@UAINO>" not in post["text"]
    assert "<https://paha" not in post["text"]
