#!/usr/bin/env python3
"""Measures every workload with every program, in turns, and writes the table of COMPARE.md.

    python3 benches/compare.py --python VENV/bin/python --date 2026-01-31      everything, a few minutes
    python3 benches/compare.py --only w3 --only w5a --output -                 some of it, to the screen

A program starts once and waits for the names of workloads; for each workload all programs are asked one after the
other, in several rounds, so that what else the machine does falls on all of them. A time counts only when its check
value (a loss after some steps, a gradient, a prediction) is that of the others. --python needs requirements.txt of
peers/python; what cannot be started is left out, and the table says so.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON_PEERS = ROOT / "benches/peers/python"
RUST_PEERS = ROOT / "benches/peers/rust"
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")}

# Name, what it is, its unit, and how far check values may differ: rounding in f32, in f64, where an iteration stops.
SINGLE, DOUBLE, ITERATION = 1e-4, 1e-7, 1e-3
ROWS = [
    ("w1", "notebook 001, SGD person by person, f64", "1000 epochs", DOUBLE),
    ("w1-eager", "the same, a graph for each person", "1000 epochs", DOUBLE),
    ("w2a", "MLP(2, [16, 16, 1]) in single numbers, 100 points, f64", "step", DOUBLE),
    ("w2a-eager", "the same, a graph each time", "step", DOUBLE),
    ("w2b", "the same in tensors", "step", DOUBLE),
    ("w2c", "notebook 002, MLP(3, [4, 4, 1]) in single numbers, f64", "20 epochs", DOUBLE),
    ("w2c-eager", "the same, a graph each time", "20 epochs", DOUBLE),
    ("w3a-32", "784-128-10 relu, SGD, batch 32, f32", "step", SINGLE),
    ("w3a-128", "batch 128", "step", SINGLE),
    ("w3b-32", "784-128-10 relu, Adam, batch 32, f32", "step", SINGLE),
    ("w3b-128", "batch 128", "step", SINGLE),
    ("w3b-512", "batch 512", "step", SINGLE),
    ("w3c-32", "784-512-512-10 relu, Adam, batch 32, f32", "step", SINGLE),
    ("w3c-128", "batch 128", "step", SINGLE),
    ("w3c-512", "batch 512", "step", SINGLE),
    ("w3d-sgd", "4-16-16-3 tanh, SGD, batch 32, f32", "step", SINGLE),
    ("w3d-adam", "the same, Adam", "step", SINGLE),
    ("w4", "a curve, a tanh(b x + c), through 10⁶ points, gradient descent, f64", "step", DOUBLE),
    ("w5a-1", "4-16-16-3 relu answers one row, f32", "row", SINGLE),
    ("w5a-into-1", "the same without asking for memory", "row", SINGLE),
    ("w5a-1024", "1,024 rows", "row", SINGLE),
    ("w5a-tanh-1", "4-16-16-3 tanh answers one row, f32", "row", SINGLE),
    ("w5a-tanh-1024", "1,024 rows", "row", SINGLE),
    ("w5b-1", "784-128-10 relu answers one row, f32", "row", SINGLE),
    ("w5b-1024", "1,024 rows", "row", SINGLE),
    ("w7-chained-1e4", "graph of 10⁴ numbers, built and walked back, f64", "node", DOUBLE),
    ("w7-chained-1e6", "of 10⁶", "node", DOUBLE),
    ("w7-random-1e4", "of 10⁴, with arguments from anywhere", "node", DOUBLE),
    ("w7-random-1e6", "of 10⁶", "node", DOUBLE),
    ("w7-replay-1e4", "graph of 10⁴ numbers, recorded and run again", "node", DOUBLE),
    ("w7-replay-1e6", "of 10⁶", "node", DOUBLE),
    ("w8-least-squares", "least squares, 10⁶ × 20, f64", "fit", DOUBLE),
    ("w8-descent", "gradient descent on the same", "50 steps", DOUBLE),
    ("w8-logistic", "logistic regression with L2, 10⁶ × 20, f64", "fit", ITERATION),
]
# Where a library has no graph of single numbers, or the floor is the same arithmetic: its times of another workload.
SAME = {"w1-eager": ["w1"], "w2a": ["w2b"], "w2a-eager": ["w2b", "w2a"], "w2c-eager": ["w2c"], "w5a-into-1": ["w5a-1"]}
# A row takes no longer than this before its rounds end.
ROW_SECONDS = 40


def build(folder, *options):
    """The program that cargo builds there."""
    command = ["cargo", "build", "--release", "--message-format=json-render-diagnostics", *options]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        return None
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = [message["executable"] for message in messages if message.get("executable")]
    return found[-1] if found else None


class Program:
    """A program that waits for the names of workloads."""

    def __init__(self, name, command, threads=1):
        self.name = name
        environment = os.environ | {key: str(threads) for key in ONE_THREAD}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        # An empty name measures nothing: the answer says that it runs.
        self.alive = self.ask("") is not None

    def ask(self, workload):
        """The lines of the answer; none when the program has ended."""
        try:
            self.process.stdin.write(workload + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        lines = []
        for line in self.process.stdout:
            if not line.strip():
                return [json.loads(line) for line in lines]
            lines.append(line)
        self.alive = False
        return None

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def commands(options, seconds):
    """How each program is started to measure for so long; none for one that does not build."""
    seconds = ["--serve", "--seconds", str(seconds)]
    ours = build(ROOT, "-p", "chainrule-benches", "--features", "linear")
    if ours is None:
        sys.exit("the benchmark program does not build")
    found = {"ours and floors": [ours, *seconds]}
    if not options.no_peers:
        rust = options.rust_peers or build(RUST_PEERS)
        found["burn, candle, linfa, reverse"] = [rust, *seconds] if rust else None
        for peer in ("numpy", "torch", "jax", "sklearn", "onnxruntime", "micrograd"):
            found[peer] = [options.python, str(PYTHON_PEERS / f"with_{peer}.py"), *seconds]
        found["jax loop"] = [*found["jax"], "--loop"]
    return found


def start(commands, threads=1):
    """All that can be started, and the names of those that cannot."""
    started, lacking = [], []
    for name, command in commands.items():
        if command and name == "ours and floors":
            command = [*command, "--threads", str(threads)]
        program = Program(name, command, threads) if command else None
        if program and program.alive:
            started.append(program)
        else:
            lacking.append(name)
    return started, lacking


def measure(row, running, rounds, clock="cpu"):
    """For each library its minimum, its median over the rounds, and its check value."""
    found, begin = {}, time.monotonic()
    for _ in range(rounds):
        for program in running:
            if not program.alive:
                continue
            for line in program.ask(row) or []:
                if "cpu_min" in line:
                    found.setdefault(line["who"], []).append(line)
        if time.monotonic() - begin > ROW_SECONDS:
            break
    return {
        who: (
            min(line[f"{clock}_min"] for line in lines),
            statistics.median(line[f"{clock}_median"] for line in lines),
            lines[0]["check"],
        )
        for who, lines in found.items()
    }


def agreeing(times, tolerance):
    """Those whose check value is the middle one, and the names of the others."""
    if not times:
        return {}, {}
    middle = statistics.median_low([check for _, _, check in times.values()])
    right = {who: time for who, time in times.items() if abs(time[2] - middle) <= tolerance * max(abs(middle), 1e-3)}
    return right, {who: time[2] for who, time in times.items() if who not in right}


def shown(seconds):
    """Three digits at most, with a unit."""
    for scale, unit in ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1, "s")):
        if seconds < 999.5 * scale or unit == "s":
            number = seconds / scale
            return f"{number:.0f} {unit}" if number >= 99.5 else f"{number:.3g} {unit}"


def table_line(name, what, unit, times, wrong):
    ours, floor = times.get("ours"), times.get("floor")
    peers = sorted((time[0], who) for who, time in times.items() if who not in ("ours", "floor"))
    cells = [f"{name}: {what}", unit, shown(floor[0]) if floor else "–"]
    cells.append(f"{shown(ours[0])} ({shown(ours[1])})" if ours else "–")
    cells.append(f"{ours[0] / floor[0]:.2f}" if ours and floor else "–")
    cells.append(f"{peers[0][1]} {shown(peers[0][0])}" if peers else "–")
    cells.append(f"{peers[0][0] / ours[0]:.2f}" if peers and ours else "–")
    others = [f"{who} {shown(time)}" for time, who in peers[1:]]
    others += [f"{who} refused: its result is {check:g}" for who, check in wrong.items()]
    cells.append(", ".join(others))
    return "| " + " | ".join(cells) + " |"


def two_threads(options):
    """Wall time with one and with two threads, and how many times faster two are."""
    names = ("ours and floors", "numpy", "torch", "jax")
    # A second thread is found asleep, or its core busy with what ran before: that must pass first.
    found = commands(options, max(options.seconds, 1.0))
    found = {name: command for name, command in found.items() if name in names}
    lines = ["| workload | " + " | ".join(name.split()[0] for name in found) + " |", "|---" * (len(found) + 1) + "|"]
    times = []
    for threads in (1, 2):
        running, _ = start(found, threads)
        times.append({row: measure(row, running, options.rounds, "wall") for row in ("w3b-512", "w3c-512")})
        for program in running:
            program.end()
    for row in times[0]:
        cells = [row]
        for name in found:
            one, two = (time[row].get(name.split()[0]) for time in times)
            cells.append(f"{shown(one[0])} → {shown(two[0])}: {one[0] / two[0]:.2f}" if one and two else "–")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def whole_processes(options):
    """W6: CPU seconds and the most memory of whole processes, the least of three runs."""
    cli = build(ROOT, "-p", "chainrule-cli")
    table = str(ROOT / "data/iris.csv")
    lines = ["| | CPU | memory |", "|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        fit = [cli, "fit", table, "--target", "species", "--hidden", "16", "--epochs", "100", "--patience", "100", "--folds", "0"]
        fit += ["--out", f"{folder}/model.safetensors", "--picture", f"{folder}/loss.svg"]
        commands = {"ours": fit} if cli else {}
        if not options.no_peers:
            for library in ("numpy", "scikit-learn", "jax", "torch"):
                commands[library] = [options.python, str(PYTHON_PEERS / "whole.py"), library, table, folder]
        for name, command in commands.items():
            runs = []
            for _ in range(3):
                process = subprocess.Popen(
                    command, cwd=folder, env=os.environ | ONE_THREAD,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                if process.returncode == 0:
                    runs.append((used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))
            if runs:
                lines.append(f"| {name} | {shown(min(cpu for cpu, _ in runs))} | {min(m for _, m in runs):.0f} MB |")
            else:
                lines.append(f"| {name} | could not be run here | |")
    return lines


def versions(options):
    """Of the language, the peers and this tree."""
    script = (
        "import importlib.metadata as m, platform\n"
        "print('Python', platform.python_version())\n"
        "for p in ('numpy','torch','jax','scikit-learn','onnxruntime','micrograd'):\n"
        "    try: print(p, m.version(p))\n"
        "    except m.PackageNotFoundError: pass\n"
    )
    run = lambda *command: subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    found = [" ".join(run("rustc", "--version").split()[:2])]
    lock = (RUST_PEERS / "Cargo.lock").read_text().split("\n\n")
    for name in ("burn", "candle-core", "linfa", "reverse"):
        package = next((part for part in lock if f'\nname = "{name}"\n' in f"\n{part}\n"), "")
        found += [name + " " + line.split('"')[1] for line in package.splitlines() if line.startswith("version")]
    found += run(options.python, "-c", script).splitlines()
    return f"chainrule at {run('git', 'rev-parse', '--short', 'HEAD')}; " + ", ".join(found)


def machine():
    name = platform.machine()
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return f"{name}, {os.cpu_count()} processors"
    field = lambda key: next((l.split(":")[1].strip() for l in text.splitlines() if l.startswith(key)), "")
    flags = field("flags").split()
    best = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else name
    return f"{field('model name')}, {best}, {os.cpu_count()} processors"


HEAD = """# Compared

What the workloads of [benches](benches/README.md) cost here, written by hand, and in other libraries. Written by
`benches/compare.py`; every time counts only because its result is that of the others.

CPU time per unit, one thread: the least of many short runs, behind ours in brackets the median. *Floor* is the same
arithmetic as plain Rust loops for this one purpose; × floor says how much more ours takes, × best how much more the
best peer takes than ours. A library that has no graph of single numbers stands in w2a with its tensors.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="python3", help="the Python that has the peers")
    parser.add_argument("--rust-peers", help="the program of peers/rust, where it is built already")
    parser.add_argument("--only", action="append", help="only workloads whose name starts so (again for more)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.2, help="for each measurement")
    parser.add_argument("--no-peers", action="store_true", help="ours and the floors alone")
    parser.add_argument("--date", default="", help="written into the page")
    parser.add_argument("--note", default="", help="one sentence about the machine, written into the page")
    parser.add_argument("--output", default=str(ROOT / "COMPARE.md"), help="the page; - for the screen")
    options = parser.parse_args()
    if options.only and options.output != "-":
        parser.error("some of the rows make no page: add --output -")
    wanted = lambda name: not options.only or any(name.startswith(only) for only in options.only)

    programs = commands(options, options.seconds)
    running, lacking = start(programs)
    lines = [HEAD, f"{machine()}; {options.date}. {options.note}".rstrip(" ;.") + ".", versions(options) + ".", ""]
    lines += ["| workload | unit | floor | ours | × floor | best peer | × best | others |", "|---" * 8 + "|"]
    measured = {}
    for name, what, unit, tolerance in ROWS:
        if not wanted(name):
            continue
        times = {}
        for row in [*SAME.get(name, []), name]:
            if row not in measured:
                measured[row] = measure(row, running, options.rounds)
            times |= {who: time for who, time in measured[row].items() if who != "ours" or row == name}
        right, wrong = agreeing(times, tolerance)
        lines.append(table_line(name, what, unit, right, wrong))
        print(lines[-1], file=sys.stderr, flush=True)
    if lacking:
        lines += ["", f"Not installed here, so not measured: {', '.join(lacking)}."]
    if wanted("w6"):
        lines += ["", "w6, the whole process: read the iris table, train 4-16-3 for 100 epochs, save the model; ours also",
                  "splits the rows, judges the model and draws the losses.", "", *whole_processes(options)]  # fmt: skip
    promises = [line for name in ("bits", "cliffs") if wanted(name) for line in running[0].ask(name) or []]
    if promises:
        lines += ["", *(f"- {line['what']}: {line['value']}" for line in promises)]
    for program in running:
        program.end()
    if wanted("threads"):
        lines += ["", "Two threads, by the clock on the wall, and how many times faster:", "", *two_threads(options)]
    page = "\n".join(lines) + "\n"
    if options.output == "-":
        print(page)
    else:
        Path(options.output).write_text(page)


if __name__ == "__main__":
    main()
