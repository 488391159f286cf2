"""Bodies beside Falcon 4, Starlette with python-multipart, and Litestar, as ratios: hatch run bench-media

Puts these into an environment of their own, in a temporary folder, and runs `benchmarks/media_cases.py` there and here
by turns of some milliseconds, so that what else the machine does falls on all alike. Of each case the least processor
time of all turns counts. A ratio of 2 says that the other one takes twice as long as this.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

TURNS = 15
CASES = Path(__file__).with_name('media_cases.py')
PEERS = ('falcon', 'starlette', 'litestar')
REQUIREMENTS = ('falcon==4.4.*', 'starlette>=1', 'python-multipart', 'litestar>=2.20', 'msgpack')
MEBIBYTES = {'multipart, 16 MiB of noise': 16, 'multipart, 16 MiB of lines': 16}


class Framework:
    """A process that measures one framework, when asked to."""

    def __init__(self, python, name):
        command = [python, CASES, name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.cases = json.loads(self.process.stdout.readline())
        self.best = dict.fromkeys(self.cases, float('inf'))

    def measure(self, case):
        if case in self.best:
            print(case, file=self.process.stdin, flush=True)
            self.best[case] = min(self.best[case], float(self.process.stdout.readline()))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measured(peers_python):
    frameworks = {'this': Framework(sys.executable, 'falcon')}
    frameworks.update((peer, Framework(peers_python, peer)) for peer in PEERS)
    for case in frameworks['this'].cases:
        for _ in range(TURNS):
            for framework in frameworks.values():
                framework.measure(case)
    for framework in frameworks.values():
        framework.close()
    return {name: framework.best for name, framework in frameworks.items()}


def report(best):
    print(f'{"case":38} {"this":>12}   {"Falcon 4":>9} {"Starlette":>9} {"Litestar":>9}')
    for case, seconds in best['this'].items():
        ratios = [f'{best[peer][case] / seconds:9.2f}' if case in best[peer] else f'{"-":>9}' for peer in PEERS]
        rate = f'   {MEBIBYTES[case] / seconds:.0f} MiB/s' if case in MEBIBYTES else ''
        print(f'{case:38} {seconds * 1e6:9.1f} us   {" ".join(ratios)}{rate}')


def main():
    # An environment that has the peers already saves the download.
    given = os.environ.get('MEDIA_PEERS_PYTHON')
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
