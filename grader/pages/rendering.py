"""Templates in, pages out: one file each, which runs nothing and loads nothing.

What a submission's side wrote comes to a template as ordinary text. Every text that is put out is
made visible first (no character turns, hides or erases another) and is escaped then; the policy in
the page's head would stop what got through all the same.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import grader
from grader.reports.characters import visible
from grader.reports.outcome import number

_FOLDER = Path(__file__).parent / "templates"


def rendered(template: str, **view: Any) -> str:
    """Return a page."""
    style = _style()
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),  # noqa: S704 - ours
            policy=_policy(style),
            version=grader.__version__,
            **view,
        )
    )


def _policy(style: str) -> str:
    """Allow the one style by its digest, and pictures that stand in the page itself."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


@functools.cache
def _style() -> str:
    return (_FOLDER / "style.css").read_text()


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters |= {"number": number, "percent": percent, "thousands": "{:,}".format}
    return environment


def _shown(value: Any) -> Any:
    """Make visible what is text of others, and leave what we have marked up."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def percent(share: float) -> Markup:
    """Write a share so that nothing short of 100 % says 100, and no line ends in it."""
    hundredths = int(share * 10_000 + 1e-9)
    return Markup("{}&nbsp;%").format(f"{hundredths / 100:g}")
