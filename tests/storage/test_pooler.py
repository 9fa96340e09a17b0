"""PostgreSQL behind PgBouncer in transaction mode: each transaction gets whichever session is free."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.domain.enrolment.seats import Status
from bot.domain.people.person import Defaults
from bot.services.enrolment.join import enrol
from bot.services.offerings.roster import list_roster
from bot.services.people.profiles import Profile, ProfileChanges, change_settings, meet
from bot.services.plan.apply import apply_plan
from storage.engine import Store, parse_database_url
from tests.conftest import POSTGRES, FakeClock
from tests.support.feeds import TOKENS
from tests.support.plans import a_plan, an_offering

CODE, DEFAULTS = "dialogue-1", Defaults("fi", "Europe/Helsinki")
SESSIONS = 3
"""Fewer than the connections of three stores, so that they have to share."""
CROWD = 60
NOBODY = 65534

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"] if POSTGRES else [], indirect=True)


@pytest.fixture
def pooler(database_url: str) -> Iterator[URL]:
    """The address of a PgBouncer before the test's database."""
    url = parse_database_url(database_url)
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None and not os.environ.get("CI"):
        pytest.skip("pgbouncer is not installed")
    assert program is not None, "CI installs pgbouncer"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # whoever it runs as can read there
    users, settings = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{url.username}" "{url.password}"\n')
    settings.write_text(
        f"[databases]\n{url.database} = host={url.host} port={url.port or 5432}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = plain\nauth_file = {users}\npool_mode = transaction\ndefault_pool_size = {SESSIONS}\n"
        f"logfile = {folder / 'pgbouncer.log'}\n"
    )
    as_nobody = []
    if os.geteuid() == 0:  # PgBouncer refuses to run as root
        as_nobody = ["--user", "nobody"]
        os.chown(folder, NOBODY, -1)
        os.chown(users, NOBODY, -1)
    process = subprocess.Popen([program, "--quiet", *as_nobody, str(settings)])
    try:
        _wait_for(port, process)
        yield url.set(host="127.0.0.1", port=port)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
    pytest.fail("PgBouncer did not start")


def test_a_crowd_gets_its_seats_through_a_pooler(store: Store, pooler: URL, clock: FakeClock) -> None:
    now = clock.now()
    users = [f"U{number:02}" for number in range(CROWD)]
    with store.transaction() as tx:
        apply_plan(tx, a_plan(an_offering(CODE, capacity=20, seats_per_agency=20, agency_seats=())), now)
        for user in users:
            meet(tx, Profile(user, user, language="fi", timezone="Europe/Helsinki"), DEFAULTS, now)
    stores = [Store(pooler.update_query_dict({"pooled": "yes"})) for _ in range(3)]

    def join(number: int) -> None:
        with stores[number % 3].transaction() as tx:
            told = ProfileChanges(agency="vero", role="expert")
            person = change_settings(tx, users[number], told, DEFAULTS, TOKENS, now)
            enrol(tx, person, CODE, now)
        with stores[number % 3].read_transaction() as tx:
            assert users[number] in {row.user_id for row in list_roster(tx, CODE)}

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(join, range(CROWD)))
    for each in stores:
        each.close()
    with store.read_transaction() as tx:
        statuses = [row.status for row in list_roster(tx, CODE)]
    assert statuses.count(Status.SEATED) == 20
    assert statuses.count(Status.WAITING) == CROWD - 20


def test_without_being_told_of_the_pooler_it_leaves_something_to_the_session(
    store: Store, pooler: URL
) -> None:
    """And PgBouncer refuses that: the test above would not see a store that does."""
    with pytest.raises(DBAPIError, match="unsupported startup parameter"), Store(pooler).transaction():
        pass
