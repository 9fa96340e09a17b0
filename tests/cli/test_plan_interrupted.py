"""An apply whose process is killed in the middle: the old plan stays in force, and nobody is half told."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import select

from bot.services.plan.apply import stored_plan
from bot.services.plan.file import plan_in
from bot.services.plan.versions import Winners, apply_file
from storage.engine import Store
from storage.tables import Delivery, Enrolment, Offering, PlanVersion
from storage.transaction import Tx
from tests.conftest import ROOT
from tests.support.enrolling import NOW, join
from tests.support.plans import a_plan, an_offering, as_yaml

FIRST, SECOND = an_offering("dialogue-1"), an_offering("dialogue-2")
KILLED = """
import os, signal
from bot.cli.main import app
from bot.services.enrolment import opening

def killed(tx, offering_ids, now):  # the plan is written, and what follows from it nearly
    {first}
    os.kill(os.getpid(), signal.SIGKILL)

opening.follow_plan = killed
app(["plan", "apply", {file!r}, "--yes"])
"""


def later(days: int) -> bytes:
    """Both offerings move."""
    moved = tuple(
        replace(each, sessions=tuple(replace(one, on=one.on + timedelta(days)) for one in each.sessions))
        for each in (FIRST, SECOND)
    )
    return as_yaml(a_plan(*moved))


def everything(tx: Tx) -> object:
    """The plan in force, its versions, what people know and what they are owed."""
    changes = select(Delivery.c.recipient, Delivery.c.subject, Delivery.c.state).where(
        Delivery.c.kind == "change"
    )
    return (
        stored_plan(tx, "kaiku-2019"),
        tx.execute(select(PlanVersion.c.id, PlanVersion.c.digest)).all(),
        tx.execute(select(Offering.c.code, Offering.c.timetable_version).order_by(Offering.c.code)).all(),
        tx.execute(select(Enrolment.c.person_id, Enrolment.c.told_version).order_by(Enrolment.c.id)).all(),
        tx.execute(changes.order_by(Delivery.c.id)).all(),
    )


def apply_and_be_killed(url: str, file: Path, first: str = "pass") -> int:
    script = KILLED.format(first=first, file=str(file))
    environment = os.environ | {"KAIKU_DATABASE_URL": url, "KAIKU_LANGUAGE": "en"}
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    ).returncode


def killed(url: str, store: Store, file: Path, first: str = "pass") -> tuple[object, object]:
    """Everything before and after an apply that is killed."""
    text = as_yaml(a_plan(FIRST, SECOND)).decode()
    with store.transaction() as tx:
        apply_file(tx, text, plan_in(text), NOW, winners=Winners(), made_by="operator")
        join(tx, "UAINO")
        join(tx, "UMARJA", "dialogue-2")
    with store.read_transaction() as tx:
        before = everything(tx)
    file.write_bytes(later(1))
    assert apply_and_be_killed(url, file, first) == -signal.SIGKILL
    with store.read_transaction() as tx:
        return before, everything(tx)


def test_a_killed_apply_leaves_the_old_plan_in_force_and_nobody_told(
    database_url: str, store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "plan.yml"
    before, after = killed(database_url, store, file)
    assert after == before
    with store.transaction() as tx:
        new = plan_in(file.read_text())
        apply_file(tx, file.read_text(), new, NOW, winners=Winners(), made_by="operator")
    with store.read_transaction() as tx:
        assert stored_plan(tx, "kaiku-2019") == new
        owed = tx.execute(select(Delivery.c.recipient).where(Delivery.c.kind == "change")).scalars().all()
    assert sorted(owed) == ["UAINO", "UMARJA"], "each once"


def test_a_killed_apply_that_had_committed_halfway_would_be_noticed(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    """The control."""
    shutil.copy(migrated_sqlite, tmp_path / "kaiku.db")
    url = f"sqlite:///{tmp_path / 'kaiku.db'}"
    with closing(Store(url)) as store:
        before, after = killed(url, store, tmp_path / "plan.yml", "tx.commit()")
    assert after != before
