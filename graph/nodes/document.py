"""Writes the user document, and runs the commands in it to see that they work."""

from typing import Any

from langgraph.runtime import Runtime

from graph.addresses import without_addresses
from graph.archive import ancestry, best_version
from graph.citations import sources
from graph.context import Context
from graph.errors import BudgetSpent, ReplyUnusable
from graph.executions import ending, last_line
from graph.manual import check_manual, program_commands
from graph.ports import Call
from graph.render import briefing, render
from graph.state import State
from sandbox.base import Program

TRIES = 2


async def document(state: State, runtime: Runtime[Context]) -> dict[str, Any]:
    context = runtime.context
    best = await best_version(context, state)
    if best is None:
        return {"document": ""}
    source, problem, text = context.text(best.source), "", ""
    used = sources(context, state.get("cited", {}), ancestry(await context.versions.all(), best.version))
    allowed = {one.source for one in used}
    for number in range(1, TRIES + 1):
        prompt = render("document", **await briefing(context), source=source, problem=problem)
        try:
            reply = await context.chat.ask(Call("document", prompt, item=str(number)), check_manual)
        except (BudgetSpent, ReplyUnusable) as error:
            # A program that was measured is worth more than its document.
            runtime.stream_writer({"note": f"no document: {error}"})
            break
        text = without_addresses(reply, allowed)
        problem = await rehearse(context, source, text)
        if not problem:
            runtime.stream_writer({"note": "the commands of the document work"})
            return {"document": context.keep(text)}
    if not text:
        return {"document": ""}
    note = f"> The commands below were run and did not all work: {problem}\n\n"
    runtime.stream_writer({"note": f"the document's commands do not work: {problem}"})
    return {"document": context.keep(note + text)}


async def rehearse(context: Context, source: str, text: str) -> str:
    """Runs each command of the document once; the first one that fails, in one line."""
    inputs = await context.bench.inputs("validation")
    for command, arguments in program_commands(text):
        result = await context.sandbox.run(Program(source, inputs, arguments), context.limits)
        if not result.ok:
            return f"`{command}` failed: {(last_line(result.stderr) or ending(result))[:200]}"
    return ""
