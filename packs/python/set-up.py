"""Makes `python`, `python3`, `pip` and `pip3` mean the runtime's python, in /usr/local/bin, which comes first in PATH.

What means it already stays as it is. Debian has no `python` command, and its `python3` and `pip` are those of the
release's default version."""

import importlib.util
import os
import shutil
import sys

bin_dir = "/usr/local/bin"
executable = sys.executable
os.umask(0o022)
os.makedirs(bin_dir, exist_ok=True)


def replace(name, make):
    path = os.path.join(bin_dir, name)
    if os.path.lexists(path):
        os.unlink(path)
    make(path)


for name in ("python", "python3"):
    there = shutil.which(name)
    if there is None or os.path.realpath(there) != os.path.realpath(executable):
        replace(name, lambda path: os.symlink(executable, path))

if importlib.util.find_spec("pip") is None:
    sys.exit("this python has no pip: install python3-pip, or run ensurepip in a hook")

script = """#!%s
import sys
from pip._internal.cli.main import main
if __name__ == "__main__":
    sys.exit(main())
""" % executable


def write(path):
    with open(path, "w") as file:
        file.write(script)
    os.chmod(path, 0o755)


default = shutil.which("python3", path="/usr/bin")
if default is None or os.path.realpath(default) != os.path.realpath(executable):
    for name in ("pip", "pip3"):
        replace(name, write)
