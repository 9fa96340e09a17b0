"""The type of an open transaction, as every function that touches the database takes it."""

from typing import TypeAlias

from sqlalchemy.orm import Session

Tx: TypeAlias = Session
"""SQLAlchemy's session under the name of what it stands for here: a *session* in Kaiku is one meeting of
an offering (docs/glossary.md)."""
