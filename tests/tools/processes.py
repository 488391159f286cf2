"""The memory and the limits of a process of a test, on systems that tell them."""

import re
from pathlib import Path

__all__ = ['allow_open_files', 'forget_peak', 'peak_bytes']


def allow_open_files(count: int) -> None:
    """Let this process, and those that it starts, have so many files open."""
    import resource  # which Windows does not have

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def forget_peak() -> None:
    """Have what is resident now count as the most that ever was."""
    Path('/proc/self/clear_refs').write_text('5')


def peak_bytes() -> int:
    """Return the most memory that was ever resident.

    Not from getrusage: to its maximum counts what the process was before it became this server.
    """
    peak = re.search(r'VmHWM:\s+(\d+) kB', Path('/proc/self/status').read_text())
    assert peak is not None  # every Linux has it
    return int(peak[1]) * 1024
