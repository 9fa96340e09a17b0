"""Logs for operators: ids and an ``action``, never what people wrote, never a token."""

import json
import logging
import sys
import textwrap

from bot.domain.text import visible
from bot.request import current_request

_standard = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


class _TextLines(logging.Formatter):
    """One line per record; tracebacks add indented lines, so that no text can imitate a record."""

    def format(self, record: logging.LogRecord) -> str:
        at = self.formatTime(record)
        request = f" [{record.request}]" if hasattr(record, "request") else ""
        line = f"{at} {record.levelname} {record.name}{request}: {visible(record.getMessage())}"
        if record.exc_info:
            lines = self.formatException(record.exc_info).splitlines()
            line += "\n" + textwrap.indent("\n".join(map(visible, lines)), "    ")
        return line


class _JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and the record's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in record.__dict__.items() if name not in _standard},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return visible(json.dumps(line, ensure_ascii=False, default=str))


def set_up_logs(log_format: str, level: int = logging.INFO) -> None:
    """Log to standard error. Libraries log only warnings and errors."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_names_the_request)
    handler.setFormatter(_JsonLines() if log_format == "json" else _TextLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("slack_bolt", "slack_sdk", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("slack_bolt.AsyncApp").addFilter(_is_no_false_alarm)


def _names_the_request(record: logging.LogRecord) -> bool:
    """Adds the id of the current request, if there is one."""
    if (mark := current_request()) is not None:
        record.request = mark.id
    return True


def _is_no_false_alarm(record: logging.LogRecord) -> bool:
    """Filters Bolt's warning about a token in the environment that Bolt's own client does not use. Ours does
    use it, and operators would look for a mistake that is none."""
    from slack_bolt.logger.messages import warning_token_skipped  # noqa: PLC0415 - the CLI does without Bolt

    return record.getMessage() != warning_token_skipped()
