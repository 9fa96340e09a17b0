"""Bolt learns cheaply which arguments a listener takes.

It asks the inspect module, for hundreds of functions, and every test has an app of its own: that took a sixth
of each start. The rehearsal, and Kaiku as a process of its own, start without this.
"""

import inspect
from collections.abc import Callable
from typing import Any

from slack_bolt.listener import async_listener
from slack_bolt.listener_matcher import builtins
from slack_bolt.util.utils import get_arg_names_of_callable


def learn_arguments_cheaply() -> None:
    async_listener.get_arg_names_of_callable = _argument_names
    builtins.get_arg_names_of_callable = _argument_names


def _argument_names(function: Callable[..., Any]) -> list[str]:
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return get_arg_names_of_callable(function)
    return list(code.co_varnames[: code.co_argcount])
