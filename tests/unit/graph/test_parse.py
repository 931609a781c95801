import pytest
from pydantic import BaseModel

from graph.errors import ReplyUnusable
from graph.parse import blocks, function, json_value, parsing_python, prose, python


class Point(BaseModel):
    x: int
    name: str = ""


F = "def f():\n    return 1\n"
WITH_FENCES = 'def f():\n    """Use it so:\n```\nf()\n```\n"""\n    return 1\n'


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param(f"```python\n{F}```", F, id="backticks"),
        pytest.param(f"~~~python\n{F}~~~\n", F, id="tildes"),
        pytest.param(f"````python\n{F}````\n", F, id="four backticks"),
        pytest.param(f"```python\n{F}`````\n", F, id="closed by a longer fence"),
        pytest.param(f"Here:\n\n```py\n{F}```\n\nDone.", F, id="words around"),
        pytest.param(f"``` Python title=a\n{F}```", F, id="case and attributes"),
        pytest.param(f"```\n{F}```", F, id="no language"),
        pytest.param(f"```python\n{F}", F, id="unclosed"),
        pytest.param(F, F, id="no fence at all"),
        pytest.param(f"```python\n{F}```\n```python\nf()\n```", F, id="the longer one"),
        pytest.param(f"```sh\n{'ls ' * 20}\n```\n```python\n{F}```", F, id="another language before"),
        pytest.param(f"```python\n{F}```\n".replace("\n", "\r\n"), F, id="CRLF"),
        pytest.param(F.replace("\n", "\r\n"), F, id="CRLF and no fence"),
        pytest.param("1. So:\n\n   ```python\n   def f():\n       return 1\n   ```\n", F, id="indented, in a list"),
        pytest.param(f"```python\n{WITH_FENCES}```\nThat is it.\n", WITH_FENCES, id="fences in a docstring"),
        pytest.param('```python\ns = "```"\n```\n', 's = "```"\n', id="a fence inside a line"),
        pytest.param("```python\ndef f(:\n```\nwords\n```sh\nls\n```", "def f(:\n", id="that does not parse"),
    ],
)
def test_python(reply, expected):
    assert python(reply) == expected


@pytest.mark.parametrize("reply", ["", "no code here", "```json\n{}\n```", "x = 1"])
def test_python_that_is_not_there(reply):
    with pytest.raises(ReplyUnusable, match="no Python code"):
        python(reply)


@pytest.mark.parametrize("source", ["def f(:\n", "x = '\0'\n", "x = " + "+".join("1" * 5000), "x = " + "(" * 900])
def test_code_that_does_not_parse(source):
    with pytest.raises(ReplyUnusable, match="does not parse"):
        parsing_python(f"```python\n{source}\n```")


def test_an_odd_escape_is_no_matter_of_ours():
    assert parsing_python('```python\nx = "\\d"\n```') == 'x = "\\d"\n'


def test_blocks_come_in_order_and_by_language():
    reply = "```sh\na\n```\n```python\nb\n```\n~~~sh\nc\n~~~\n```sh\nd\n"
    assert blocks(reply, "sh") == ["a\n", "c\n", "d\n\n"]
    assert blocks(reply, "sh", "python") == ["a\n", "b\n", "c\n", "d\n\n"]
    assert blocks("text", "sh") == []


def test_a_block_of_other_marks_does_not_end_it():
    assert blocks("~~~sh\n```\n~~~", "sh") == ["```\n"]
    assert blocks("````sh\n```\n````", "sh") == ["```\n"]


def test_function_takes_the_block_that_defines_it():
    example = "import numpy as np\n\nresult = f(np.zeros(100))\nprint(result)\n"
    assert function(f"```python\n{F}```\nUse:\n```python\n{example}```", "f") == F


@pytest.mark.parametrize(
    ("source", "complaint"),
    [("def g(): pass\n", "does not define the function f"), ("def f(:\n", "does not parse"), ("f = 1\n", "not define")],
)
def test_function_that_is_not_there(source, complaint):
    with pytest.raises(ReplyUnusable, match=complaint):
        function(f"```python\n{source}```", "f")


@pytest.mark.parametrize(
    "reply",
    [
        '{"x": 1}',
        '```json\n{"x": 1}\n```',
        '```\n{"x": 1}\n```',
        '```json\n{"x": 1}',
        '```json\r\n{"x": 1}\r\n```\r\n',
        'Here it is: {"x": 1}. I hope {that} helps.',
        'Of the {form} asked for: {"x": 1}',
        'First {"y": 2}, no: {"x": 1}',
        '[{"x": 1}, {"x": 2}]',
    ],
)
def test_json(reply):
    assert json_value(reply, Point) == Point(x=1)


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        ("", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ('{"x": 1', "does not parse"),
        ("{'x': 1}", "does not parse"),
        ('{"x": "one"}', "not as asked: x: "),
        ('{"y": 1}', "not as asked: x: Field required"),
        ('{"x": 1, "name": "\\ud800"}', "does not parse"),
        ('{"x": ' + "9" * 5000 + "}", "does not parse"),
        ('{"x": ' + "[" * 100_000, "does not parse"),
    ],
)
def test_json_that_is_of_no_use(reply, complaint):
    with pytest.raises(ReplyUnusable, match=complaint):
        json_value(reply, Point)


def test_prose_is_stripped_and_not_empty():
    assert prose(" a\n") == "a"
    with pytest.raises(ReplyUnusable, match="empty"):
        prose(" \n ")


@pytest.mark.parametrize("loose", ["for i in range(3):\n    T.append(i)", "T += [1]", "while T:\n    T.pop()"])
def test_a_module_may_not_fill_its_tables_outside_of_functions(loose: str) -> None:
    reply = f"```python\nT = []\n{loose}\ndef f():\n    return T\n```"
    with pytest.raises(ReplyUnusable, match="line 2: a statement outside of any function"):
        function(reply, "f")
