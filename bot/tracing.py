"""Traces by OpenTelemetry, for operators who collect them: what a request waited for, and for how long.

On where OTEL_EXPORTER_OTLP_ENDPOINT is set; otherwise nothing of OpenTelemetry is imported. A span names what
was called and how it ended: functions of ours, methods of Slack's, the request's id. Never whom it was about,
what was said, or the text of an exception.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from bot.i18n import SentenceError

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

Said = str | Callable[..., object]
"""An attribute: a word, or a function, which stands for its name."""

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

_tracer: "Tracer | None" = None


class TracesMissingError(SentenceError):
    """Traces are asked for, but the packages are not installed."""


def _nothing(**_: Said) -> None:
    """Replaces a span where tracing is off."""


_OFF = nullcontext(_nothing)


def span(name: str, **said: Said) -> AbstractContextManager[Callable[..., None]]:
    """Trace the block under this name; the yielded function adds attributes."""
    return _OFF if _tracer is None else _traced(_tracer, name, said)


@contextmanager
def _traced(tracer: "Tracer", name: str, said: Mapping[str, Said]) -> Iterator[Callable[..., None]]:
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 - optional

    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as opened:

        def note(**more: Said) -> None:
            for key, value in more.items():
                opened.set_attribute(f"kaiku.{key}", value if isinstance(value, str) else _name_of(value))

        note(**said)
        try:
            yield note
        except BaseException as error:
            opened.set_status(StatusCode.ERROR, type(error).__name__)
            raise


def _name_of(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__name__)}"


def is_wanted(environment: Mapping[str, str]) -> bool:
    is_off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not is_off and any(environment.get(name) for name in ENDPOINTS)


@contextmanager
def tracing(environment: Mapping[str, str]) -> Iterator[None]:
    """Send traces while the block runs, if the environment says where to: OpenTelemetry's own variables.

    Raises TracesMissingError.
    """
    global _tracer  # noqa: PLW0603 - one for the process, as its log is
    if not is_wanted(environment):
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise TracesMissingError("start.no_traces") from error
    from bot.version import VERSION  # noqa: PLC0415

    name = environment.get("OTEL_SERVICE_NAME") or "kaiku"
    resource = Resource.create({"service.name": name, "service.version": VERSION})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = provider.get_tracer("kaiku")
    try:
        yield
    finally:
        _tracer = None
        provider.shutdown()
