"""The versions of a plan: each that was in force is kept, and a file overwrites changes made in Slack only
where somebody named them.

The last *file* is what both sides started from: what differs from it in the store was changed in Slack.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.clock import Now, read
from bot.domain.acts import ActKind
from bot.domain.plan.changes import Change, PlanDifference, compare_plans
from bot.domain.plan.merging import conflicts, in_force, is_about, name_of, with_changes
from bot.domain.plan.model import Plan
from bot.services.acts import note_act
from bot.services.plan.apply import apply_plan, diff_plan, stored_plan
from bot.services.plan.writing import write_plan
from storage import plan as plan_rows
from storage.transaction import Tx


class Origin(StrEnum):
    """Where a version of the plan came from."""

    FILE = "file"
    SLACK = "slack"


class Version(Struct, frozen=True):
    """A plan that was in force from ``made_at`` on."""

    number: int
    programme: str
    origin: Origin
    made_at: datetime
    made_by: str | None
    digest: str
    text: str


class Winners(Struct, frozen=True):
    """Which side wins where the file would overwrite a change made in Slack: ``everywhere``, or by name (see
    ``name_of``), which takes precedence.
    """

    everywhere: Origin | None = None
    file: frozenset[str] = frozenset()
    slack: frozenset[str] = frozenset()

    def side_of(self, change: Change, programme: str) -> Origin | None:
        """The side that wins; None if nobody said. The narrower name takes precedence: a session's over its
        offering's.
        """
        name = name_of(change, programme)
        for side, names in ((Origin.FILE, self.file), (Origin.SLACK, self.slack)):
            if name in names:
                return side
        for side, names in ((Origin.FILE, self.file), (Origin.SLACK, self.slack)):
            if any(is_about(change, each, programme) for each in names):
                return side
        return self.everywhere

    def unknown(self, changes: Collection[Change], programme: str) -> list[str]:
        """Names that no change is about."""
        named = sorted(self.file | self.slack)
        return [name for name in named if not any(is_about(each, name, programme) for each in changes)]


class OverwritesError(Exception):
    """A file would overwrite ``changes`` made in Slack, and nobody said which side wins."""

    def __init__(self, changes: Sequence[Change]) -> None:
        super().__init__(f"{len(changes)} changes made in Slack would be overwritten")
        self.changes = tuple(changes)


class NothingToWinError(Exception):
    """``names`` were said to win, but there is no conflict about them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"no conflict about {', '.join(names)}")
        self.names = tuple(names)


class BothWays(Struct, frozen=True):
    """A file compared with the store: what applying it changes, what was changed in Slack since the last
    file, and which of those changes the file would overwrite. ``plan`` is the file's, with the winning
    changes of Slack.
    """

    plan: Plan
    difference: PlanDifference
    in_slack: tuple[Change, ...] = ()
    overwritten: tuple[Change, ...] = ()


def compare_both_ways(tx: Tx, plan: Plan, winners: Winners | None = None) -> BothWays:
    """Compare a file's ``plan`` with the store, and settle conflicts by ``winners``; None: only compare.

    Raises PlanConflictError, OverwritesError and NothingToWinError.
    """
    base, stored = _last_file(tx, plan.code), stored_plan(tx, plan.code)
    if base is None or stored is None:
        if winners is not None and (names := winners.unknown((), plan.code)):
            raise NothingToWinError(names)
        return BothWays(plan, diff_plan(tx, plan))
    standing = in_force(stored, base)
    in_slack, fought = compare_plans(base, standing), conflicts(base, standing, plan)
    if winners is not None:
        sides = [(each, winners.side_of(each, plan.code)) for each in fought]
        if names := winners.unknown(fought, plan.code):
            raise NothingToWinError(names)
        if unsaid := [each for each, side in sides if side is None]:
            raise OverwritesError(unsaid)
        plan = with_changes(plan, standing, [each for each, side in sides if side is Origin.SLACK])
    return BothWays(plan, diff_plan(tx, plan), in_slack, fought)


def apply_file(
    tx: Tx, text: str, plan: Plan, now: Now, *, winners: Winners, made_by: str | None, quiet: bool = False
) -> PlanDifference:
    """Apply ``plan``, read from a file with ``text``, and keep the version: all of it or nothing. Raises
    PlanConflictError, OverwritesError and NothingToWinError.
    """
    plan_rows.lock_plans(tx)
    now = read(now)
    both = compare_both_ways(tx, plan, winners)
    keep_slack_version(tx, plan.code, None, now)
    difference = apply_plan(tx, both.plan, now, quiet=quiet)
    if difference.changes:
        by_operator = made_by is not None
        note_act(tx, ActKind.APPLIED_PLAN, offering=plan.code, by_operator=by_operator, now=now)
    has_lost = both.plan != plan
    _add_version(
        tx,
        plan.code,
        write_plan(both.plan, text, plan) if has_lost else text,
        given=text if has_lost else None,
        origin=Origin.FILE,
        made_by=made_by,
        now=now,
    )
    return difference


def keep_slack_version(tx: Tx, programme: str, made_by: str | None, now: datetime) -> None:
    """Keep the current plan as a version, if it differs from the last one: somebody changed it in Slack."""
    last = plan_rows.last_version(tx, programme)
    if last is None:
        return
    text, before = export_plan(tx, programme), _plan_in(last.text)
    assert text is not None
    if compare_plans(before, _plan_in(text)):
        _add_version(tx, programme, text, given=None, origin=Origin.SLACK, made_by=made_by, now=now)


def export_plan(tx: Tx, programme: str) -> str | None:
    """The file of the plan in force, in the words of the last version as far as they are current; None if
    there is no such programme.
    """
    stored = stored_plan(tx, programme)
    if stored is None:
        return None
    last = plan_rows.last_version(tx, programme)
    if last is None:
        return write_plan(stored)
    said = _plan_in(last.text)
    return write_plan(in_force(stored, said), last.text, said)


def list_versions(tx: Tx) -> list[Version]:
    """Every version that was in force, newest first."""
    return [_to_version(row) for row in plan_rows.list_versions(tx)]


def get_version(tx: Tx, number: int) -> Version | None:
    return next((each for each in list_versions(tx) if each.number == number), None)


def _last_file(tx: Tx, programme: str) -> Plan | None:
    last = plan_rows.last_version(tx, programme, origin=Origin.FILE)
    return _plan_in(last.given or last.text) if last is not None else None


def _add_version(
    tx: Tx,
    programme: str,
    text: str,
    *,
    given: str | None,
    origin: Origin,
    made_by: str | None,
    now: datetime,
) -> None:
    last = plan_rows.last_version(tx, programme)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if last is not None and (last.digest, last.given, last.origin) == (digest, given, origin):
        return
    row = plan_rows.get_programme(tx, programme)
    assert row is not None, "it was applied"
    plan_rows.add_version(
        tx,
        programme_id=row.id,
        text=text,
        given=given,
        digest=digest,
        origin=origin.value,
        made_by=made_by,
        made_at=now,
    )


def _to_version(row: plan_rows.VersionRow) -> Version:
    return Version(row.id, row.programme, Origin(row.origin), row.made_at, row.made_by, row.digest, row.text)


def _plan_in(text: str) -> Plan:
    from bot.services.plan.file import plan_in  # noqa: PLC0415 - the models of a plan, which no start reads

    return plan_in(text)
