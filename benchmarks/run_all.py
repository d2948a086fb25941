"""Every benchmark, one after another, and the page from their results: `make bench`.

    python benchmarks/run_all.py --peers FOLDER --only ribbon --only moves --small

Peers that are not on the package index, or that need versions of their own, are looked for in FOLDER under the names below; what is
missing is said, and a result that would lose a peer by it is left as it was.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from write_page import PARTS

HERE = Path(__file__).parent
# Script: its options, and where in the folder of peers each of them points.
OPTIONS = {
    "training": {"--equintk": "equintk/equintk/ntk.py"},  # a checkout of stilxam/equintk
    "kolmogorov_arnold": {"--efficient-kan": "efficient-kan/src/efficient_kan/kan.py"},  # a checkout of Blealtan/efficient-kan
    "graph_bounds": {"--peer": "txgraffiti/bin/python"},  # an environment with txgraffiti
    "metrics": {"--cymetric": "metrics/bin/python", "--cymyc": "metrics/bin/python"},  # one with ruehlef/cymetric and Justin-Tan/cymyc
}
# Scripts whose peers are imported beside ours: an environment with certifield, pykan, torch, jaxkan and pygad.
TOGETHER = {"kolmogorov_arnold": "together/bin/python", "models": "together/bin/python"}


def command(script: str, peers: Path | None, rest: list[str]) -> tuple[list[str], list[str]]:
    """How to run a benchmark, and the peers that are missing."""
    wanted = {**OPTIONS.get(script, {}), **({"": TOGETHER[script]} if script in TOGETHER else {})}
    there = {option: peers / place for option, place in wanted.items() if peers and (peers / place).exists()}
    missing = [place for option, place in wanted.items() if option not in there]
    told = [part for option, place in there.items() if option for part in (option, os.path.abspath(place))]
    python = os.path.abspath(there[""]) if "" in there else sys.executable
    return [python, str(HERE / f"{script}.py"), *told, *rest], missing


def main() -> int:
    """Runs them; the exit code says whether all did."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, help="folder of peers (default: none)")
    parser.add_argument("--only", action="append", choices=PARTS, help="this benchmark, once for each")
    chosen, rest = parser.parse_known_args()
    failed = []
    for number, script in enumerate(chosen.only or PARTS, 1):
        line, missing = command(script, chosen.peers, rest)
        print(f"[{number}/{len(chosen.only or PARTS)}] {script}" + (f", without {', '.join(missing)}" if missing else ""), flush=True)
        started = time.monotonic()
        if subprocess.run(line, check=False).returncode:
            failed.append(script)
        print(f"    {time.monotonic() - started:.0f} s", flush=True)
    if subprocess.run([sys.executable, str(HERE / "write_page.py"), *rest], check=False).returncode:
        failed.append("write_page")
    print("failed: " + ", ".join(failed) if failed else "all ran")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
