"""The facilitator's views of announcements: what can be announced, the form, the preview, the
posts' states."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.announcements import (
    POST_LANGUAGES,
    SENTENCE_LENGTH,
    SERIES,
    Announcement,
    AnnouncementState,
    Channel,
    Click,
    Post,
)
from bot.domain.carried.drafts import AnnouncementTarget
from bot.domain.carried.offerings import PostRef
from bot.domain.enrolment.seats import Status
from bot.domain.enrolment.sign_up import SignUpState
from bot.domain.offerings.offering import Card, Offering
from bot.i18n import Words
from bot.views import ids
from bot.views.announcements.posts import details_blocks
from bot.views.blocks import (
    MAX_MODAL_BLOCKS,
    Block,
    Message,
    Option,
    View,
    actions,
    button,
    channels_input,
    context,
    date_input,
    divider,
    inert,
    menu,
    modal,
    section,
    sections,
    several_input,
    text_input,
    time_input,
)
from bot.views.draws import rule_of
from bot.views.offerings.wording import seats_of, session_lines, title_of

DIGEST = "digest"
MOST_DRAFTS = 10
MOST_OFFERINGS = 99
"""A Slack list takes 100 options; the digest is one of them."""


def overview(
    offerings: Sequence[Offering],
    standing: Sequence[tuple[Announcement, Offering | None, Sequence[Post]]],
    words: Words,
    drafts: Sequence[tuple[Announcement, Offering | None]] = (),
) -> View:
    """What this person may announce, their drafts, and the states of the announcements they look after."""
    options = [
        Option(each.code, f"{each.code}: {words.pick(each.title)}") for each in offerings[:MOST_OFFERINGS]
    ]
    options.append(Option(DIGEST, words("announce.digest")))
    blocks: list[Block] = [
        section(words("announce.intro")),
        actions(menu(ids.ANNOUNCE, words("announce.choose"), options)),
    ]
    for draft, about in drafts[:MOST_DRAFTS]:
        named = f"{about.code if about is not None else DIGEST}:{draft.id}"
        go_on = button(words("desk.go_on"), ids.ANNOUNCE, named)
        away = button(words("desk.throw_away"), ids.THROW_ANNOUNCEMENT_AWAY, str(draft.id))
        blocks += [
            section(words("announce.draft", what=_subject(draft, about, words))),
            actions(go_on, away),
        ]
    if not standing and not drafts:
        blocks.append(context(words("announce.none")))
    for shown, (announcement, offering, posts) in enumerate(standing):
        of_one = _standing_blocks(announcement, offering, posts, words)
        if len(blocks) + len(of_one) >= MAX_MODAL_BLOCKS:
            blocks.append(context(words.many("list.more", len(standing) - shown)))
            break
        blocks += of_one
    return modal(words("announce.title"), blocks, close=words("form.close"))


def _standing_blocks(
    announcement: Announcement, offering: Offering | None, posts: Sequence[Post], words: Words
) -> list[Block]:
    lines = [f"*{_subject(announcement, offering, words)}*"]
    withdrawn = announcement.state is AnnouncementState.WITHDRAWN
    if withdrawn:
        lines.append(words("announce.was_withdrawn"))
    lines += [_post_line(post, words) for post in posts]
    blocks: list[Block] = [divider(), *sections(lines)]
    if not withdrawn:
        value = str(announcement.id)
        blocks.append(
            actions(
                button(words("announce.edit"), ids.EDIT_ANNOUNCEMENT, value),
                button(words("announce.withdraw"), ids.WITHDRAW_ANNOUNCEMENT, value, style="danger"),
            )
        )
    return blocks


def _post_line(post: Post, words: Words) -> str:
    """One post: its state, the clicks on its buttons, and how many joined from it."""
    line = words(
        "announce.post",
        channel=f"<#{post.channel}>",
        reason=words(f"announce.reason_{post.reason}"),
        state=words(f"announce.state_{post.state}"),
    )
    if post.posted_at is None:
        return f"• {line}"
    clicks = words(
        "announce.clicks",
        join=post.clicks[Click.JOIN],
        details=post.clicks[Click.DETAILS],
        joined=post.clicks[Click.JOINED],
    )
    return f"• {line} {clicks}"


def _subject(announcement: Announcement, offering: Offering | None, words: Words) -> str:
    if offering is not None:
        return f"{title_of(offering, words)}  `{offering.code}`"
    assert announcement.month is not None
    return f"{words('announce.digest')}: {words.month(announcement.month)}"


def announce_form(metadata: str, offering: Offering | None, draft: Announcement | None, words: Words) -> View:
    """The form: channels, sentence, time and later posts; the values of a draft are filled in."""
    title = title_of(offering, words) if offering is not None else words("announce.digest")
    blocks: list[Block] = [section(f"*{title}*"), context(words("announce.invite"))]
    for language in POST_LANGUAGES:
        chosen = [each for each, first in draft.channels.items() if first == language] if draft else []
        label = words(f"announce.channels_{language}")
        blocks.append(channels_input(ids.CHANNELS[language], label, chosen=chosen))
    for language in POST_LANGUAGES:
        blocks.append(_sentence_input(language, draft, words))
    at = words.here(draft.at) if draft is not None and draft.at is not None else None
    blocks.append(
        date_input(
            ids.ON_DAY,
            words("announce.day"),
            chosen=f"{at:%Y-%m-%d}" if at else None,
            hint=words("announce.day_hint", zone=words.timezone),
        )
    )
    blocks.append(time_input(ids.AT_TIME, words("announce.time"), chosen=f"{at:%H:%M}" if at else None))
    if offering is not None:
        options = [Option(each, words(f"announce.series_{each}")) for each in SERIES]
        blocks.append(
            several_input(
                ids.SERIES,
                words("announce.series"),
                options,
                chosen=list(draft.series) if draft else [],
                hint=words("announce.series_hint"),
            )
        )
    return modal(
        words("announce.title"),
        blocks,
        close=words("form.cancel"),
        submit=words("announce.preview_submit"),
        callback_id=ids.ANNOUNCE_FORM,
        private_metadata=metadata,
    )


def _sentence_input(language: str, said: Announcement | None, words: Words) -> Block:
    return text_input(
        ids.SENTENCE[language],
        words(f"announce.sentence_{language}"),
        max_length=SENTENCE_LENGTH,
        value=said.sentence[language] if said is not None else None,
        optional=False,
        multiline=True,
    )


def preview(
    announcement: Announcement,
    about: str,
    previews: Mapping[str, Message],
    channels: Sequence[Channel],
    words: Words,
    *,
    in_quiet_time: bool,
) -> View:
    """Where, when and to about how many people it goes, then the post as it would look, with buttons that do
    nothing."""
    people = {channel.id: channel.people for channel in channels}
    lines = [_when(announcement.at, words)]
    lines += [
        words.many("announce.where", people[channel], channel=f"<#{channel}>")
        for channel in announcement.channels
    ]
    lines += [words(f"announce.then_{each}") for each in announcement.series]
    if in_quiet_time:
        lines.append(words("announce.quiet"))
    blocks: list[Block] = [
        *sections(lines),
        actions(
            button(words("announce.change"), ids.ANNOUNCE, str(AnnouncementTarget(about, announcement.id)))
        ),
    ]
    for language, message in previews.items():
        blocks += [divider(), context(words(f"announce.looks_{language}")), *inert(message.blocks)]
    return modal(
        words("announce.preview_title"),
        blocks,
        close=words("form.cancel"),
        submit=words("announce.publish_submit"),
        callback_id=ids.PUBLISH_FORM,
        private_metadata=str(announcement.id),
    )


def _when(at: datetime | None, words: Words) -> str:
    if at is None:
        return words("announce.now")
    here = words.here(at)
    return words("announce.at", day=words.day(here.date()), time=words.clock_time(here.time()))


def published(posts: Sequence[Post], words: Words) -> View:
    """Confirms what was published and says where to follow it."""
    lines = [words("announce.published"), *(_post_line(post, words) for post in posts)]
    return modal(
        words("announce.title"),
        [*sections(lines), context(words("announce.published_next"))],
        close=words("form.close"),
    )


def sentence_form(announcement: Announcement, offering: Offering | None, words: Words) -> View:
    """The form that changes the sentence of a published announcement in every channel."""
    return modal(
        words("announce.edit_title"),
        [
            section(f"*{_subject(announcement, offering, words)}*"),
            *(_sentence_input(language, announcement, words) for language in POST_LANGUAGES),
            context(words("announce.edit_note")),
        ],
        close=words("form.cancel"),
        submit=words("form.save"),
        callback_id=ids.SENTENCE_FORM,
        private_metadata=str(announcement.id),
    )


def withdraw_form(
    announcement: Announcement, offering: Offering | None, posts: Sequence[Post], words: Words
) -> View:
    """Asks for confirmation before an announcement is withdrawn from every channel."""
    lines = [
        f"*{_subject(announcement, offering, words)}*",
        words("announce.withdraw_ask"),
        *(_post_line(post, words) for post in posts),
    ]
    return modal(
        words("announce.withdraw_title"),
        sections(lines),
        close=words("form.cancel"),
        submit=words("announce.withdraw_submit"),
        callback_id=ids.WITHDRAW_FORM,
        private_metadata=str(announcement.id),
    )


def done(key: str, words: Words) -> View:
    """Confirms that an announcement was changed or withdrawn."""
    return modal(words("announce.title"), [section(words(key))], close=words("form.close"))


# -- answers to clicks under a post --------------------------------------------------------------------


def details(card: Card, post_id: int | None, words: Words) -> View:
    """All details to read before deciding, in the reader's language, with a button to join. ``post_id``: the
    post whose button was clicked."""
    offering = card.offering
    lines = [*session_lines(offering, words, with_link=False), seats_of(card, words)]
    blocks = details_blocks(offering, words, lines)
    if card.undrawn:
        blocks.append(section(rule_of(offering, words)))
    if card.mine is None and card.state is SignUpState.OPEN:
        key = "offering.join" if card.seats_left else "offering.join_line"
        if post_id is None:
            join = button(words(key), ids.JOIN_OFFERING, offering.code, style="primary")
        else:
            join = button(words(key), ids.POST_JOIN, str(PostRef(post_id, offering.code)), style="primary")
        blocks.append(actions(join))
    return modal(words("announcement.details"), blocks[:MAX_MODAL_BLOCKS], close=words("form.close"))


def calendar(card: Card, url: str | None, post_id: int, words: Words) -> View:
    """The link to the calendar file for a person with a seat; others read that the file comes with a seat."""
    offering = card.offering
    blocks: list[Block] = [section(f"*{title_of(offering, words)}*")]
    blocks += sections(session_lines(offering, words, with_link=False))
    if card.mine is not None and card.mine.status is Status.SEATED:
        said = words("calendar.not_set_up") if url is None else f"<{url}|{words('calendar.file')}>"
        blocks.append(section(said))
    else:
        blocks.append(section(words("announcement.calendar_with_seat")))
        if card.mine is None and card.state is SignUpState.OPEN:
            value = str(PostRef(post_id, offering.code))
            blocks.append(actions(button(words("offering.join"), ids.POST_JOIN, value, style="primary")))
    return modal(words("calendar.open"), blocks, close=words("form.close"))
