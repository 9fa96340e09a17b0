"""An offering's prompts: stored rows, dates by its sessions, and its own series from the library."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from bot.domain.offerings.offering import Offering
from bot.domain.prompts.dates import DatedPrompt, date_prompts
from bot.domain.prompts.prompt import Audience, Moment, Prompt, PromptState, Timing
from bot.domain.prompts.rules import to_rules
from bot.services.calendars.holidays import WORK_CALENDAR
from bot.services.offerings.catalogue import to_offering
from bot.services.prompts.library import (
    Library,
    LibraryPrompt,
    from_stored,
    missing_series,
    series_name,
    to_stored,
)
from storage import plan as plan_rows
from storage import prompts as prompt_rows
from storage.isolation import isolate_each
from storage.offerings import catalogue as offering_rows
from storage.transaction import Tx


def to_prompt(row: prompt_rows.PromptRow) -> Prompt:
    """The stored row as the value that rules and views use."""
    return Prompt(
        id=row.id,
        offering_id=row.offering_id,
        moment=Moment(row.moment),
        questions=from_stored(row.questions),
        timing=Timing(row.after_session, row.before_session, row.working_days, row.at),
        series=row.series,
        author=row.author,
        audience=Audience(row.audience),
        has_reminder=row.has_reminder,
        channel=row.channel,
        in_thread=row.in_thread,
        state=PromptState(row.state),
        library_key=row.library_key,
    )


class Timeline(Struct, frozen=True):
    """An offering's prompts with their days."""

    offering: Offering
    dated: Sequence[DatedPrompt]


def load_timeline(tx: Tx, offering_id: int, *, also: Sequence[Prompt] = ()) -> Timeline:
    """The dated prompts of one offering, without drafts; ``also`` are prompts that are not stored yet."""
    return load_timelines(tx, [offering_id], also=also)[offering_id]


def load_timelines(
    tx: Tx, offering_ids: Collection[int], *, also: Sequence[Prompt] = ()
) -> dict[int, Timeline]:
    """The dated prompts of each of these offerings, in as many statements as for one."""
    if not offering_ids:
        return {}
    sessions = offering_rows.list_session_rows(tx, offering_ids)
    stored = prompt_rows.list_prompts_of(tx, offering_ids)
    replaced = {prompt.id for prompt in also}
    found = {}
    for row in offering_rows.list_offerings(tx, offering_ids):
        offering = to_offering(row, sessions[row.id])
        prompts = [
            to_prompt(each)
            for each in stored[row.id]
            if each.state != PromptState.DRAFT and each.id not in replaced
        ]
        prompts += [each for each in also if each.offering_id == row.id]
        dated = date_prompts(prompts, offering.effective_sessions, offering.prompt_rules, WORK_CALENDAR)
        found[row.id] = Timeline(offering, dated)
    return found


def keep_series(tx: Tx, library: Library, now: datetime) -> int:
    """Add the missing prompts of every offering's own series; return how many.

    Each gap between two sessions that are not cancelled has one for each purpose, by the plan file's rules.
    Existing ones stay, including facilitators' changes. People with a seat are marked as stale.
    """
    plan_rows.lock_plans(tx)  # several instances may start at once
    wanted = offering_rows.list_with_series(tx)
    rows = {
        row.code: row for row in offering_rows.list_offerings(tx) if row.id in wanted and not row.cancelled
    }
    stored = prompt_rows.list_prompts_of(tx, wanted)
    sessions = offering_rows.list_session_rows(tx, wanted)

    def add_missing(row: offering_rows.OfferingRow) -> int:
        prompts = library.get(row.prompt_library or "", ())
        return _add_missing(tx, row, prompts, stored[row.id], sessions[row.id], now) if prompts else 0

    return sum(isolate_each(tx, "series_not_kept", rows, add_missing))


def _add_missing(
    tx: Tx,
    row: offering_rows.OfferingRow,
    prompts: Sequence[LibraryPrompt],
    stored: Sequence[prompt_rows.PromptRow],
    sessions: Sequence[offering_rows.SessionRow],
    now: datetime,
) -> int:
    rules = to_rules(row.prompt_rules)
    there = {prompt.series for prompt in stored}
    used = [prompt.library_key for prompt in stored if prompt.library_key is not None]
    standing = [each for each in sessions if not each.cancelled]
    gaps = [each.number for each in sorted(standing, key=lambda each: each.starts_at)[:-1]]
    new = list(missing_series(prompts, gaps, rules, there, used, start=row.id))
    for number, chosen in new:
        prompt_rows.add_prompt(
            tx,
            offering_id=row.id,
            series=series_name(number, chosen.moment),
            moment=chosen.moment.value,
            questions=to_stored(chosen.questions),
            library_key=chosen.key,
            after_session=number,
            made_at=now,
        )
    if new:
        prompt_rows.mark_seated_stale(tx, [row.id])
    return len(new)
