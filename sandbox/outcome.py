"""The outcome of an act, as the person who did it sees it."""

from dataclasses import asdict, dataclass

from sandbox.workspace import Json


@dataclass(slots=True)
class Outcome:
    """See README, "Control API". ``ms`` is real time; ``error`` is Slack's code or None."""

    acked: bool = False
    status: int | None = None
    ms: int = 0
    error: str | None = None
    detail: str | None = None
    message: Json | None = None
    view: Json | None = None
    errors: dict[str, str] | None = None

    def as_json(self) -> Json:
        return asdict(self)
