"""Requests beside Falcon 4, as ratios: hatch run bench

Puts Falcon 4 into an environment of its own, in a temporary folder, and runs `benchmarks/dispatch.py` there and here by
turns, so that what else the machine does falls on both alike. Of each case the best of all runs counts.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

TURNS = 5
DISPATCH = Path(__file__).with_name('dispatch.py')


def run(python):
    return json.loads(subprocess.run([python, DISPATCH], check=True, capture_output=True).stdout)


def main():
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        theirs_python = Path(folder, 'bin', 'python')
        subprocess.run([theirs_python, '-m', 'pip', 'install', '--quiet', 'falcon==4.4.*'], check=True)
        ours, theirs = [], []
        for _ in range(TURNS):
            theirs.append(run(theirs_python))
            ours.append(run(sys.executable))
    print(f'{"case":34} {"Falcon 4":>9} {"this":>9} {"ratio":>6}')
    for case in ours[0]:
        their_time, our_time = min(times[case] for times in theirs), min(times[case] for times in ours)
        print(f'{case:34} {their_time:6.2f} us {our_time:6.2f} us {our_time / their_time:6.2f}')


if __name__ == '__main__':
    main()
