"""A request to a chat model as text: what the ledger keeps and a recording is compared with."""

import json

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from graph.render import render


def to_messages(prompt: str, complaint: str = "") -> list[BaseMessage]:
    messages: list[BaseMessage] = [SystemMessage(render("system")), HumanMessage(prompt)]
    if complaint:
        messages.append(
            HumanMessage(f"Your last answer could not be used: {complaint}. Answer again, in the form asked for.")
        )
    return messages


def to_request(messages: list[BaseMessage]) -> str:
    return json.dumps([[message.type, message.text] for message in messages], ensure_ascii=False)
