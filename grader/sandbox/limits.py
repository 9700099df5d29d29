"""What a box may use at most."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024
# The clock over the whole tree comes first; this one holds where the watchdog cannot look.
_CPU_MARGIN_S = 30


@dataclass(frozen=True)
class Limits:
    """Limits of one box; the watchdog and a control group hold what resource limits cannot.

    Attributes:
        memory_mib: Memory of all processes together, and of what lies in the scratch folders.
        processes: Processes and threads.
        cpu_s: CPU time of all processes together, also of those that have ended. None: no limit.
        share_s: CPU time between two calls of `Box.begin_share`. None: no limit.
        wall_s: Time that the worker spends waiting for the box, in all. None: no limit.
        idle_s: Time in which the worker waits and the box computes nothing. None: no limit.
        file_mib: Size of one file.
        home_mib: Size of the home folder; like the next two, it lives in memory.
        tmp_mib: Size of /tmp.
        shm_mib: Size of /dev/shm.
        open_files: Open files of one process.
        niceness: How far the box stands back when others want the same processor, from 0 to 19.
    """

    memory_mib: int = 4096
    processes: int = 256
    cpu_s: int | None = 900
    share_s: int | None = None
    wall_s: int | None = 1800
    idle_s: float | None = 60
    file_mib: int = 512
    home_mib: int = 512
    tmp_mib: int = 256
    shm_mib: int = 64
    open_files: int = 1024
    niceness: int = 5

    @property
    def memory_excess(self) -> str:
        """What to say of a box that took too much memory."""
        return f"it used over {self.memory_mib:,} MiB of memory"

    @property
    def processes_excess(self) -> str:
        """What to say of a box that started too much."""
        return f"it started over {self.processes:,} processes"

    @property
    def cpu_excess(self) -> str:
        """What to say of a box that computed too long."""
        return f"it computed for over {self.cpu_s:,} seconds, training not counted"

    @property
    def share_excess(self) -> str:
        """What to say of a box that computed too long for one submission."""
        return f"it computed for over {self.share_s:,} seconds"

    @property
    def wall_excess(self) -> str:
        """What to say of a box that took too long."""
        return f"it took over {self.wall_s:,} seconds, training not counted"

    @property
    def idle_excess(self) -> str:
        """What to say of a box that neither computed nor answered."""
        return f"it did nothing for {self.idle_s:,.0f} s"

    def outside(self) -> list[str]:
        """Return the command that runs a whole box with a limit of CPU time.

        Only a soft limit: the hard one is enforced with SIGKILL, which must mean that somebody
        outside has ended the box. Inside, nobody may set either (see `seccomp`), so it comes first.
        """
        if self.cpu_s is None:
            return []
        return ["/usr/bin/prlimit", f"--cpu={self.cpu_s + _CPU_MARGIN_S}:unlimited", "--"]

    def command(self) -> list[str]:
        """Return the command that sets all other resource limits and runs what follows."""
        return [
            *("/usr/bin/nice", "-n", str(self.niceness)),
            "/usr/bin/prlimit",
            "--core=0",
            f"--data={self.memory_mib * _MIB}",
            f"--fsize={self.file_mib * _MIB}",
            f"--nofile={self.open_files}",
            f"--nproc={self.processes}",
            "--",
        ]
