"""Debian's Chromium, driven by selenium, for tests marked `browser`."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

__all__ = ['open_chromium', 'require']

_FLAGS = (
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-dev-shm-usage',
    '--disable-sync',
    '--window-size=1280,1000',
)


def require(*programs: str) -> list[str]:
    """Return the paths of programs; skip the test if one is missing, or fail it where all have to be there."""
    found = [path for program in programs if (path := shutil.which(program))]
    if len(found) < len(programs):
        message = f'no {" and ".join(programs)} to test with; on Debian: apt-get install chromium chromium-driver curl'
        if os.environ.get('FALCON_BROWSER_REQUIRED') == '1':
            pytest.fail(message)
        pytest.skip(message)
    return found


@contextmanager
def open_chromium(folder: Path) -> Iterator[Chrome]:
    """Give a Chromium with a fresh profile in `folder`, whose console is recorded."""
    chromium, driver = require('chromium', 'chromedriver')
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*_FLAGS, f'--user-data-dir={folder / "profile"}'):
        options.add_argument(flag)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    chrome = Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()
