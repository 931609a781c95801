"""The words for the model: Markdown templates, rendered strictly (a missing variable is an error)."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from graph.context import Context
from graph.platforms import PLATFORMS

_TEMPLATES = Environment(
    loader=PackageLoader("graph", "prompts"),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render(name: str, **values: Any) -> str:
    return _TEMPLATES.get_template(f"{name}.md").render(**values)


async def briefing(context: Context) -> dict[str, Any]:
    """What every prompt about the program starts from."""
    return {
        "task": context.task,
        "measured": context.bench.measured,
        "tunable": bool(context.task.trials) and context.bench.tunable,
        "profile": await context.bench.profile(context.sandbox),
        "predictions_help": context.bench.predictions_help,
        "packages": ", ".join(context.sandbox.environment.requirements()),
        "limits": context.limits,
        "platform": PLATFORMS.get(context.task.constraints.platform or ""),
    }
