"""The bot token, where Slack's token rotation is on."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class StoredBotToken(Base):
    """The newest bot token and its refresh token, encrypted. ``id`` is always 1; ``first`` is the digest of
    the refresh token in the settings that it began with; ``leased_until`` is set while an instance renews."""

    __tablename__ = "bot_token"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    ends_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
