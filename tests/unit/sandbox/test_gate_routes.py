import json
from urllib.parse import quote, quote_plus

import pytest

from sandbox.gate.refusal import Refused
from sandbox.gate.routes import routed

ID = "0123456789abcdef" * 4
MINE = quote(json.dumps({"label": ["autoiot.sandbox=x", "autoiot.server"]}))


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/_ping"),
        ("GET", "/version"),
        ("GET", "/v1.41/images/autoiot-sandbox:0123456789abcdef/json"),
        ("GET", f"/v1.41/containers/json?limit=-1&all=1&size=0&trunc_cmd=0&filters={MINE}"),
        ("POST", "/v1.41/containers/create?name=autoiot-17-0123456789ab"),
        ("GET", f"/v1.41/containers/{ID}/json"),
        ("POST", "/v1.41/containers/autoiot-17-0123456789ab/start"),
        ("POST", "/v1.41/containers/autoiot-17-0123456789ab/attach?stdin=1&stdout=1&stderr=1&stream=1"),
        ("POST", "/v1.41/containers/autoiot-17-0123456789ab/wait"),
        ("DELETE", "/v1.41/containers/autoiot-17-0123456789ab?v=True&link=False&force=True"),
    ],
)
def test_what_a_sandbox_needs(method: str, target: str) -> None:
    request = routed(method, target)
    assert (request.method, request.target.partition("?")[0]) == (method, target.partition("?")[0])


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", f"/v1.41/containers/{ID}/exec"),
        ("POST", "/v1.41/exec/x/start"),
        ("GET", f"/v1.41/containers/{ID}/archive?path=/"),
        ("GET", f"/v1.41/containers/{ID}/logs?stdout=1"),
        ("POST", f"/v1.41/containers/{ID}/rename?name=x"),
        ("POST", f"/v1.41/containers/{ID}/update"),
        ("GET", "/v1.41/containers/autoiot_api_1/json"),
        ("GET", "/v1.41/containers/autoiot-api-1/json"),
        ("GET", f"/v1.41/containers/{ID[:12]}/json"),
        ("DELETE", f"/v1.41/containers/{ID}?link=1"),
        ("POST", "/v1.41/containers/create"),
        ("POST", "/v1.41/containers/create?name=x"),
        ("POST", "/v1.41/containers/create?name=autoiot-17-0123456789ab&platform=x"),
        ("POST", "/v1.41/containers/create?name=autoiot-17-0123456789ab%0a"),
        ("GET", "/v1.41/containers/json"),
        ("GET", "/v1.41/containers/json?all=1&filters="),
        ("GET", '/v1.41/containers/json?filters={"label":{"autoiot.sandbox=x":false}}'),
        ("GET", '/v1.41/containers/json?filters={"label":["x"],"name":["autoiot.sandbox"]}'),
        ("GET", "/v1.41/containers/json?filters={}&filters=[]"),
        ("GET", "/v1.41/images/json"),
        ("GET", "/v1.41/images/postgres:17/json"),
        ("POST", "/v1.41/build"),
        ("POST", "/v1.41/images/create?fromImage=x"),
        ("POST", "/v1.41/images/load"),
        ("GET", "/v1.41/info"),
        ("GET", "/v1.41/volumes"),
        ("POST", "/v1.41/volumes/create"),
        ("GET", "/v1.41/secrets"),
        ("POST", "/session"),
        ("GET", "//_ping"),
        ("GET", "/v1.41/../_ping"),
        ("GET", "/v1.41/%5fping"),
        ("POST", "/_ping"),
        ("GET", "http://elsewhere/containers/json"),
        ("GET", ""),
    ],
)
def test_anything_else(method: str, target: str) -> None:
    with pytest.raises(Refused):
        routed(method, target)


def test_the_filters_of_a_list_are_written_anew() -> None:
    target = '/containers/json?filters={"label":["other"],"label":["autoiot.sandbox=x"],"name":["y"]}'
    written = quote_plus('{"label": ["autoiot.sandbox=x"]}')
    assert routed("GET", target).target == f"/containers/json?filters={written}"
