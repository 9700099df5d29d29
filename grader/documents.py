"""Files of TOML that people write for grading: read strictly, and what is wrong is said.

A message names the file, the key as it stands in the file, and what is allowed there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from grader.errors import SettingsError

T = TypeVar("T")

_PLACED = re.compile(r"(?P<said>.*?)(?: - at `\$\.?(?P<key>.*)`)?", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`")
_MISTYPED = re.compile(r"Expected `(.*)`, got `(.*)`")
_UNLISTED = re.compile(r"Invalid (?:enum )?value (.*)", re.DOTALL)
_STEP = re.compile(r"[^.\[\]]+|\[[^\]]*\]")
_TYPES = {
    "array": "a list",
    "bool": "true or false",
    "datetime": "a time",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "a text",
}


def read_document(path: Path) -> dict[str, Any]:
    """Read a file of TOML.

    Raises:
        SettingsError: It cannot be read, or it is not TOML.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise unusable(path, error.strerror or error) from error
    # The last three are bytes that are no UTF-8, tables in tables without end, and huge numbers.
    except (msgspec.DecodeError, ValueError, RecursionError, OverflowError) as error:
        raise unusable(path, error) from error


def converted(document: dict[str, Any], form: type[T], path: Path) -> T:
    """Return a document as a value of a type, whose keys and types it must have.

    Raises:
        SettingsError: It has others.
    """
    try:
        return msgspec.convert(document, form)
    except msgspec.ValidationError as error:
        raise unusable(path, _in_words(str(error), form)) from error


def unusable(path: Path, reason: object) -> SettingsError:
    """Return the error that says what is wrong with a file."""
    return SettingsError(f"{path} cannot be used: {reason}")


def _in_words(message: str, form: type) -> str:
    """Say in the words of who wrote the file what did not fit."""
    placed = _PLACED.fullmatch(message)
    if placed is None:  # never: the pattern takes any text
        return message
    said, key = placed["said"], placed["key"] or ""
    inside = f"{key}." if key else ""
    if found := _UNKNOWN.fullmatch(said):
        allowed = ", ".join(_keys(form, key))
        return f"there is no key {inside}{found[1]}; {key or 'the file'} can have {allowed}"
    if found := _MISSING.fullmatch(said):
        return f"{inside}{found[1]} is missing"
    if found := _MISTYPED.fullmatch(said):
        expected, got = (" or ".join(map(_named, each.split(" | "))) for each in found.groups())
        return f"{key or 'the file'} is {got}, but should be {expected}"
    if found := _UNLISTED.fullmatch(said):
        allowed = ", ".join(_values(form, key))
        return f"{key} is {found[1]}, but should be one of {allowed}"
    return f"{key}: {said}" if key else said


def _named(kind: str) -> str:
    return _TYPES.get(kind, kind)


def _keys(form: type, key: str) -> list[str]:
    return [
        field.encode_name
        for found in _at(form, key)
        if isinstance(found, inspect.StructType)
        for field in found.fields
    ]


def _values(form: type, key: str) -> list[str]:
    tags = [
        str(found.tag)
        for found in _at(form, key.rpartition(".")[0])
        if isinstance(found, inspect.StructType) and found.tag_field == key.rpartition(".")[2]
    ]
    return tags or [
        str(value)
        for found in _at(form, key)
        if isinstance(found, inspect.LiteralType)
        for value in found.values
    ]


def _at(form: type, key: str) -> list[inspect.Type]:
    """Return the types that may stand at a key."""
    found = [*_each(inspect.type_info(form))]
    for step in _STEP.findall(key):
        found = [inner for outer in found for inner in _each(_inside(outer, step))]
    return found


def _inside(outer: inspect.Type, step: str) -> inspect.Type | None:
    if isinstance(outer, inspect.StructType):
        fields = {field.encode_name: field.type for field in outer.fields}
        return fields.get(step)
    if isinstance(outer, inspect.VarTupleType | inspect.ListType):
        return outer.item_type
    return outer.value_type if isinstance(outer, inspect.DictType) else None


def _each(found: inspect.Type | None) -> Iterator[inspect.Type]:
    if isinstance(found, inspect.UnionType):
        yield from found.types
    elif found is not None:
        yield found
