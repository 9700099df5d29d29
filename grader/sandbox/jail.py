"""The bubblewrap command line: which parts of the system a box sees."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import grader
import reference
from grader.sandbox.limits import Limits

_MIB = 1024 * 1024
_CODE = "/code/grader"
HOSTNAME = "grader-box"
_HOME = "/home/student"
# The folders that a box can write to.
SCRATCH = ("/dev/shm", "/tmp", _HOME)  # noqa: S108 - the box's own
# Of these the kernel tells every process, and they are about the machine.
_TELLING = (
    "cmdline",
    "config.gz",
    "iomem",
    "kallsyms",
    "keys",
    "modules",
    "sched_debug",
    "slabinfo",
)
_ENVIRONMENT = {
    "HOME": _HOME,
    "USER": "student",
    "LOGNAME": "student",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONPATH": "/code",
    "CUDA_VISIBLE_DEVICES": "-1",
    # TensorFlow asks for the same megabytes at every step: freed memory is kept, so that it is not
    # returned to the kernel and faulted in again each time.
    "GLIBC_TUNABLES": ":".join(
        f"glibc.malloc.{name}_threshold={1 << 32}" for name in ("mmap", "trim")
    ),
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


class Contents(NamedTuple):
    """What runs in a jail and what it gets.

    Attributes:
        arguments: Command-line arguments of Python; "{channel}" is the descriptor of its channel.
        modules: Modules and packages of `grader` that exist inside, such as "protocol".
        data: Folder of the data set, mounted at /data.
        hidden: Folders that are masked, wherever they lie, such as an exercise in a package.
    """

    arguments: Sequence[str]
    modules: Sequence[str]
    data: Path
    hidden: tuple[Path, ...] = ()


def jailed(contents: Contents, channel: int, filter_fd: int | None, limits: Limits) -> list[str]:
    """Return the command that runs Python in a fresh jail.

    Args:
        contents: What runs in it.
        channel: Descriptor that the program inherits.
        filter_fd: Descriptor of the seccomp filter; None makes a jail without one.
        limits: What the jail may use.
    """
    arguments = [part.replace("{channel}", str(channel)) for part in contents.arguments]
    return [
        *limits.outside(),
        "bwrap",
        *(
            "--unshare-all",
            "--unshare-user",
            "--disable-userns",
            "--die-with-parent",
            "--new-session",
        ),
        *("--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", HOSTNAME),
        *("--clearenv",),
        *(part for name, value in _ENVIRONMENT.items() for part in ("--setenv", name, value)),
        *("--proc", "/proc", "--dev", "/dev"),
        *_hidden_parts_of_proc(),
        # Before the mounts of Python, which may live below /tmp or /home.
        *_scratch(limits),
        *_system(),
        *_python(contents.hidden),
        *_own_modules(contents.modules),
        *("--ro-bind", str(contents.data), "/data"),
        # A box that root starts owns the files of /proc/sys, and would set the machine's kernel.
        *("--remount-ro", "/proc"),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", _HOME),
        *(() if filter_fd is None else ("--seccomp", str(filter_fd))),
        *("--", *limits.command(), sys.executable, "-s", *arguments),
    ]


def _hidden_parts_of_proc() -> list[str]:
    """Cover files with an empty device that cannot be opened; bubblewrap cannot make new ones."""
    return [
        part
        for name in _TELLING
        if Path("/proc", name).exists()
        for part in ("--ro-bind", "/dev/null", f"/proc/{name}")
    ]


def _system() -> list[str]:
    parts = ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/", name)
        if path.is_symlink():
            parts += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            parts += ["--ro-bind", str(path), str(path)]
    return parts


def _python(hidden: Iterable[Path]) -> list[str]:
    """Mount the interpreter and its packages; mask our own, and `hidden`, among them."""
    roots = {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    parts: list[str] = []
    for root in sorted(roots, key=lambda path: len(path.parts)):
        if not root.is_relative_to("/usr") or root.is_relative_to("/usr/local"):
            parts += ["--ro-bind", str(root), str(root)]
    ours = [Path(str(package.__file__)).resolve().parent for package in (grader, reference)]
    # What lies in a folder of ours is masked with it.
    others = [each for each in hidden if not any(each.is_relative_to(own) for own in ours)]
    for folder in (*ours, *dict.fromkeys(others)):
        if any(folder.is_relative_to(root) for root in {*roots, Path("/usr")}):
            parts += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    return parts + _without_print_fonts()


def _without_print_fonts() -> list[str]:
    """Hide the fonts that matplotlib has for PDF's own: it would read all, in every new box."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        return []
    fonts = Path(found.origin).resolve().parent / "mpl-data" / "fonts"
    return [
        part
        for name in ("afm", "pdfcorefonts")
        if (fonts / name).is_dir()
        for part in ("--tmpfs", str(fonts / name), "--remount-ro", str(fonts / name))
    ]


def _own_modules(modules: Iterable[str]) -> list[str]:
    source = Path(grader.__file__).resolve().parent
    parts = []
    for name in ("__init__", *modules):
        path = source / name if (source / name).is_dir() else source / f"{name}.py"
        parts += ["--ro-bind", str(path), f"{_CODE}/{path.name}"]
    return parts


def _scratch(limits: Limits) -> list[str]:
    sizes_mib = (limits.shm_mib, limits.tmp_mib, limits.home_mib)
    return [
        part
        for folder, size_mib in zip(SCRATCH, sizes_mib, strict=True)
        for part in ("--size", str(size_mib * _MIB), "--tmpfs", folder)
    ]
