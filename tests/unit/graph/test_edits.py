import pytest

from graph.edits import Edit, EditsDoNotApply, apply_edits, has_edits, parse_edits
from graph.errors import ReplyUnusable

BLOCK = "<<<<<<< SEARCH\na = 1\n=======\na = 2\n>>>>>>> REPLACE\n"


@pytest.mark.parametrize(
    "reply",
    [
        BLOCK,
        f"Text.\n\n{BLOCK}\nMore.",
        f"```python\n{BLOCK}```",
        f"```\n{BLOCK}```\n",
        BLOCK.rstrip("\n"),
        BLOCK.replace("\n", "\r\n"),
        BLOCK.replace("<<<<<<<", "<<<<<").replace("=======", "=====").replace(">>>>>>>", ">>>>>"),
        BLOCK.replace("SEARCH", "SEARCH program.py"),
    ],
)
def test_parse(reply):
    assert has_edits(reply)
    assert parse_edits(reply) == [Edit("a = 1\n", "a = 2\n")]


def test_several_blocks_come_in_order():
    assert parse_edits(BLOCK + BLOCK.replace("a", "b")) == [Edit("a = 1\n", "a = 2\n"), Edit("b = 1\n", "b = 2\n")]


def test_a_block_may_delete():
    assert parse_edits("<<<<<<< SEARCH\na\n=======\n>>>>>>> REPLACE") == [Edit("a\n", "")]


@pytest.mark.parametrize(
    "reply", ["", "a = 2", "<<<<<<< SEARCH\na\n=======\nb\n", "<<<<<<< SEARCH\na\n>>>>>>> REPLACE"]
)
def test_no_block(reply):
    with pytest.raises(ReplyUnusable, match="no SEARCH/REPLACE block"):
        parse_edits(reply)


def test_one_block_without_an_end_spoils_the_others():
    with pytest.raises(ReplyUnusable, match="has no end"):
        parse_edits(BLOCK + "<<<<<<< SEARCH\nb\n=======\nc\n")


@pytest.mark.parametrize(
    ("source", "edits", "expected"),
    [
        pytest.param("a = 1\nb = 1\n", [("b = 1\n", "b = 2\n")], "a = 1\nb = 2\n", id="exact"),
        pytest.param("a\nb\nc\n", [("a\nb\n", "x\n")], "x\nc\n", id="several lines"),
        pytest.param("a\n", [("a\n", "b\n"), ("b\n", "c\n")], "c\n", id="the second needs the first"),
        pytest.param("a\na\nb\n", [("a\nb\n", "b\n"), ("a\n", "c\n")], "c\nb\n", id="found once after the first"),
        pytest.param("    a = 1\n", [("a = 1\n", "a = 2\n")], "    a = 2\n", id="indentation is kept"),
        pytest.param("gain = 1\nin = 1\n", [("in = 1\n", "in = 2\n")], "gain = 1\nin = 2\n", id="whole lines"),
        pytest.param("a\n\nb\n", [("\nb\n", "\nc\n")], "a\n\nc\n", id="a blank line first"),
        pytest.param("s = r'\\1.*'\n", [("s = r'\\1.*'\n", "s = r'\\2$'\n")], "s = r'\\2$'\n", id="no patterns"),
        pytest.param("a\nb", [("b", "c")], "a\nc", id="no newline at the end"),
    ],
)
def test_apply(source, edits, expected):
    assert apply_edits(source, [Edit(*edit) for edit in edits]) == expected


@pytest.mark.parametrize(
    ("source", "edits", "complaint"),
    [
        ("a\n", [("b\n", "c\n")], "edit 1 of 1 did not apply: its SEARCH text was found 0 times"),
        ("a\nb\na\n", [("a\n", "c\n")], "found 2 times"),
        ("a\na\na\n", [("a\na\n", "c\n")], "found 2 times"),
        ("gain = 1\n", [("in = 1\n", "in = 2\n")], "found 0 times"),
        ("a = 10\n", [("a = 1\n", "a = 2\n")], "found 0 times"),
        ("a\n", [("", "c\n")], "SEARCH text is empty"),
        ("a\n", [("\n  \n", "c\n")], "SEARCH text is empty"),
        ("a\nb\n", [("a\n", "x\n"), ("a\n", "y\n")], "edit 2 of 2"),
        ("a\n", [("a\n", "b\n=======\nc\n")], "second line of"),
    ],
)
def test_edits_that_do_not_apply(source, edits, complaint):
    with pytest.raises(EditsDoNotApply, match=complaint):
        apply_edits(source, [Edit(*edit) for edit in edits])


def test_an_underlined_title_in_the_program_makes_no_wrong_edit():
    source = '"""Methods\n=======\nA filter.\n"""\n'
    reply = f"<<<<<<< SEARCH\n{source}=======\n# none\n>>>>>>> REPLACE"
    with pytest.raises(EditsDoNotApply, match="second line of"):
        apply_edits(source, parse_edits(reply))


def test_marks_inside_a_line_are_text():
    source = 's = "<<<<<<< SEARCH ======= >>>>>>> REPLACE"\n'
    reply = f"<<<<<<< SEARCH\n{source}=======\ns = 1\n>>>>>>> REPLACE"
    assert apply_edits(source, parse_edits(reply)) == "s = 1\n"
