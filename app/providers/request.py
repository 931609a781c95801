"""A request to a chat model as text: what the ledger keeps and a recording is compared with."""

import json
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from graph.render import render


def to_messages(prompt: str, problem: str = "") -> list[BaseMessage]:
    messages: list[BaseMessage] = [SystemMessage(render("system")), HumanMessage(prompt)]
    return [*messages, complaint(problem)] if problem else messages


def complaint(problem: str) -> HumanMessage:
    return HumanMessage(f"Your last answer could not be used: {problem}. Answer again, in the form asked for.")


def to_request(messages: list[BaseMessage]) -> str:
    return json.dumps([_row(message) for message in messages], ensure_ascii=False)


def _row(message: BaseMessage) -> list[Any]:
    called = message.tool_calls if isinstance(message, AIMessage) else []
    return [message.type, message.text, *([[call["name"], call["args"]] for call in called])]
