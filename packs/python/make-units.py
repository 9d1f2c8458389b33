"""Makes of each wheel the tree that it installs to, byte-compiled and ready to be hard-linked into a root.

Called as `python make-units.py JOB.json` with
    {"library": DIR or null, "command": [str], "workers": N, "units": [{"name": str, "wheel": FILE, "dest": EMPTY DIR}]}
Installing is pip's own doing: with the pip that joblet pins (in DIR) in this process, since a process for each wheel would
cost more than the work; with any other pip by its command.

Bytecode carries the time of its source, not "unchecked": a hook that edits an installed file must win over bytecode.
All files of a unit get the time of the newest entry of the wheel, so the same wheel always makes the same unit.
"""

import calendar
import compileall
import csv
import json
import multiprocessing
import os
import py_compile
import subprocess
import sys
import zipfile
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

CHUNK = 40
OLDEST = 315532800  # 1980-01-01, where the dates of a zip file begin


def wheel_time(wheel):
    newest = OLDEST
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            year, month, day, hour, minute, second = entry.date_time
            if 1 <= month <= 12 and 1 <= day <= 31:
                newest = max(newest, calendar.timegm((year, month, day, hour, minute, second)))
    return newest


def install_in_process(unit):
    from pip._internal.locations import get_scheme
    from pip._internal.operations.install.wheel import install_wheel

    scheme = get_scheme(unit["name"], root=unit["dest"])
    install_wheel(
        unit["name"], unit["wheel"], scheme, unit["name"], pycompile=False, warn_script_location=False
    )


def install_by_command(unit, pip):
    command = pip + ["install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
    command += ["--ignore-installed", "--no-warn-script-location", "--root", unit["dest"], unit["wheel"]]
    subprocess.run(command, check=True)


def files_below(directory):
    for parent, _, names in os.walk(directory):
        for name in names:
            yield os.path.join(parent, name)


def install(unit, command):
    """Installs one wheel; returns its time and the sources to compile."""
    if command is None:
        install_in_process(unit)
    else:
        install_by_command(unit, command)
    stamp = wheel_time(unit["wheel"])
    sources = []
    for path in files_below(unit["dest"]):
        os.utime(path, (stamp, stamp), follow_symlinks=False)
        if path.endswith(".py") and "-packages/" in path:
            sources.append(path)
    return stamp, sources


def compile_sources(sources, dest):
    # A package may carry files that are no Python of this version (templates, tests of a parser): as pip, pass over them.
    for source in sources:
        try:
            compileall.compile_file(
                source,
                quiet=2,
                force=True,
                stripdir=dest,
                prependdir="/",
                invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP,
            )
        except (RecursionError, MemoryError, ValueError):
            continue


def finish(unit, stamp):
    """Adds the bytecode to RECORD, as pip does, and gives the new files the unit's time."""
    records = {}
    compiled = []
    for path in files_below(unit["dest"]):
        if path.endswith(".dist-info/RECORD"):
            records[os.path.dirname(os.path.dirname(path))] = path
        elif path.endswith(".pyc"):
            compiled.append(path)
            os.utime(path, (stamp, stamp))
    for library, record in records.items():
        # Of the command line's making, and about one installation; a unit serves many.
        for mark in ("REQUESTED", "direct_url.json"):
            path = os.path.join(os.path.dirname(record), mark)
            if os.path.exists(path):
                os.unlink(path)
        with open(record, newline="") as file:
            rows = [row for row in csv.reader(file) if row and os.path.exists(os.path.join(library, row[0]))]
        known = {row[0] for row in rows}
        below = library + os.sep
        lines = sorted(os.path.relpath(path, library) for path in compiled if path.startswith(below))
        rows += [(line, "", "") for line in lines if line not in known]
        with open(record, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        os.utime(record, (stamp, stamp))


def main():
    with open(sys.argv[1]) as file:
        job = json.load(file)
    os.umask(0o022)
    # The base is made at the same time, and it is what the build waits for.
    os.nice(10)
    command = job["command"]
    if job["library"] is not None:
        command = None
        sys.path.insert(0, job["library"])
        import pip._internal.operations.install.wheel  # noqa: F401  (once here, not in every worker)

    # The biggest first: a big wheel that starts last would leave the other workers idle.
    units = sorted(job["units"], key=lambda unit: -os.path.getsize(unit["wheel"]))
    # Forked, or each worker would import pip again.
    with ProcessPoolExecutor(job["workers"], multiprocessing.get_context("fork")) as pool:
        waiting = {pool.submit(install, unit, command): ("install", unit) for unit in units}
        stamps = {}
        open_chunks = {}
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                step, unit = waiting.pop(future)
                dest = unit["dest"]
                try:
                    result = future.result()
                except Exception as error:
                    for other in waiting:
                        other.cancel()
                    sys.exit("cannot unpack %s: %s" % (os.path.basename(unit["wheel"]), error))
                if step == "install":
                    stamps[dest], sources = result
                    chunks = [sources[at : at + CHUNK] for at in range(0, len(sources), CHUNK)]
                    open_chunks[dest] = len(chunks)
                    for chunk in chunks:
                        waiting[pool.submit(compile_sources, chunk, dest)] = ("compile", unit)
                elif step == "compile":
                    open_chunks[dest] -= 1
                if open_chunks.get(dest) == 0 and step != "finish":
                    waiting[pool.submit(finish, unit, stamps[dest])] = ("finish", unit)
                if step == "finish":
                    print("unpacked", unit["name"], flush=True)


if __name__ == "__main__":
    main()
