"""Runs Numba's own tests on zouk: `conformance/run.py` all of the list, `conformance/run.py test_numconv …` some files.

The tests come with Numba's wheel, which is fetched by name into `target/conformance` and never becomes part of this repository. Each file is run in processes of
its own (`worker.py`), with limits on time and memory; after a crash the rest of the file is run in a new one.

`--bless` writes the lists of what passes (`passing/`), `--report` writes docs/conformance.md from all that was run last.
"""

import argparse
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = ROOT / "target" / "conformance"
sys.path.insert(0, str(HERE))

from cuda_tests import module_of  # noqa: E402
from files import FILES, is_inside  # noqa: E402

# Of one test. Machines differ, and so does what else they do.
SECONDS = 120


class Unavailable(Exception):
    """The wheel could not be fetched."""


def version():
    from zouk.as_numba import NUMBA_VERSION

    return NUMBA_VERSION


def tests():
    """The folder of Numba's tests, fetched when it is not there; beside it, in `cuda`, those of CUDA."""
    home = WORK / f"numba-{version()}" / "numba"
    missing = [part for part in ("tests", "cuda/tests") if not (home / part).is_dir()]
    if missing:
        _fetch(home, missing)
    return home / "tests"


def _fetch(home, parts):
    """Takes the folders of tests out of the wheel."""
    WORK.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", f"numba=={version()}", "--no-deps", "--only-binary", ":all:", "-q", "-d", str(WORK)]
    done = subprocess.run([*command, "--disable-pip-version-check"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Unavailable(f"Numba's wheel, which has the tests, could not be fetched:\n{done.stderr.strip()}")
    wheel = next(WORK.glob(f"numba-{version()}-*.whl"))
    partial = WORK / f"numba-{version()}.{os.getpid()}"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(partial, [name for name in archive.namelist() if name.startswith(tuple(f"numba/{part}/" for part in parts))])
    for part in parts:
        (home / part).parent.mkdir(parents=True, exist_ok=True)
        # Others may be doing the same.
        try:
            (partial / "numba" / part).rename(home / part)
        except OSError:
            if not (home / part).is_dir():
                raise
    shutil.rmtree(partial)


class Run:
    """One file being run: `results` has (status, message, seconds) of every test."""

    def __init__(self, file, seconds=SECONDS, folder=None):
        self.file, self.seconds = file, seconds
        self.names, self.results, self.broken = None, {}, None
        self.tests = folder or tests()

    def all(self):
        """Runs every test, in as many processes as it takes."""
        while self._process():
            pass
        return self

    def _left(self):
        return [name for name in self.names if name not in self.results and not is_inside(self.file, name)]

    def _process(self):
        """Runs what is left until the process ends; whether there is more to do."""
        if self.names is not None and not self._left():
            return False
        read, write = os.pipe()
        errors = WORK / f"{self.file}.{os.getpid()}.{threading.get_ident()}.log"
        command = [sys.executable, str(HERE / "worker.py"), "--tests", str(self.tests), "--report", str(write), "--seconds", str(self.seconds)]
        if self.names is None:
            command.append("--collect")
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONWARNINGS": "default"}
        with open(errors, "wb") as log:
            worker = subprocess.Popen(
                [*command, module_of(self.file)], pass_fds=[write], stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, text=True, start_new_session=True
            )
        os.close(write)
        with worker.stdin as names:
            names.write("\n".join(self._left() if self.names is not None else []))
        running = self._follow(worker, read)
        if running is not None:
            self.results[running] = *self._ending(worker, errors), 0.0
        errors.unlink()
        return self.broken is None

    def _follow(self, worker, read):
        """Reads reports until the process ends; the test that it ended in, if it was in one."""
        events = queue.SimpleQueue()

        def forward():
            with os.fdopen(read) as lines:
                for line in lines:
                    events.put(json.loads(line))
            events.put(None)

        threading.Thread(target=forward, daemon=True).start()
        running = None
        while True:
            try:
                # What is not in Python is not interrupted there.
                event = events.get(timeout=self.seconds * 1.5 + 30)
            except queue.Empty:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait()
                worker.late = True
                return running
            if event is None:
                worker.wait()
                return running
            running = self._take(event, running)

    def _take(self, event, running):
        kind = event["event"]
        if kind == "broken":
            self.broken = event["message"]
        elif kind == "collected":
            self.names = event["names"]
        elif kind == "start":
            return event["name"]
        elif kind == "end":
            self.results[event["name"]] = event["status"], event["message"], event["seconds"]
            return None
        return running

    def _ending(self, worker, errors):
        """(status, message) of a test that the process ended in."""
        if getattr(worker, "late", False):
            return "time", f"more than {self.seconds} s, in compiled code or in the compiler"
        text = errors.read_text(errors="replace").strip()[-1500:]
        code = worker.returncode
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return "crash", f"{name}: {text}"


def passing_file(file):
    return HERE / "passing" / f"{file}.txt"


def passing(file):
    """The tests of a file that are known to pass."""
    path = passing_file(file)
    return path.read_text().split() if path.exists() else []


def run_file(file):
    """Runs a file, keeps its results in the work folder, and gives them."""
    begin = time.perf_counter()
    run = Run(file).all()
    found = {"file": file, "broken": run.broken, "names": run.names or [], "results": run.results, "seconds": round(time.perf_counter() - begin, 1)}
    (WORK / f"{file}.json").write_text(json.dumps(found, indent=1))
    return found


def summary(found):
    counts = {}
    for status, *_ in found["results"].values():
        counts[status] = counts.get(status, 0) + 1
    return f"{found['file']}: " + (f"broken: {found['broken']}" if found["broken"] else ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))) + f" ({found['seconds']} s)"


def bless(found):
    """Writes what passes, in the order of the names."""
    names = sorted(name for name, (status, *_) in found["results"].items() if status == "passed")
    path = passing_file(found["file"])
    path.parent.mkdir(exist_ok=True)
    if names:
        path.write_text("\n".join(names) + "\n")
    else:
        path.unlink(missing_ok=True)


def lost(found):
    """Tests that were listed as passing and did not pass, with what they say."""
    return {name: found["results"].get(name, ["missing", "not in the file"]) for name in passing(found["file"]) if found["results"].get(name, [""])[0] != "passed"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--jobs", type=int, default=max(1, len(os.sched_getaffinity(0))))
    parser.add_argument("--bless", action="store_true")
    parser.add_argument("--report", action="store_true")
    given = parser.parse_args()
    tests()
    worse = 0
    with ThreadPoolExecutor(given.jobs) as pool:
        for found in pool.map(run_file, given.files or FILES):
            print(summary(found), flush=True)
            if given.bless:
                bless(found)
            for name, (status, message, *_) in lost(found).items():
                worse += 1
                print(f"  no longer passes: {name}: {status}: {message}", flush=True)
    if given.report:
        import report

        report.write()
    return worse > 0


if __name__ == "__main__":
    sys.exit(main())
