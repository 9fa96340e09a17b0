"""The log of acts as coordinators read it in Slack; ``kaiku log`` uses the same words."""

from collections.abc import Sequence
from typing import Final

from bot.domain.acts import Act, Who
from bot.domain.carried.roles import LogPage
from bot.i18n import Words
from bot.views import ids
from bot.views.blocks import View, actions, button, context, escape, modal, section

PAGE: Final = 15
MAX_REASON: Final = 200


def act_of(act: Act, words: Words) -> str:
    """The words for a kind of act."""
    return words(f"act.{act.kind}")


def who_of(who: Who, words: Words) -> str:
    """A person's name and id; the pseudonym of somebody who has been erased."""
    if who.user_id is None:
        return words("log.erased", pseudonym=who.pseudonym[:8])
    return f"{who.name} ({who.user_id})"


def log_view(acts: Sequence[Act], page: LogPage, words: Words, *, has_more: bool) -> View:
    """A page of the log, newest first, with a button for older lines."""
    blocks = [section(_line(act, words)) for act in acts]
    if not acts:
        blocks.append(section(words("log.empty")))
    if has_more:
        older = LogPage(page.code, acts[-1].id)
        blocks.append(actions(button(words("log.older"), ids.SHOW_LOG, str(older))))
    blocks.append(context(words("log.about")))
    return modal(words("log.title"), blocks, close=words("form.close"))


def _line(act: Act, words: Words) -> str:
    here = words.here(act.at)
    when = words("log.when", day=words.day(here.date()), time=words.clock_time(here.time()))
    lines = [f"*{act_of(act, words)}* · {when}"]
    by = _mention(act.actor, words) if act.actor is not None else words(f"log.by_{act.done_by}")
    facts = [words("log.actor", who=by)]
    if act.person is not None and act.person != act.actor:
        facts.append(words("log.person", who=_mention(act.person, words)))
    if act.offering is not None:
        number = act.number
        about = escape(act.offering) if number is None else f"{escape(act.offering)} / {number}"
        facts.append(words("log.offering", code=about))
    lines.append(" · ".join(facts))
    if act.reason:
        reason = words.pick(act.reason) if "fi" in act.reason else next(iter(act.reason.values()))
        lines.append(words("log.reason", reason=escape(reason[:MAX_REASON])))
    return "\n".join(lines)


def _mention(who: Who, words: Words) -> str:
    return who_of(who, words) if who.user_id is None else f"<@{who.user_id}>"
