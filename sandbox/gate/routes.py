"""Which requests are let through: the endpoints that `sandbox/` uses, each with the parameters that it sends."""

import json
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from sandbox.containers import INSTALLATION
from sandbox.gate.refusal import Refused

VERSION = r"(?P<version>/v1\.\d{2})?"
NAME = r"autoiot-\d+-[0-9a-f]{12}"
CONTAINER = rf"/containers/(?P<container>{NAME}|[0-9a-f]{{64}})"
FLAG = r"1|0|True|False|true|false"


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    """Name -> pattern of the values that it may have."""
    needed: tuple[str, ...] = ()
    creates: bool = False
    attaches: bool = False


@dataclass(frozen=True)
class Request:
    """One that is let through, if the container that it names is a sandbox and its body is checked."""

    method: str
    target: str
    container: str | None
    creates: bool = False
    attaches: bool = False


ROUTES = (
    Route("GET", "/_ping"),
    Route("GET", "/version"),
    Route("GET", r"/images/autoiot-sandbox:[0-9a-f]{16}/json"),
    Route(
        "GET",
        "/containers/json",
        {"all": FLAG, "limit": "-1", "size": "0", "trunc_cmd": "0", "filters": ".*"},
        needed=("filters",),
    ),
    Route("POST", "/containers/create", {"name": NAME}, needed=("name",), creates=True),
    Route("GET", f"{CONTAINER}/json"),
    Route("POST", f"{CONTAINER}/start"),
    Route("POST", f"{CONTAINER}/wait"),
    Route("POST", f"{CONTAINER}/attach", dict.fromkeys(("stdin", "stdout", "stderr", "stream"), FLAG), attaches=True),
    Route("DELETE", CONTAINER, dict.fromkeys(("v", "force"), FLAG) | {"link": "0|False|false"}),
)


def routed(method: str, target: str) -> Request:
    """Raises Refused. The target goes on as it was read, so that the engine cannot read it differently."""
    parts = urlsplit(target)
    for route in ROUTES:
        found = re.fullmatch(VERSION + route.path, parts.path, re.ASCII)
        if method == route.method and found:
            parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
            refuse_parameters(route, parameters)
            if "filters" in route.needed:
                parameters["filters"] = of_sandboxes(parameters["filters"])
            query = f"?{urlencode(parameters)}" if parameters else ""
            return Request(
                method,
                parts.path + query,
                found.groupdict().get("container"),
                creates=route.creates,
                attaches=route.attaches,
            )
    raise Refused(f"{method} {parts.path}: not among what a sandbox needs")


def refuse_parameters(route: Route, parameters: dict[str, str]) -> None:
    for name, value in parameters.items():
        if name not in route.parameters or not re.fullmatch(route.parameters[name], value, re.DOTALL):
            raise Refused(f"{route.method} {route.path}: parameter {name}")
    for name in route.needed:
        if name not in parameters:
            raise Refused(f"{route.method} {route.path}: parameter {name} is missing")


def of_sandboxes(filters: str) -> str:
    """The filters of a list, written anew; raises Refused where it could name other containers."""
    try:
        labels = json.loads(filters)["label"]
    except (ValueError, TypeError, KeyError):
        labels = None
    if not isinstance(labels, list) or not any(str(label).split("=")[0] == INSTALLATION for label in labels):
        raise Refused(f"GET /containers/json: only with a filter by the label {INSTALLATION}")
    return json.dumps({"label": [str(label) for label in labels]})
