"""Databases at less expense: statements are compiled once in a test run, and no commit waits for the disk.

SQLAlchemy caches what it has compiled with the engine, and every test has engines of its own: to compile all
statements anew took a quarter of the suite's time. No power cut comes in a test; where temporary files lie on
a disk, waiting for it took a quarter of the time of those that write.
"""

from functools import partial
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

import storage.engine

MOST_STATEMENTS = 20_000
SHIPPED_SYNCHRONOUS = storage.engine.SYNCHRONOUS


def make_databases_cheap() -> None:
    _share_compiled_statements()
    storage.engine.SYNCHRONOUS = "OFF"


def _share_compiled_statements() -> None:
    """Engines made from now on share a cache; in its keys, one dialect is as good as another of its class."""
    options: dict[str, Any] = {"compiled_cache": LRUCache(MOST_STATEMENTS)}
    storage.engine.create_engine = partial(create_engine, execution_options=options)
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)
    DefaultDialect.__hash__ = lambda self: hash(type(self))
