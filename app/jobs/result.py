"""The result of a run: `result.json`, and the folder that holds it with everything else."""

import asyncio
import contextlib
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.db.plain import finite
from app.db.tables import CallRow
from app.jobs.archive import facts
from app.jobs.course import course
from app.jobs.manual import readme
from app.jobs.out import RESULT, alone, clear, refuse_occupied
from app.jobs.request import RunRequest
from app.jobs.standalone import SCORER, dockerfile, program_test, reproduce_script
from app.providers.ledger import Calls
from app.report.page import report_page
from graph.archive import ancestry, held_to, per_unit
from graph.citations import Cited, sources
from graph.comparison import compare
from graph.context import Context
from graph.hearing import in_force
from graph.imports import imported
from graph.ports import Artifacts
from graph.state import State
from graph.task import is_own
from graph.values import Version

SHOWN = (
    "version",
    "parent",
    "operator",
    "merged",
    "idea",
    "status",
    "problem",
    "validation",
    "claim",
    "runs",
    "spread",
    "seconds",
    "repairs",
    "lines",
    "quality",
    "against_parent",
)


async def build_result(request: RunRequest, context: Context, state: State, calls: Calls) -> dict[str, Any]:
    """All that can be said from the archive and the ledger; who runs it adds status, time and notes."""
    versions = await context.versions.all()
    usage = await calls.usage()
    return finite(
        {
            "run": calls.run,
            "status": "finished",
            "task": request.task.model_dump(mode="json", exclude_unset=True),
            "dataset": request.dataset.name,
            "model": ", ".join(await calls.models()) or request.model,
            "measured": context.bench.measured,
            "best": describe_best(state, versions),
            "drafts_alone": drafts_alone(state, versions, await calls.questions()),
            "course": course(versions, request.task.scoring, measured=context.bench.measured),
            "requirements": pins(context, state, versions),
            "versions": await asyncio.to_thread(compared, context, state, versions),
            "usage": asdict(usage) | {"seconds": 0.0},
            "replayed": False,
            "stopped_by": state["stopped_by"],
            "looked_up": looked_up(context, state),
            "sources": [asdict(source) for source in used_sources(context, state, versions)],
            "rules": kept_to(context, state, versions),
            "said": said(context, state, versions),
            "instructions_heard": list(range(1, state.get("heard", 0) + 1)),
            "document": state["document"],
        }
    )


def compared(context: Context, state: State, versions: list[Version]) -> list[dict[str, Any]]:
    """The candidates, and how each compares with the chosen one."""
    best = state["best"]
    chosen = next((v for v in versions if best and v.version == best["version"]), None)
    return [
        {name: getattr(version, name) for name in SHOWN} | {"against_best": against(context, version, chosen)}
        for version in versions
    ]


def against(context: Context, version: Version, chosen: Version | None) -> dict[str, Any] | None:
    scoring = context.task.scoring
    if scoring is None or chosen is None or version is chosen:
        return None
    found = compare(per_unit(context, version), per_unit(context, chosen), scoring.direction)
    return found.as_json() if found else None


def looked_up(context: Context, state: State) -> list[dict[str, Any]]:
    """All that searches found, with the reason why it was kept or not."""
    return [row for reference in state.get("looked_up", []) for row in json.loads(context.text(reference))]


def kept_to(context: Context, state: State, versions: list[Version]) -> list[dict[str, Any]]:
    """What people said that code can check, and which versions that ran break it, and how."""
    ran = [version for version in versions if version.status == "ok"]
    found = list[dict[str, Any]]()
    for rule in in_force(context, state):
        broken = {version.version: held_to([rule], version, context.text(version.source)) for version in ran}
        reasons = {str(number): each[0].reason for number, each in broken.items() if each}
        found.append({"said": rule.said, "broken_by": reasons})
    return found


def said(context: Context, state: State, versions: list[Version]) -> list[dict[str, Any]]:
    """What people said, in its order, after which version, and which was the first that the model made knowing it."""
    made = [version.version for version in versions if version.operator not in ("tune", "simplify")]
    return [
        {
            "said": context.text(one["text"]) if one["text"] else "",
            "answer": one.get("answer"),
            "after": one["after"],
            "followed_by": next((number for number in made if number > one["after"]), None),
        }
        for one in state.get("said", [])
    ]


def used_sources(context: Context, state: State, versions: list[Version]) -> list[Cited]:
    best = state["best"]
    return sources(context, state.get("cited", {}), ancestry(versions, best["version"])) if best else []


def pins(context: Context, state: State, versions: list[Version]) -> list[str]:
    """The packages that the chosen program imports, in the versions that it ran with."""
    if not state["best"]:
        return []
    chosen = next(v for v in versions if v.version == state["best"]["version"])
    return context.sandbox.environment.requirements(imported(context.text(chosen.source)))


def describe_best(state: State, versions: list[Version]) -> dict[str, Any] | None:
    best = state["best"]
    if not best:
        return None
    version = next(v for v in versions if v.version == best["version"])
    test = state["test"] or {}
    return {
        "version": version.version,
        "validation": version.validation,
        "test": test.get("metrics"),
        "test_problem": test.get("problem"),
        "test_spread": test.get("spread"),
        "predictions": test.get("predictions", ""),
        "claim": version.claim,
        "pace": state.get("pace"),
    }


def drafts_alone(state: State, versions: list[Version], questions: dict[int, int]) -> dict[str, Any] | None:
    """What the best draft, by validation, would have given, and in how many calls of the model the drafts were made."""
    alone = state.get("draft_alone")
    if not alone:
        return None
    drafts = [version for version in versions if version.operator == "draft"]
    return {
        "version": alone["version"],
        "drafts": len(drafts),
        "calls": sum(questions.get(version.version - 1, 0) for version in drafts),
        "of_calls": sum(questions.values()),
        "test": alone.get("metrics"),
        "test_problem": alone.get("problem"),
    }


@dataclass(frozen=True)
class Kept:
    """All that is kept of a run and goes into its folder."""

    versions: list[Version]
    calls: list[CallRow]
    artifacts: Artifacts

    def text(self, reference: str) -> str:
        return self.artifacts.get(reference).decode("utf-8")


def export(request: RunRequest, result: dict[str, Any], kept: Kept) -> None:
    """Writes the folder, in place of an older result; safe to run twice, and beside another run's."""
    with alone(request.out):
        refuse_occupied(request.out)
        write_folder(request.out, request, result, kept)


def write_folder(out: Path, request: RunRequest, result: dict[str, Any], kept: Kept) -> None:
    # First: without it a folder that a crash left half written would be taken for somebody else's.
    write_json(out / RESULT, {"run": result["run"], "status": "exporting"})
    clear(out)
    if result["best"]:
        write_program(out, request, result, kept)
    scoring = request.task.scoring
    if scoring and is_own(scoring.scorer):
        # The job has read it; whoever took it away since has to keep it.
        with contextlib.suppress(OSError):
            shutil.copyfile(request.base / scoring.scorer, out / SCORER)
    if request.description:
        shutil.copyfile(request.description, out / "dataset.yaml")
    for version in kept.versions:
        write_candidate(out / "candidates" / f"v{version.version}", version, kept)
    page = report_page(result, request.task.scoring, kept.versions, kept.text, kept.calls)
    (out / "report.html").write_text(page, encoding="utf-8")
    # Last: whoever finds it may rely on the rest.
    write_json(out / RESULT, {name: value for name, value in result.items() if name != "document"})


def write_program(out: Path, request: RunRequest, result: dict[str, Any], kept: Kept) -> None:
    chosen = next(version for version in kept.versions if version.version == result["best"]["version"])
    source = kept.text(chosen.source)
    document = kept.text(result["document"]) if result["document"] else ""
    (out / "program.py").write_text(source, encoding="utf-8")
    (out / "requirements.txt").write_text("\n".join(result["requirements"]) + "\n", encoding="utf-8")
    (out / "README.md").write_text(readme(result, request.task, document), encoding="utf-8")
    (out / "Dockerfile").write_text(dockerfile(result), encoding="utf-8")
    if result["best"].get("predictions"):
        predictions = kept.artifacts.get(result["best"]["predictions"])
        (out / "predictions.csv").write_bytes(predictions)
        (out / "test_program.py").write_text(program_test(predictions), encoding="utf-8")
    if result["measured"]:
        script = out / "reproduce.sh"
        script.write_text(reproduce_script(described=request.description is not None), encoding="utf-8")
        script.chmod(0o755)


def write_candidate(folder: Path, version: Version, kept: Kept) -> None:
    folder.mkdir(parents=True)
    (folder / "program.py").write_text(kept.text(version.source), encoding="utf-8")
    for name in ("diff", "output"):
        reference = getattr(version, name)
        if reference:
            (folder / f"{name}.txt").write_text(kept.text(reference), encoding="utf-8")
    if version.predictions:
        (folder / "predictions.csv").write_bytes(kept.artifacts.get(version.predictions))
    units = json.loads(kept.text(version.units)) if version.units else {}
    write_json(folder / "candidate.json", facts(version) | {"units": units})


def write_json(file: Path, value: Any) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_text(json.dumps(finite(value), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(file)
