"""What a box must not ask of the kernel is answered EPERM, and what it needs works.

Each program makes the system call itself, by its number, so that no library stands between.
"""

from __future__ import annotations

import errno
import platform
from pathlib import Path

import pyseccomp
import pytest

from grader.errors import SandboxError
from grader.sandbox import seccomp
from tests.boxes import program_box, said_by
from tests.conftest import require

CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def errno_of(number, *arguments):
    ctypes.set_errno(0)
    answer = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    return ctypes.get_errno() if answer == -1 else 0
"""
INT_0X80 = """
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
# mov eax, 20 (getpid of the 32-bit calls); int 0x80; ret
page.write(bytes.fromhex("b814000000cd80c3"))
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
print("before", flush=True)
print("after", ctypes.CFUNCTYPE(ctypes.c_int)(address)(), flush=True)
"""
X32 = (
    CALL
    + """
print("before", flush=True)
print("after", errno_of(0x40000000 | 39), flush=True)
"""
)


@pytest.fixture(scope="module", autouse=True)
def _bubblewrap() -> None:
    require("bwrap", "prlimit")


def number_of(name: str) -> int:
    """Return a system call's number on this machine, below 0 where it has none."""
    return int(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name))


def test_every_denied_call_answers_eperm(tmp_path: Path) -> None:
    """No name on the list gets as far as the kernel's own checks of its arguments."""
    numbers = {name: number_of(name) for name in seccomp._DENIED}
    present = {name: number for name, number in numbers.items() if number >= 0}
    listed = {**present, "statmount": 457, "listmount": 458}
    program = CALL + f"for number in {list(listed.values())}: print(errno_of(number, -1, -1, -1))"

    assert len(present) > 50
    assert dict(zip(listed, map(int, said_by(program, tmp_path)), strict=True)) == dict.fromkeys(
        listed, errno.EPERM
    )


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("clone", (0x10000000 | 17, 0, 0, 0, 0), errno.EPERM),
        ("clone", (0x40000000 | 17, 0, 0, 0, 0), errno.EPERM),
        ("clone", (0x00020000 | 17, 0, 0, 0, 0), errno.EPERM),
        ("clone3", (0, 0), errno.ENOSYS),
        ("socket", (2, 1, 0), errno.EPERM),
        ("socket", (10, 2, 0), errno.EPERM),
        ("socket", (16, 3, 0), errno.EPERM),
        ("socket", (17, 3, 0), errno.EPERM),
        ("socket", (38, 5, 0), errno.EPERM),
        ("socket", (40, 1, 0), errno.EPERM),
        ("socket", ((1 << 32) | 2, 1, 0), errno.EPERM),
        ("ioctl", (0, 0x5412, 0), errno.EPERM),
        # The kernel would drop the upper half.
        ("ioctl", (0, (1 << 32) | 0x5412, 0), errno.EPERM),
        ("ioctl", (0, 0x541C, 0), errno.EPERM),
        # Leases, news of changes, signals and their receivers, seals.
        ("fcntl", (0, 1024, 1), errno.EPERM),
        ("fcntl", (0, (1 << 32) | 1024, 1), errno.EPERM),
        ("fcntl", (0, 1025), errno.EPERM),
        ("fcntl", (0, 1026, 1), errno.EPERM),
        ("fcntl", (0, 10, 9), errno.EPERM),
        ("fcntl", (0, 10, 29), errno.EPERM),
        ("fcntl", (0, 8, 1), errno.EPERM),
        ("fcntl", (0, 15, 0), errno.EPERM),
        ("fcntl", (0, 1033, 0), errno.EPERM),
        ("fcntl", (0, 0x7FFFFFFF, 0), errno.EPERM),
        # Signals other than SIGCHLD at the end of a child, a child of the parent's, a traced one.
        ("clone", (9, 0, 0, 0, 0), errno.EPERM),
        ("clone", (0x100 | 0x4000 | 9, 0, 0, 0, 0), errno.EPERM),
        ("clone", ((1 << 32) | 9, 0, 0, 0, 0), errno.EPERM),
        ("clone", (29, 0, 0, 0, 0), errno.EPERM),
        ("clone", (0x8000 | 17, 0, 0, 0, 0), errno.EPERM),
        ("clone", (0x2000 | 17, 0, 0, 0, 0), errno.EPERM),
        # Receivers of signals, devices, networks, what others type.
        ("ioctl", (0, 0x5452, 0), errno.EPERM),
        ("ioctl", (0, 0x8901, 0), errno.EPERM),
        ("ioctl", (0, 0x8912, 0), errno.EPERM),
        ("ioctl", (0, 0x1260, 0), errno.EPERM),
        ("setrlimit", (15, 0), errno.EPERM),
        ("prctl", (59, 1), errno.EPERM),
        ("prctl", (0x59616D61, 1), errno.EPERM),
        ("prctl", (1, 0), errno.EPERM),
        ("prctl", (22, 1), errno.EPERM),
        ("kill", (1, 9), errno.EPERM),
        ("kill", (-1, 9), errno.EPERM),
        ("tgkill", (2, 2, 9), errno.EPERM),
        ("tkill", (2, (1 << 32) | 9), errno.EPERM),
        ("rt_sigqueueinfo", (2, 9, 0), errno.EPERM),
    ],
)
def test_calls_are_denied_by_their_arguments(
    tmp_path: Path, name: str, arguments: tuple[int, ...], expected: int
) -> None:
    """Calls that a program needs otherwise are denied where they reach further."""
    program = CALL + f"print(errno_of({number_of(name)}, *{arguments}))"

    assert said_by(program, tmp_path) == [str(expected)]


def test_calls_of_a_newer_kernel_do_not_exist(tmp_path: Path) -> None:
    """What was invented after this list was written is as unknown as on an old kernel."""
    program = CALL + "print({errno_of(n, -1, -1, -1) for n in range(463, 512)})"

    assert said_by(program, tmp_path) == [str({errno.ENOSYS})]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="these are x86-64's other calls")
@pytest.mark.parametrize("program", [INT_0X80, X32], ids=["32-bit", "x32"])
def test_other_instruction_sets_end_the_program(tmp_path: Path, program: str) -> None:
    """A filter for one set of numbers says nothing of another, so there is no other."""
    with program_box(program, tmp_path) as box:
        status = box.wait_end(60)
        box.close()

    assert (status, box.output.split()) == (128 + 31, ["before"])


def test_the_filter_holds_in_every_process_of_the_box(tmp_path: Path) -> None:
    """The init has it too, and new programs and threads inherit it."""
    program = """
import subprocess, threading
def modes(path): return [l.split()[1] for l in open(path) if l.startswith("Seccomp:")]
print(modes("/proc/1/status"), modes("/proc/self/status"))
command = ["grep", "-c", "Seccomp:.2", "/proc/self/status"]
print(subprocess.run(command, capture_output=True).stdout)
threading.Thread(target=lambda: print(modes("/proc/thread-self/status"))).start()
"""

    assert said_by(program, tmp_path) == ["['2'] ['2']", "b'1\\n'", "['2']"]


def test_what_programs_need_works(tmp_path: Path) -> None:
    """Threads, processes, pools, event loops, sockets among themselves and memory are as ever."""
    program = """
import asyncio, concurrent.futures, mmap, multiprocessing, os
import socket, subprocess, tempfile, threading
def main():
    asyncio.run(asyncio.sleep(0))
    async def started():
        process = await asyncio.create_subprocess_exec("true")
        return await process.wait()
    print(asyncio.run(started()))
    ours, theirs = socket.socketpair(); ours.send(b"x"); print(theirs.recv(1))
    with concurrent.futures.ThreadPoolExecutor(4) as pool: print(sum(pool.map(abs, range(-3, 0))))
    with multiprocessing.get_context("fork").Pool(2) as pool: print(sum(pool.map(abs, [-1, -2])))
    child = multiprocessing.get_context("fork").Process(target=threading.Event().wait)
    child.start(); child.terminate(); child.join(); print(child.exitcode)
    print(subprocess.run("echo $((1 + 1))", shell=True, capture_output=True).stdout)
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    mmap.mmap(-1, 4096).close()
    with tempfile.NamedTemporaryFile() as file: file.write(b"x")
if __name__ == "__main__":
    main()
"""

    assert said_by(program, tmp_path) == ["0", "b'x'", "6", "3", "-15", "b'2\\n'"]


def test_every_allowed_argument_is_allowed(tmp_path: Path) -> None:
    """What is on a list gets as far as the kernel, which answers whatever it answers."""
    listed: dict[str, list[tuple[int, ...]]] = {
        "fcntl": [(-1, command) for command in seccomp._FCNTL_COMMANDS],
        "prctl": [(option, 0, 0, 0, 0) for option in seccomp._PRCTL_OPTIONS if option != 38],
        "ioctl": [(0, request, 0) for request in seccomp._IOCTL_REQUESTS],
        # With a handle on the child and its number in one place, which no kernel takes.
        "clone": [(flag | 0x00101000 | 17, 0, 0, 0, 0) for flag in seccomp._CLONE_FLAGS],
    }
    calls = [(number_of(name), *arguments) for name, these in listed.items() for arguments in these]
    program = CALL + f"print([c for c in {calls} if errno_of(*c) == {errno.EPERM}])"

    assert said_by(program, tmp_path) == ["[]"]


def test_locks_terminals_and_signals_of_ones_own_work(tmp_path: Path) -> None:
    """What honest programs do with the calls of which only parts are allowed is as ever."""
    program = """
import ctypes, fcntl, os, pty, select, shutil, signal, socket, sqlite3, struct, subprocess
import termios, threading, tty
with open("/tmp/x", "w+") as file:
    fcntl.flock(file, fcntl.LOCK_EX); fcntl.flock(file, fcntl.LOCK_UN)
    fcntl.lockf(file, fcntl.LOCK_EX); fcntl.lockf(file, fcntl.LOCK_UN)
    lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
    fcntl.fcntl(file, 37, lock)
    fcntl.fcntl(os.dup(file.fileno()), fcntl.F_SETFL, os.O_NONBLOCK)
shutil.copy("/tmp/x", "/tmp/y"); subprocess.run(["cp", "/tmp/x", "/tmp/z"], check=True)
base = sqlite3.connect("/tmp/base"); base.execute("create table t (n)"); base.commit()
print(subprocess.run(["echo", "x"], capture_output=True, pipesize=1 << 16).stdout)
master, slave = pty.openpty(); tty.setraw(slave); print(os.isatty(slave), os.isatty(0))
print(os.get_terminal_size(slave)[0] >= 0, os.ttyname(slave)[:5])
left, right = socket.socketpair(); left.setblocking(False); right.settimeout(1); left.send(b"abc")
size = ctypes.c_int(); fcntl.ioctl(right, termios.FIONREAD, size); print(size.value)
heard = []
for number in (signal.SIGALRM, signal.SIGCHLD, signal.SIGUSR1, signal.SIGIO):
    signal.signal(number, lambda number, _: heard.append(number))
signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause()
os.kill(os.getpid(), signal.SIGUSR1); os.kill(os.getpid(), signal.SIGIO)
if os.fork() == 0: os._exit(3)
print(os.waitstatus_to_exitcode(os.wait()[1]), sorted(set(map(int, heard))))
pid, fd = pty.fork()
if pid == 0: os._exit(5)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
print(os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)[1]))
"""

    assert said_by(program, tmp_path) == [
        "b'x\\n'",
        "True False",
        "True /dev/",
        "3",
        "3 [10, 14, 17, 29]",
        "5",
        "0",
    ]


def test_a_library_that_does_not_know_a_call_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No call is left out in silence, because a library is too old for it."""
    monkeypatch.setattr(seccomp, "_DENIED", (*seccomp._DENIED, "call_of_tomorrow"))
    seccomp._program.cache_clear()
    try:
        with pytest.raises(SandboxError, match="call_of_tomorrow"):
            seccomp.open_filter()
    finally:
        seccomp._program.cache_clear()
