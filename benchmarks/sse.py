"""Event streams beside Falcon 4, sse-starlette on Starlette, BlackSheep and Litestar, as ratios: hatch run bench-sse

Puts these into an environment of their own, in a temporary folder, and runs `benchmarks/sse_cases.py` there and here by
turns of some milliseconds, so that what else the machine does falls on all alike. Of each case the least processor time
of all turns counts. A ratio of 2 says that the other one takes twice as long as this.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

TURNS = 15
CASES = Path(__file__).with_name('sse_cases.py')
PEERS = ('falcon', 'starlette', 'blacksheep', 'litestar')
REQUIREMENTS = ('falcon==4.4.*', 'sse-starlette>=3', 'starlette>=1', 'blacksheep>=2.4', 'litestar>=2.20')


class Framework:
    """A process that measures one framework, when asked to."""

    def __init__(self, python, name):
        command = [python, CASES, name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.best = dict.fromkeys(json.loads(self.process.stdout.readline()), float('inf'))

    def measure(self, case):
        print(case, file=self.process.stdin, flush=True)
        self.best[case] = min(self.best[case], float(self.process.stdout.readline()))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measured(peers_python):
    frameworks = {'this': Framework(sys.executable, 'this')}
    frameworks.update((peer, Framework(peers_python, peer)) for peer in PEERS)
    for case in frameworks['this'].best:
        for _ in range(TURNS):
            for framework in frameworks.values():
                framework.measure(case)
    for framework in frameworks.values():
        framework.close()
    return {name: framework.best for name, framework in frameworks.items()}


def report(best):
    print(f'{"case":28} {"this":>11}   ' + ' '.join(f'{peer:>10}' for peer in PEERS) + '   of the best')
    for case, seconds in best['this'].items():
        ratios = [best[peer][case] / seconds for peer in PEERS]
        columns = ' '.join(f'{ratio:10.2f}' for ratio in ratios)
        print(f'{case:28} {seconds * 1e6:8.2f} us   {columns}   {1 / min(ratios):11.2f}')


def main():
    # An environment that has the peers already saves the download.
    given = os.environ.get('SSE_PEERS_PYTHON')
    if given:
        report(measured(given))
        return
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, 'bin', 'python')
        subprocess.run([python, '-m', 'pip', 'install', '--quiet', *REQUIREMENTS], check=True)
        report(measured(python))


if __name__ == '__main__':
    main()
