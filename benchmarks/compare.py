"""One benchmark beside other frameworks: python benchmarks/compare.py dispatch|media|sse|websocket

Puts Falcon 4, Starlette, BlackSheep and Litestar into one environment, in a temporary folder, starts the benchmark's
file there and here, in a process for each framework, and asks these by turns of some milliseconds, so that what else
the machine does falls on all alike. Of each case the least processor time of all turns counts. A ratio of 2 says that
the other one takes twice as long as this.

The environment variable PEERS_PYTHON may name a Python that has the others already.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from contextlib import contextmanager
from pathlib import Path

TURNS = 15
REQUIREMENTS = (
    'falcon==4.4.*',
    'starlette>=1',
    'sse-starlette>=3',
    'python-multipart',
    'blacksheep>=2.4',
    'litestar>=2.20',
    'msgpack',
)
# An application that uses no framework at all, where a benchmark has one.
BARE = 'bare'
FRAMEWORKS = {
    'dispatch': ('falcon', 'starlette', 'blacksheep', 'litestar'),
    'media': ('falcon', 'starlette', 'litestar'),
    'sse': ('falcon', 'starlette', 'blacksheep', 'litestar'),
    'websocket': (BARE, 'falcon', 'starlette', 'blacksheep', 'litestar'),
}


class Framework:
    """A process that measures one framework, when asked to."""

    def __init__(self, python, benchmark, name):
        command = [python, Path(__file__).with_name(f'{benchmark}.py'), name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.best = dict.fromkeys(json.loads(self.process.stdout.readline()), float('inf'))

    def measure(self, case):
        if case in self.best:
            print(case, file=self.process.stdin, flush=True)
            self.best[case] = min(self.best[case], float(self.process.stdout.readline()))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measured(benchmark, peers_python):
    """Return by framework, and by case, the seconds of processor time."""
    frameworks = {'this': Framework(sys.executable, benchmark, 'this')}
    frameworks.update((name, Framework(peers_python, benchmark, name)) for name in FRAMEWORKS[benchmark])
    for case in frameworks['this'].best:
        for _ in range(TURNS):
            for framework in frameworks.values():
                framework.measure(case)
    for framework in frameworks.values():
        framework.close()
    return {name: framework.best for name, framework in frameworks.items()}


def report(best):
    ours = best.pop('this')
    print(f'{"case":38}{"this":>12}   ' + ''.join(f'{name:>11}' for name in best) + '   of the best')
    for case, seconds in ours.items():
        ratios = {name: times[case] / seconds for name, times in best.items() if case in times}
        columns = ''.join(f'{format(ratios[name], ".2f") if name in ratios else "-":>11}' for name in best)
        share = 1 / min(ratio for name, ratio in ratios.items() if name != BARE)
        print(f'{case:38}{seconds * 1e6:9.2f} us   {columns}   {share:11.2f}')


@contextmanager
def peers_environment():
    """Yield a Python that has the others."""
    given = os.environ.get('PEERS_PYTHON')
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, 'bin', 'python')
        subprocess.run([python, '-m', 'pip', 'install', '--quiet', *REQUIREMENTS], check=True)
        yield python


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('benchmark', choices=FRAMEWORKS)
    benchmark = parser.parse_args().benchmark
    with peers_environment() as python:
        report(measured(benchmark, python))


if __name__ == '__main__':
    main()
