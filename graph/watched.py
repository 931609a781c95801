"""Lets somebody know when a node begins and ends, around it, so that what the node asks for happens inside."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from langgraph.runtime import Runtime

from graph.context import Context

Node = TypeVar("Node", bound=Callable[..., Awaitable[dict[str, Any]]])


def watched(node: Node) -> Node:
    name = getattr(node, "__name__", "")

    # `wraps`: the library reads from the annotations what a node is given.
    @functools.wraps(node)
    async def inside(state: Any, runtime: Runtime[Context]) -> dict[str, Any]:
        with runtime.context.around(name):
            return await node(state, runtime)

    return cast(Node, inside)
