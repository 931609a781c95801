"""What people said while a run went on, and what came of it."""

from typing import Any

from app.report.numbers import shown
from graph.comparison import Comparison


def said_words(result: dict[str, Any]) -> list[str]:
    versions = {version["version"]: version for version in result["versions"]}
    return [_said(one, versions.get(one["followed_by"])) for one in result.get("said") or ()]


def _said(one: dict[str, Any], followed: dict[str, Any] | None) -> str:
    answer = one["answer"] or {}
    stops, version, target = answer.get("action") == "stop", answer.get("version"), answer.get("target")
    parts = [f"“{one['said']}”"] if one["said"] else []
    if version is not None:
        parts.append(f"hand v{version} over" if stops else f"go on from v{version}")
    if target is not None:
        parts.append(f"{shown(target)} is enough")
    if stops and version is None:
        parts.append("stop")
    when = f"After v{one['after']}" if one["after"] else "Before the first program"
    told = f"{when}: {', '.join(parts or ['go on'])}"
    return told if stops else f"{told}. {_came_of(followed)}"


def _came_of(version: dict[str, Any] | None) -> str:
    if version is None:
        return "No version came after it."
    found = version["against_parent"]
    against = f", {Comparison(**found).words('v' + str(version['parent']))}" if found else ""
    return f"v{version['version']} followed{against if version['status'] == 'ok' else ', and failed'}."
