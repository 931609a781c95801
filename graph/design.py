"""The design: modules with signatures, so that each can be written without the others."""

import ast
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from graph.syntax import tree


class Module(BaseModel):
    model_config = ConfigDict(frozen=True)

    signature: str
    """`def name(argument: type, ...) -> type`"""
    does: str = Field(min_length=1)
    """What it does, with the shapes and units of what goes in and out."""
    rests_on: Annotated[tuple[str, ...], Field(max_length=12)] = ()
    """Ids of the passages that it was decided by."""

    @field_validator("rests_on", mode="after")
    @classmethod
    def _are_ids(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.strip(" []") for name in given))

    @field_validator("signature")
    @classmethod
    def _is_a_signature(cls, text: str) -> str:
        text = text.strip().rstrip(":").strip()
        try:
            _definition(text)
        except (SyntaxError, ValueError) as error:
            raise ValueError(f"not a Python signature: {text}") from error
        return text

    @property
    def name(self) -> str:
        return _definition(self.signature).name


class Design(BaseModel):
    model_config = ConfigDict(frozen=True)

    summary: str = Field(min_length=1)
    modules: tuple[Module, ...] = Field(min_length=1, max_length=12)
    main: str = Field(min_length=1)
    """How `main` puts the modules together."""
    alternatives: tuple[str, ...] = ()
    """Methods of other families, in a sentence each: what further drafts are written by."""

    @field_validator("alternatives", mode="before")
    @classmethod
    def _are_words(cls, given: Any) -> tuple[str, ...]:
        # A good design is not refused for them: what is missing is asked for later.
        found = cast(list[Any], given) if isinstance(given, list | tuple) else []
        return tuple(one.strip() for one in found if isinstance(one, str) and one.strip())

    @model_validator(mode="after")
    def _names_differ(self) -> "Design":
        names = [module.name for module in self.modules]
        twice = sorted({name for name in names if names.count(name) > 1} | ({"main"} & set(names)))
        if twice:
            raise ValueError(f"module names have to differ from each other and from main: {', '.join(twice)}")
        return self

    def module(self, name: str) -> Module:
        return next(module for module in self.modules if module.name == name)


def _definition(signature: str) -> ast.FunctionDef:
    """Raises SyntaxError or ValueError unless it is one plain function."""
    (node,) = tree(f"{signature}: ...").body
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        raise ValueError(signature)
    return node
