import shutil
from pathlib import Path

import pytest

from app.knowledge.index import Index, fused
from app.knowledge.lexical import LexicalEmbeddings
from app.knowledge.shelf import DAMAGED
from app.knowledge.splitting import CHARACTERS, split
from app.knowledge.words import words

LONG = f"""\
# Manual
It tells of two things here.

## First
{"One thing is this. " * 100}

## Second
The other is that, of course.

## 3
"""
TEXTS = ["An R peak is the top of a QRS complex.", "Filters remove hum.", "The cough of a child.", ""]


def made(texts: list[str] = TEXTS) -> Index:
    return Index.of(texts, LexicalEmbeddings().embed_documents(texts))


def found(index: Index, question: str, count: int = 2) -> list[int]:
    return index.nearest(LexicalEmbeddings().embed_query(question), question, count)


def test_the_text_that_answers_is_found_first() -> None:
    assert found(made(), "where is the R peak?")[0] == 0
    assert found(made(), "coughing")[0] == 2
    assert found(made(), "hum of the mains")[0] == 1


def test_what_has_nothing_in_common_is_not_found_by_words() -> None:
    assert made().with_words_of("quantum") == []
    assert made([""]).with_words_of("quantum") == []


def test_an_index_is_the_same_after_it_was_opened_again(tmp_path: Path) -> None:
    made().save(tmp_path / "index")
    assert found(Index.open(tmp_path / "index"), "R peak", 4) == found(made(), "R peak", 4)
    made(["", ""]).save(tmp_path / "empty")
    assert Index.open(tmp_path / "empty").with_words_of("R peak") == []


@pytest.mark.parametrize("harm", ["vectors.faiss", "keywords/vocab.index.json", "keywords/params.index.json"])
def test_a_damaged_index_is_known_as_such(tmp_path: Path, harm: str) -> None:
    made().save(tmp_path / "index")
    (tmp_path / "index" / harm).write_bytes(b"nonsense")
    with pytest.raises(DAMAGED):
        Index.open(tmp_path / "index")
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(DAMAGED):
        Index.open(tmp_path / "index")


def test_ranks_add_up() -> None:
    assert fused([["a", "b", "c"], ["c", "b"]]) == ["c", "b", "a"]
    assert fused([["a", "b"], ["b", "a"]]) == ["a", "b"]
    assert fused([[], []]) == []


def test_words_have_one_spelling_one_form_and_one_sense() -> None:
    assert words("Synchronised") == words("synchronizing")
    assert words("apnoea") == words("apnea")
    assert set(words("EKG")) & set(words("the electrocardiogram's"))
    assert words("How do I do this?") == []


def test_a_section_is_a_passage_and_a_long_one_is_several() -> None:
    passages = split("Manual", "manual.md", LONG)
    assert [passage.title for passage in passages][:2] == ["Manual", "Manual: First"]
    assert passages[-1].title == "Manual: Second"
    assert all(len(passage.text) <= CHARACTERS for passage in passages)
    assert len({passage.id for passage in passages}) == len(passages) > 3


def test_the_same_text_twice_is_one_passage() -> None:
    assert len(split("t", "s", "# A\nThe very same words as below.\n\n# A\nThe very same words as below.")) == 1
    assert split("t", "s", "12\n\n13") == []
