"""The seccomp filter of a box: all system calls that Python and TensorFlow need, no further ones.

It is a list of what is denied, because what TensorFlow needs changes from version to version.
Denied are ways to look into other processes, to change what is mounted, to make namespaces, to
speak to anybody, and parts of the kernel that have been the way out of other sandboxes. A denied
call answers EPERM, so a program that tries one is told and goes on. What is newer than this list
answers ENOSYS, as on an older kernel. Calls of another instruction set (32-bit, x32), which carry
other numbers, end the program.

Running code from memory (`memfd_create`, `execveat`) is allowed: a box may run any code anyway.

Two rules are there for the worker, who must tell a program that ended itself from one that
somebody killed (see `box`): nothing in a box can send SIGKILL, or exit with the status that
bubblewrap gives for it.
"""

from __future__ import annotations

import errno
import functools
import os
import resource
import signal
import socket
import termios
from collections.abc import Iterator
from typing import Any

from grader.errors import SandboxError

KILLED_STATUS = 128 + signal.SIGKILL

_DENIED = (
    # Other processes.
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease"),
    *("kcmp", "pidfd_getfd", "move_pages", "migrate_pages"),
    # What is mounted, and files by their number instead of their path.
    *("mount", "umount2", "pivot_root", "chroot", "mount_setattr", "move_mount", "open_tree"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "name_to_handle_at", "open_by_handle_at"),
    *("quotactl", "quotactl_fd", "swapon", "swapoff", "fanotify_init"),
    # Namespaces.
    *("unshare", "setns"),
    # Parts of the kernel with a history.
    *("bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "io_setup", "io_submit"),
    *("kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module"),
    *("create_module", "get_kernel_syms", "query_module", "nfsservctl", "uselib", "_sysctl"),
    *("lookup_dcookie", "vmsplice", "memfd_secret", "modify_ldt", "iopl", "ioperm", "personality"),
    # The machine.
    *("syslog", "acct", "reboot", "vhangup", "sethostname", "setdomainname"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime"),
    # Filters of its own, which could also end it by SIGKILL.
    "seccomp",
)
# Calls from 424 on have the same number on every machine, and libseccomp may not know these names.
_DENIED_NUMBERS = (457, 458)  # statmount, listmount
_CLONE3 = 435
_NEWEST = 462
_NUMBERS_END = 512
_CLONE_NAMESPACES = (
    *(0x00000080, 0x00020000, 0x02000000, 0x04000000),  # time, mounts, control groups, host name
    *(0x08000000, 0x10000000, 0x20000000, 0x40000000),  # messages, users, processes, network
)
# Which argument of a call says the signal.
_SIGNAL_SENDERS = {
    "kill": 1,
    "tkill": 1,
    "tgkill": 2,
    "rt_sigqueueinfo": 1,
    "rt_tgsigqueueinfo": 2,
    "pidfd_send_signal": 1,
}
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_TIOCLINUX = 0x541C
# The kernel reads only the lower half of an argument that is an `int`.
_INT = 0xFFFFFFFF


def open_filter() -> int:
    """Return a fresh descriptor of the filter as the kernel's byte code, for bubblewrap to read.

    Raises:
        SandboxError: There is no usable libseccomp.
    """
    fd = os.memfd_create("seccomp")
    os.write(fd, _program())
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


@functools.cache
def _program() -> bytes:
    try:
        import pyseccomp  # noqa: PLC0415 - it loads libseccomp, and raises where there is none
    except (ImportError, RuntimeError, AttributeError) as error:
        raise SandboxError(
            f"no seccomp filter can be made ({error}): apt-get install libseccomp2"
        ) from error
    try:
        rules = _rules(pyseccomp)
        with os.fdopen(os.memfd_create("seccomp"), "w+b") as file:
            rules.export_bpf(file)
            file.seek(0)
            return file.read()
    except OSError as error:
        raise SandboxError(f"libseccomp cannot make the filter: {error}") from error


def _rules(library: Any) -> Any:
    rules = library.SyscallFilter(library.ALLOW)
    rules.set_attr(library.Attr.ACT_BADARCH, library.KILL_PROCESS)
    # A binary tree of the numbers, so that no call waits for a hundred comparisons.
    rules.set_attr(library.Attr.CTL_OPTIMIZE, 2)
    denied, unknown = library.ERRNO(errno.EPERM), library.ERRNO(errno.ENOSYS)
    for name, conditions in _conditions(library):
        number = library.resolve_syscall(library.Arch.NATIVE, name)
        if number == -1:
            raise SandboxError(
                f"no seccomp filter can be made: libseccomp does not know {name}, so it is older"
                " than 2.5.4"
            )
        # Below -1: a name of other machines, which this one does not have.
        if number >= 0:
            rules.add_rule(denied, number, *conditions)
    for number in _DENIED_NUMBERS:
        rules.add_rule(denied, number)
    # The flags of clone3 are behind a pointer, where a filter cannot look; the C library then uses
    # clone.
    for number in (_CLONE3, *range(_NEWEST + 1, _NUMBERS_END)):
        rules.add_rule(unknown, number)
    return rules


def _conditions(library: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Give each call that is denied, and the condition on its arguments, if there is one."""

    def argument(place: int, value: int, mask: int = _INT) -> Any:
        return library.Arg(place, library.MASKED_EQ, mask, value)

    yield from ((name, ()) for name in _DENIED)
    yield from (("clone", (argument(0, flag, flag),)) for flag in _CLONE_NAMESPACES)
    for name in ("socket", "socketpair"):
        yield name, (library.Arg(0, library.NE, socket.AF_UNIX),)
    for request in (termios.TIOCSTI, _TIOCLINUX):
        yield "ioctl", (argument(1, request),)
    # With the first, a program that got hold of bubblewrap's init could outlive the worker.
    for option in (_PR_SET_PDEATHSIG, _PR_SET_SECCOMP):
        yield "prctl", (argument(0, option),)
    # At a hard limit of CPU time the kernel itself sends SIGKILL.
    yield "setrlimit", (argument(0, resource.RLIMIT_CPU),)
    is_set = library.Arg(2, library.NE, 0)
    yield "prlimit64", (argument(1, resource.RLIMIT_CPU), is_set)
    for name, place in _SIGNAL_SENDERS.items():
        yield name, (argument(place, signal.SIGKILL),)
    for name in ("exit", "exit_group"):
        yield name, (argument(0, KILLED_STATUS, 0xFF),)
