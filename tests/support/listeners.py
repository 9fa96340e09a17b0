"""Bolt learns cheaply which arguments a listener takes, and finds cheaply the listener that a request is for.

It asks the inspect module, for hundreds of functions, and every test has an app of its own: that took a sixth
of each start. And it gathers thirty arguments for each listener that it asks whether a request is for it, of
which its own matchers take one: that took a tenth of each click. The rehearsal, and Kaiku as a process of its
own, start without this.
"""

import inspect
import logging
from collections.abc import Callable
from typing import Any

from slack_bolt.listener import async_listener
from slack_bolt.listener_matcher import builtins
from slack_bolt.listener_matcher.async_builtins import AsyncBuiltinListenerMatcher
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.util.utils import get_arg_names_of_callable


def make_bolt_cheap() -> None:
    async_listener.get_arg_names_of_callable = _argument_names
    async_listener.get_bolt_app_logger = _logger
    builtins.get_arg_names_of_callable = _argument_names
    builtins.get_bolt_logger = _logger
    AsyncBuiltinListenerMatcher.async_matches = _matches  # type: ignore[method-assign]


def _argument_names(function: Callable[..., Any]) -> list[str]:
    plain = inspect.unwrap(function) if hasattr(function, "__wrapped__") else function
    code = getattr(plain, "__code__", None)
    if code is None:
        return get_arg_names_of_callable(function)
    return list(code.co_varnames[: code.co_argcount])


def _logger(*_about: object) -> logging.Logger:
    """One for all listeners, which log by Kaiku's own."""
    return logging.getLogger("slack_bolt.listeners")


async def _matches(matcher: AsyncBuiltinListenerMatcher, req: AsyncBoltRequest, resp: object) -> bool:
    assert matcher.arg_names == ["body"]
    return await matcher.func(body=req.body)  # type: ignore[misc]
