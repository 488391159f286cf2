"""Requests beside Falcon 4 and other frameworks: hatch run bench

Puts each of them into an environment of its own, in a temporary folder, and runs `benchmarks/dispatch.py` there and
here by turns, so that what else the machine does falls on all alike. Of each case the best of all runs counts.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

TURNS = 5
DISPATCH = Path(__file__).with_name('dispatch.py')
OTHERS = {
    'Falcon 4': ('falcon==4.4.*', []),
    'Starlette': ('starlette', ['starlette']),
    'Litestar': ('litestar', ['litestar']),
    'BlackSheep': ('blacksheep', ['blacksheep']),
}


def make_environment(folder, requirement):
    venv.create(folder, with_pip=True)
    python = Path(folder, 'bin', 'python')
    subprocess.run([python, '-m', 'pip', 'install', '--quiet', requirement], check=True)
    return python


def run(python, arguments):
    return json.loads(subprocess.run([python, DISPATCH, *arguments], check=True, capture_output=True).stdout)


def measure():
    """Return the best times of each framework: by its name, the microseconds of each case."""
    with tempfile.TemporaryDirectory() as folder:
        frameworks = {
            name: (make_environment(Path(folder, name.replace(' ', '')), requirement), arguments)
            for name, (requirement, arguments) in OTHERS.items()
        }
        frameworks['this'] = (sys.executable, [])
        runs = [{name: run(*how) for name, how in frameworks.items()} for _ in range(TURNS)]
    return {name: {case: min(times[name][case] for times in runs) for case in runs[0][name]} for name in frameworks}


def main():
    best = measure()
    print(f'{"microseconds":34}', *(f'{name:>10}' for name in best), f'{"of Falcon 4":>12} {"of the best other":>18}')
    for case, ours in best['this'].items():
        others = [best[name].get(case) for name in OTHERS]
        cells = [f'{"" if time is None else format(time, ".2f"):>10}' for time in (*others, ours)]
        fastest = min(time for time in others if time is not None)
        print(f'{case:34}', *cells, f'{ours / others[0]:12.2f} {ours / fastest:18.2f}')


if __name__ == '__main__':
    main()
