"""Facilitators' acts for their group as a whole: letters, the list as a file, a channel."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from bot.domain.carried.drafts import LetterTarget
from bot.domain.downloads import DownloadPage, FileFormat
from bot.domain.enrolment.seats import Status
from bot.domain.group_channels import ChannelState
from bot.domain.language import LANGUAGES
from bot.domain.letters import OF_SESSION, Letter, LetterAudience
from bot.i18n import Words
from bot.views import download_page
from bot.views.blocks import View
from bot.views.facilitation import channels, roster
from bot.views.facilitation import letters as view
from gallery.entry import Entry
from gallery.sample import NOW, in_all, live

TEXT = in_all(
    "Tapaamme poikkeuksellisesti 3. kerroksessa.\nOtathan mukaan muistiinpanosi.",
    "Vi träffas undantagsvis på våning 3.\nTa med dina anteckningar.",
    "This time we meet on the 3rd floor.\nPlease bring your notes.",
)


def entries() -> Iterator[Entry]:
    yield from _letters()
    yield from _roster()
    yield from _channels()


def letter(audience: LetterAudience = LetterAudience.SEATED, *, in_office_hours: bool = True) -> Letter:
    session = 1 if audience in OF_SESSION else None
    return Letter(5, "UFASI", audience, session, TEXT, in_office_hours)


def _letters() -> Iterator[Entry]:
    here = live()
    new = LetterTarget(here.code, form_key="key")
    yield Entry(
        "Write to the group",
        lambda words: view.letter_form(here, new, None, here.sessions, [], words, not_read=here.sessions[:1]),
    )
    yield Entry(
        "One letter waits, and a draft is changed",
        lambda words: view.letter_form(
            here,
            LetterTarget(here.code, 5),
            letter(LetterAudience.SESSION, in_office_hours=False),
            here.sessions,
            [(letter(), 1), (letter(LetterAudience.BOTH), 12)],
            words,
        ),
    )
    for audience in LetterAudience:
        yield Entry(f"The letter ({audience})", partial(view.letter_message, letter(audience), here))
    yield Entry("The preview, at once", partial(_preview, 1, None))
    yield Entry("The preview, in office hours", partial(_preview, 4, NOW))
    yield Entry("The letter is sent", lambda words: view.sent(letter(), 0, 1, words))
    yield Entry("The letter waits for office hours", lambda words: view.sent(letter(), 12, 0, words))
    yield Entry("Stop sending, one each", partial(view.withdraw_form, letter(), here, 1, 1))
    yield Entry("Stop sending", partial(view.withdraw_form, letter(), here, 7, 5))
    yield Entry("Sending was stopped", lambda words: view.withdrawn(5, words))


def _roster() -> Iterator[Entry]:
    here, later = live(), NOW + timedelta(hours=1)
    yield Entry(
        "The list, from a page", partial(roster.roster_address, here, "https://kaiku.example/download/x")
    )
    yield Entry("The list, without pages", partial(roster.roster_address, here, None))
    yield Entry("The list", _list)

    def page(words: Words) -> str:
        heading, contents = roster.roster_contents(here, words)
        shown = DownloadPage("fi", "Europe/Helsinki", later, tuple(FileFormat), heading, contents)
        return "\n".join(
            [heading, *download_page.lines_of(shown, words), *download_page.buttons_of(shown, words).values()]
        )

    yield Entry("The page where it is fetched", page)
    yield Entry("The page, when nothing is there any more", partial(_text_of, download_page.gone_page))
    yield Entry("The page, for who leads no longer", partial(_text_of, download_page.refused_page))


def _channels() -> Iterator[Entry]:
    here = live()
    yield Entry("Channels are not turned on", partial(channels.channels_off, here))
    yield Entry("A channel for one", partial(channels.channel_form, here, "kaiku-dialogue-2", 1))
    yield Entry("A channel for the group", partial(channels.channel_form, here, "kaiku-dialogue-2", 14))
    wanted, kept, lost = ChannelState
    one, two = ("UAINO",), ("UAINO", "UELSA")
    yield _channel("is to be made", wanted, None)
    yield _channel("lacks scopes", wanted, None, "missing_scope")
    yield _channel("is forbidden", wanted, None, "restricted_action")
    yield _channel("has no name", wanted, None, "name_taken")
    yield _channel("has a passing trouble", kept, "CRYHMA", "no_permission", 1, one)
    yield _channel("is kept", kept, "CRYHMA", None, 14, two)
    yield _channel("is lost", lost, "CRYHMA", "is_archived", 14)
    yield Entry("A channel is let go", partial(channels.let_go, here))
    yield Entry("The welcome", lambda words: channels.welcome_message(here, words.both()))
    yield Entry("Which channel?", lambda words: words("channel.which_missing"))


def _channel(
    name: str,
    state: ChannelState,
    channel: str | None,
    trouble: str | None = None,
    added: int = 0,
    refused: tuple[str, ...] = (),
) -> Entry:
    shown = (live(), state, channel, trouble, added, refused)
    return Entry(f"A channel that {name}", partial(channels.channel_status, *shown))


def _text_of(page: Callable[[Words], str], words: Words) -> str:
    return re.sub(r"\s*<[^>]+>\s*", "\n", page(words).partition("<main>")[2]).strip()


def _list(words: Words) -> str:
    here = live()
    was_there: tuple[dict[int, bool], ...] = ({1: True, 2: False}, {}, {}, {}, {1: True})
    listed = [
        roster.Listed(f"Aino {n}", "Verohallinto", None if n else "expert", status, n or None, was_there[n])
        for n, status in enumerate(each for each in Status if each is not Status.IN_DRAW)
    ]
    table = roster.roster_table(here, listed, here.sessions[:2], words, NOW)
    rows = [" · ".join(map(str, row)) for row in (table.head, *table.rows)]
    return "\n".join([table.note, *rows])


def _preview(count: int, at: datetime | None, words: Words) -> View:
    message = view.letter_message(letter(), live(), words)
    readers = dict.fromkeys(LANGUAGES, count)
    return view.preview(letter(), live(), readers, dict.fromkeys(LANGUAGES, message), at, words)
