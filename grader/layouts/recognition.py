"""Which layout a folder or an archive has, and why it is taken for that.

Each layout has a function that recognises it and one that says whose each file is. The surest sign
is asked for first; what none recognises is plain. An export may lie in a folder of its own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from grader.layouts import canvas, github, gradescope, moodle, nbgrader, plain
from grader.layouts.piece import LayoutName, Piece
from grader.layouts.tree import Tree, is_archive

_DEEPEST = 3


class _Layout(NamedTuple):
    title: str
    recognise: Callable[[Tree], str]
    pieces: Callable[[Tree], list[Piece]]


_LAYOUTS: dict[LayoutName, _Layout] = {
    "gradescope": _Layout("Gradescope", gradescope.recognise, gradescope.pieces),
    "moodle": _Layout("Moodle", moodle.recognise, moodle.pieces),
    "nbgrader": _Layout("nbgrader", nbgrader.recognise, nbgrader.pieces),
    "canvas": _Layout("Canvas", canvas.recognise, canvas.pieces),
    "github": _Layout("GitHub Classroom", github.recognise, github.pieces),
    "plain": _Layout("One file or folder a student", lambda _tree: "", plain.pieces),
}
LAYOUTS: tuple[LayoutName, ...] = tuple(_LAYOUTS)
# A student's own folder may hold a checkout, and is no class for that.
_OF_EXPORTS: tuple[LayoutName, ...] = ("gradescope", "moodle", "nbgrader", "canvas")


@dataclass(frozen=True)
class Recognised:
    """A layout that was found, or asked for, and whose each file is by it."""

    sentence: str
    pieces: tuple[Piece, ...]


def recognise(tree: Tree, asked: LayoutName | None, suffixes: frozenset[str]) -> Recognised:
    """Find the layout of a class."""
    if asked:
        return _as_asked(tree, asked, suffixes)
    return _as_export(tree) or Recognised(
        f"{_LAYOUTS['plain'].title}: no platform names files like these",
        _pieces("plain", _top_of_plain(tree, suffixes), tree),
    )


def recognise_together(
    tree: Tree, asked: LayoutName | None, suffixes: frozenset[str]
) -> list[Recognised]:
    """Find the layout of what was named one by one: exports if each is one, and else one class."""
    if not asked and not _as_export(tree):
        exports = [_beside_others(tree, child) for child in tree.children]
        found = [each for each in exports if each]
        if len(found) == len(exports):
            return found
    return [recognise(tree, asked, suffixes)]


def _beside_others(tree: Tree, child: str) -> Recognised | None:
    inner = tree.below(child)
    is_file = len(inner.entries) != len(tree.children[child])
    return None if is_file else _as_export(inner, _OF_EXPORTS)


def _as_export(tree: Tree, names: tuple[LayoutName, ...] = LAYOUTS) -> Recognised | None:
    """Find a layout that a folder shows, or the folder in it that everything lies in."""
    for top in _depths(tree):
        for name in names:
            why = _LAYOUTS[name].recognise(top)
            if why:
                return Recognised(f"{_LAYOUTS[name].title}: {why}", _pieces(name, top, tree))
    return None


def _as_asked(tree: Tree, asked: LayoutName, suffixes: frozenset[str]) -> Recognised:
    layout = _LAYOUTS[asked]
    fitting = (each for each in _depths(tree) if layout.recognise(each))
    top = _top_of_plain(tree, suffixes) if asked == "plain" else next(fitting, tree)
    return Recognised(f"{layout.title}: as asked", _pieces(asked, top, tree))


def _pieces(name: LayoutName, top: Tree, whole: Tree) -> tuple[Piece, ...]:
    seen = {entry.where for entry in top.entries}
    # Litter beside the folder that everything lies in.
    beside = [entry for entry in whole.entries if entry.where not in seen]
    # Litter has names that look like those of the files it was left for.
    lying = [entry for entry in top.entries if entry.is_litter and len(entry.parts) == 1]
    lies = {id(entry) for entry in lying}
    kept = tuple(entry for entry in top.entries if id(entry) not in lies)
    found = _LAYOUTS[name].pieces(dataclasses.replace(top, entries=kept))
    return (*found, *(Piece(entry=entry, layout=name) for entry in (*lying, *beside)))


def _depths(tree: Tree) -> Iterator[Tree]:
    """Yield a tree, and what is left of it without the folders that everything lies in."""
    yield tree
    for _ in range(_DEEPEST):
        only = tree.only_folder()
        if only is None:
            return
        tree = tree.below(only)
        yield tree


def _top_of_plain(tree: Tree, suffixes: frozenset[str]) -> Tree:
    """Return the folder whose files and folders are students."""
    only = tree.only_folder()
    if only is None:
        return tree
    inner = tree.below(only)
    is_wrapped = is_archive(tree.name) and tree.name[:-4] == only
    holds_folders = len({e.parts[0] for e in inner.entries if len(e.parts) > 1}) > 1
    programs = (e for e in inner.entries if len(e.parts) == 1)
    # A student's own folder has the program at its top, a class has students there.
    holds_program = any(has_suffix(entry.parts[0], suffixes) for entry in programs)
    return inner if is_wrapped or (holds_folders and not holds_program) else tree


def has_suffix(name: str, suffixes: frozenset[str]) -> bool:
    """Whether a file of this name could be what is handed in."""
    return any(name.lower().endswith(suffix) for suffix in suffixes)
