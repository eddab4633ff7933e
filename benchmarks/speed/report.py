"""Results as JSON, with the machine and the versions that they are of."""

from importlib import metadata
import json
import os
import platform

_PACKAGES = ("tensorflow", "keras", "numpy", "torch")


def _processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _versions():
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine():
    """Processor, cores, system, and versions of what this interpreter has."""
    return {"processor": _processor(), "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.release()}", "versions": _versions()}


def as_json(measured, costs, written):
    """The text of a report.

    Args:
      measured: `[(row, [race.Result])]`.
      costs: `{what: [processes.Whole]}`.
      written: `{wing: [output_overhead.Turn]}`.
    """
    return json.dumps({
        "machine": machine(),
        "steps": [dict(row._asdict(), contestants=[result._asdict() for result in results])
                  for row, results in measured],
        "commands": {what: [whole._asdict() for whole in wholes]
                     for what, wholes in costs.items()},
        "written": {wing: [turn._asdict() for turn in turns]
                    for wing, turns in written.items()}}, indent=1) + "\n"
