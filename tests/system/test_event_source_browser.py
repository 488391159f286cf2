"""A browser's `EventSource`: typed events, ids, and going on after the server dropped it or was stopped."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.wait import WebDriverWait

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

WAIT_S = 20.0
FLAGS = (
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-dev-shm-usage',
)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    """A Chromium with a fresh profile."""
    chromium, driver = shutil.which('chromium'), shutil.which('chromedriver')
    if chromium is None or driver is None:
        message = 'no browser to test with; on Debian: apt-get install chromium chromium-driver'
        if os.environ.get('FALCON_BROWSER_REQUIRED') == '1':
            pytest.fail(message)
        pytest.skip(message)
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f'--user-data-dir={tmp_path / "profile"}'):
        options.add_argument(flag)
    chrome = Chrome(options=options, service=Service(driver))
    try:
        yield chrome
    finally:
        chrome.quit()


@pytest.mark.parametrize('by', ['uvicorn', 'hypercorn'])
def test_nothing_is_lost_and_nothing_comes_twice(
    browser: Chrome, serve: Callable[..., Any], root: Path, by: str
) -> None:
    """Dropped after each few events, the page comes back by itself and gets every event once, in order, with its id."""
    server = serve('event_source:app', root / 'tests/system/apps', by=by)
    browser.get(f'{server.url}/')
    waiting = WebDriverWait(browser, WAIT_S, poll_frequency=0.05)
    waiting.until(lambda _: browser.title == '3 lines')
    ids = httpx.post(f'{server.url}/events', timeout=WAIT_S).json()
    waiting.until(lambda _: len(browser.execute_script('return received')) >= len(ids))
    assert browser.execute_script('return received') == [[str(number), each] for number, each in enumerate(ids)]
    assert browser.execute_script('return opened') > len(ids) // 10
