"""Bounds the memory that a data set may take, before it is allocated."""

from groundwork.errors import UsageError

DEFAULT_MAX_BYTES = 2 ** 30
_MEMINFO = "/proc/meminfo"  # of Linux; elsewhere free memory is not asked for
_CONTAINER_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def check(source, wanted, max_bytes=DEFAULT_MAX_BYTES):
    """Refuses an array that would be larger than --max_data_bytes, or than the free memory.

    Args:
        source: file or flag that asks for the array, as the message begins.
        wanted: bytes that the array would take.
        max_bytes: the value of --max_data_bytes.

    Raises:
        UsageError: there are fewer bytes.
    """
    if wanted > max_bytes:
        raise UsageError("{}: expected data of at most {} bytes in memory (--max_data_bytes), "
                         "received {} bytes".format(source, max_bytes, wanted))
    free = free_bytes()
    if free is not None and wanted > free:
        raise UsageError("{}: expected data of at most {} bytes, which are free in memory, "
                         "received {} bytes".format(source, free, wanted))


def holds(wanted, max_bytes):
    """True where `check` accepts that many bytes."""
    free = free_bytes()
    return wanted <= max_bytes and (free is None or wanted <= free)


def free_bytes():
    """Returns the memory that can be had without swapping, in bytes; None where it is unknown."""
    limits = [_available()] + [_container_limit(path) for path in _CONTAINER_LIMITS]
    return min([limit for limit in limits if limit is not None], default=None)


def _available():
    try:
        with open(_MEMINFO) as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


def _container_limit(path):
    try:
        with open(path) as file:
            return int(file.read())
    except (OSError, ValueError):  # there is no container, or its limit is "max"
        return None
