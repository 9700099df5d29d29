"""The account of a box's user, which its system does not list: no account of the machine is there.

Programs say who ran them, and whose their folder is. Where the system knows nobody by that number
or name, they are told of a student; whom it knows is answered as ever.
"""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

_NAME = "student"


def install() -> None:
    """Answer questions for the user and group that run a submission."""
    user, group = os.getuid(), os.getgid()
    account = pwd.struct_passwd((_NAME, "x", user, group, "Student", str(Path.home()), "/bin/bash"))
    members = grp.struct_group((_NAME, "x", group, []))
    _answer(pwd, "getpwuid", user, account)
    _answer(pwd, "getpwnam", _NAME, account)
    _answer(grp, "getgrgid", group, members)
    _answer(grp, "getgrnam", _NAME, members)


def _answer(place: Any, name: str, asked: Any, answer: Any) -> None:
    real: Callable[[Any], Any] = getattr(place, name)

    def answered(question: Any) -> Any:
        try:
            return real(question)
        except KeyError:
            if question != asked:
                raise
            return answer

    setattr(place, name, answered)
