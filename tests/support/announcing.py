"""Announcing, as the tests do it: by command, through the form and the preview, and reading the channels."""

from typing import Any

from sqlalchemy import select

from bot.domain.announcements import AnnouncementState
from bot.services.announcements.rendering import PostRenderer
from sandbox import Visitor, text_of
from storage import announcements as rows
from storage.deliveries import DeliveryRow, list_deliveries
from storage.tables import AnnouncementPost
from tests.support.joining import INTRODUCTION
from tests.support.running import Running

CODE = "foresight-1"
FINNISH, SWEDISH = "CENNAKOINTI", "CSVENSKA"
SENTENCE = {"sentence_fi": "Tervetuloa mukaan!", "sentence_sv": "Välkommen med!"}


async def fill_in(kaiku: Running, code: str = CODE, who: str = "UFASI", **fields: Any) -> Visitor:
    """Open the form and submit it: the preview is open then, or the form with what is wrong."""
    facilitator = kaiku.visitor(who)
    await facilitator.command(f"/kaiku tiedota {code}")
    filled = {"channels_fi": [FINNISH], "channels_sv": [SWEDISH], **SENTENCE, **fields}
    outcome = await facilitator.submit(filled)
    assert outcome.acked, outcome
    return facilitator


async def announce(kaiku: Running, code: str = CODE, who: str = "UFASI", **fields: Any) -> Visitor:
    """Announce in a Finnish and a Swedish channel, and let it be posted."""
    facilitator = await fill_in(kaiku, code, who, **fields)
    outcome = await facilitator.submit()
    assert outcome.acked, outcome
    assert outcome.error is None, outcome.detail
    await facilitator.close()
    await follow(kaiku)
    return facilitator


async def follow(kaiku: Running) -> None:
    """Let gathered edits fall due and be sent."""
    await kaiku.settle()
    kaiku.clock.advance(seconds=6)
    await kaiku.settle()


def posts_in(kaiku: Running, channel: str) -> list[dict[str, Any]]:
    """What Kaiku posted there for everybody."""
    messages = kaiku.server.workspace.data["messages"].get(channel, [])
    return [each for each in messages if each["bot"] and each["ephemeral_to"] is None]


def post_text(kaiku: Running, channel: str) -> str:
    """The one post in that channel: everything that its blocks show."""
    (post,) = posts_in(kaiku, channel)
    return text_of({"blocks": post["blocks"]})


def stored_posts(kaiku: Running) -> list[rows.PostRow]:
    columns = AnnouncementPost.c[rows.PostRow._fields]
    with kaiku.store.read_transaction() as tx:
        return [rows.PostRow(*each) for each in tx.execute(select(*columns).order_by(AnnouncementPost.c.id))]


def owed(kaiku: Running, kind: str) -> list[DeliveryRow]:
    with kaiku.store.read_transaction() as tx:
        found = [each for each in list_deliveries(tx) if each.kind == kind]
    return sorted(found, key=lambda each: each.id)


async def join_from(kaiku: Running, who: str, channel: str, **fields: Any) -> dict[str, Any]:
    """Click Join under the post in that channel and submit the form; the answer that replaces it."""
    visitor = kaiku.visitor(who)
    (post,) = posts_in(kaiku, channel)
    await visitor.click("announcement.join", on=post)
    first_time = any(block["block_id"] == "agency" for block in visitor.modal["blocks"])
    outcome = await visitor.submit(**(INTRODUCTION | fields if first_time else {}))
    assert outcome.error is None, outcome.detail
    answer = visitor.modal
    await visitor.close(clear=True)
    return answer


def expected_text(kaiku: Running, post_id: int) -> str:
    """What the store says that a post should read now, rendered anew."""
    with kaiku.store.read_transaction() as tx:
        post = rows.get_post(tx, post_id)
        assert post is not None
        announcement = rows.get_announcement(tx, post.announcement_id)
        assert announcement is not None
        assert announcement.state in set(AnnouncementState)
        renderer = PostRenderer(kaiku.app.kaiku.defaults)
        return renderer.message(tx, announcement, post, kaiku.clock.now()).text


def expect_refusals(kaiku: Running) -> None:
    """What Slack refused in this test was the point of it."""
    kaiku.server.workspace.log.clear()
