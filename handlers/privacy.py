"""The privacy notice in Slack."""

from bot.views.privacy import notice_view
from handlers.kaiku import Answer, Open, Request


async def read_notice(request: Request) -> Answer:
    """Open the whole notice, on top of the form in which the button was clicked."""
    kaiku = request.kaiku
    url = kaiku.links.notice(request.words.language)
    return Open(notice_view(kaiku.notice, request.words, url=url))
