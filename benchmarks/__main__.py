"""`make bench`: run every benchmark and write what was seen into README.md beside this file.

Each module is a process of its own (some pin themselves to one core). A missed bar is written down, not hidden, and makes
the exit status 1.
"""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

MODULES = {
    "intake": "Intake of a loan return, 1 M rows",
    "settlement": "Settlement engine",
    "quarter": "A quarter end to end",
    "matching": "Ranking: the best ten products of every request",
    "matching_assignment": "Assignment: who meets whom",
    "timetable": "Timetable: the fewest slots",
    "timetable_repair": "Timetable: a late cancellation",
    "pages": "Pages: the first byte, with the demonstration city and with ten times its loans",
}
README = Path(__file__).parent / "README.md"
INTRODUCTION = """# What was measured

Every figure is taken together with its peer and its limit in one run, the two sides in turn, the median of at least five, so
that a noisy machine disturbs both alike; read the ratios, not the seconds. `make bench` runs all of it and writes this page;
`python -m benchmarks.<module>` runs one part. A bar that was missed says **no**.
"""


def machine() -> str:
    """The machine in one line: processor, cores, memory, versions."""
    names = [
        line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def run(module: str) -> tuple[str, int]:
    """What a module printed, shown as it comes, and its exit status."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *sys.argv[1:]]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return "".join(lines).strip(), process.returncode


def main() -> None:
    parts, worst = [INTRODUCTION, f"Machine: {machine()}. Day: {datetime.now(UTC):%Y-%m-%d}.\n"], 0
    for module, title in MODULES.items():
        print(f"\n## {title}\n", flush=True)
        text, status = run(module)
        worst = max(worst, status)
        parts.append(f"## {title}\n\n{text}\n")
    README.write_text("\n".join(parts), encoding="utf-8")
    sys.exit(worst)


if __name__ == "__main__":
    main()
