"""Time, memory and disk that verifying a pair of 25.6 million parameters takes.

    python -m benchmarks.large_pair [--float32_only]
"""

import os
import resource
import subprocess
import sys
import tempfile
import time

_HERE = os.path.dirname(os.path.abspath(__file__))


def _size(folder):
    """Bytes of the files in a folder, of which some may be gone meanwhile."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(path, name)).st_blocks * 512
            except OSError:
                continue
    return total


def main(flags):
    """Verifies the pair and prints what it took; returns the status of `parity.verify`."""
    disk, start = 0, time.time()
    with tempfile.TemporaryDirectory() as folder:
        verify = subprocess.Popen(
            [sys.executable, "-m", "parity.verify", "--steps=1",
             f"--legacy={os.path.join(_HERE, 'resnet.py')}:build",
             f"--modern={os.path.join(_HERE, 'port.py')}:build", *flags],
            env=dict(os.environ, TMPDIR=folder))
        while verify.poll() is None:
            disk = max(disk, _size(folder))
            time.sleep(0.3)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"exit status {verify.returncode}: {time.time() - start:.0f} s, "
          f"{used.ru_utime + used.ru_stime:.0f} processor seconds, largest process "
          f"{used.ru_maxrss * 1024 / 1e9:.1f} GB, disk {disk / 1e9:.1f} GB")
    return verify.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
