"""The demo's page as people see it: in headless Chromium, in two windows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from chromium import open_chromium

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_WAIT_S = 20.0
_POLL_S = 0.05


@pytest.fixture(scope='module')
def demo(serve: Callable[..., Any], root: Path) -> str:
    """The base URL of the demo."""
    url: str = serve('realtime.app:app', root / 'examples').url
    return url


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    """A Chromium with a fresh profile, whose console is recorded."""
    with open_chromium(tmp_path) as chrome:
        yield chrome


class Page:
    """One window that shows the demo."""

    def __init__(self, browser: Chrome, url: str) -> None:
        self._browser = browser
        self._window = browser.current_window_handle
        browser.get(f'{url}/')

    def element(self, element_id: str) -> WebElement:
        """Return an element of this window, which comes to the front."""
        self._browser.switch_to.window(self._window)
        return self._browser.find_element(By.ID, element_id)

    def text(self, element_id: str) -> str:
        return self.element(element_id).text

    def wait_for(self, element_id: str, text: str) -> None:
        self.wait_until(lambda: text in self.text(element_id), f'{text!r} in #{element_id}')

    def wait_for_state(self, state: str, *connections: str) -> None:
        shown = dict.fromkeys(connections, state)
        self.wait_until(lambda: {name: self.text(f'{name}-state') for name in connections} == shown, str(shown))

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        waiting = WebDriverWait(self._browser, _WAIT_S, poll_frequency=_POLL_S)
        waiting.until(lambda _: condition(), f'expected {what}')

    def fill(self, form_id: str, **fields: str) -> None:
        """Fill the named fields of a form in, as with a keyboard, and send it."""
        form = self.element(form_id)
        for name, value in fields.items():
            field = form.find_element(By.NAME, name)
            field.clear()
            field.send_keys(value)
        form.find_element(By.TAG_NAME, 'button').click()

    def complaints(self) -> list[str]:
        """Return the errors and warnings that the console has got since it was last asked."""
        entries = self._browser.get_log('browser')  # type: ignore[no-untyped-call] # selenium leaves it untyped
        return [entry['message'] for entry in entries if entry['level'] in ('SEVERE', 'WARNING')]


def test_two_pages_share_a_chat_and_show_all_that_is_live(browser: Chrome, demo: str) -> None:
    """What happens in one page is seen in another, live, and the console stays silent."""
    first = Page(browser, demo)
    status = browser.execute_script("return performance.getEntriesByType('navigation')[0].responseStatus")
    assert status == 200
    browser.switch_to.new_window('window')
    second = Page(browser, demo)
    for page in (first, second):
        page.wait_for_state('connected', 'chat', 'counter', 'notifications', 'echo')

    first.fill('chat-form', user='Ada', message='hello <b>there</b>')
    for page in (first, second):
        page.wait_for('chat-log', 'hello <b>there</b>')
        assert 'Ada' in page.text('chat-log')
    second.fill('chat-form', user='Grace', message='hello back')
    first.wait_for('chat-log', 'hello back')

    before = int(first.text('count'))
    first.wait_until(lambda: int(first.text('count')) > before, f'a count past {before}')

    first.fill('notification-form', message='lunch is ready')
    for page in (first, second):
        page.wait_for('notifications', 'lunch is ready')

    first.fill('user-form', name='Ada Lovelace', email='ada@example.org')
    first.wait_for('users', 'ada@example.org')
    assert first.text('users-count') == '1 user'

    first.fill('echo-form', text='{"a": 1}')
    first.wait_for('echo-result', '{"echo":{"a":1},"type":"json"}')
    first.fill('profile-form', token='demo-token')
    first.wait_for('profile-result', 'Hello Ada.')
    assert first.complaints() + second.complaints() == []


def test_what_the_server_refuses_is_shown_next_to_the_form(browser: Chrome, demo: str) -> None:
    """A person is told what is wrong with what they sent, and may send it again."""
    page = Page(browser, demo)
    page.fill('user-form', name='Nobody', email='nowhere')
    page.wait_for('user-error', 'ada@example.org')
    page.fill('user-form', name='Grace', email='grace@example.org')
    page.wait_for('users', 'grace@example.org')
    assert page.text('user-error') == ''
    page.fill('user-form', name='Grace', email='grace@example.org')
    page.wait_for('user-error', 'already')
    page.fill('notification-form', message=' ')
    page.wait_for('notification-error', 'missing')
    page.fill('profile-form', token='wrong')
    page.wait_for('profile-error', 'token')


def test_connections_come_back_after_the_server_was_away(
    browser: Chrome, serve: Callable[..., Any], root: Path
) -> None:
    """When the server is restarted, the page reconnects its chat and its event streams by itself."""
    server = serve('realtime.app:app', root / 'examples')
    page = Page(browser, server.url)
    page.wait_for_state('connected', 'chat', 'counter', 'notifications')
    server.stop()
    page.wait_for_state('disconnected', 'chat', 'counter', 'notifications')
    serve('realtime.app:app', root / 'examples', '--port', server.url.rpartition(':')[2])
    page.wait_for_state('connected', 'chat', 'counter', 'notifications')
    page.fill('chat-form', user='Ada', message='back again')
    page.wait_for('chat-log', 'back again')


def test_page_fits_a_phone(browser: Chrome, demo: str) -> None:
    """On a narrow screen nothing is wider than the screen."""
    browser.execute_cdp_cmd(
        'Emulation.setDeviceMetricsOverride', {'width': 360, 'height': 740, 'deviceScaleFactor': 2, 'mobile': True}
    )
    page = Page(browser, demo)
    page.wait_for_state('connected', 'chat')
    assert browser.execute_script('return document.documentElement.scrollWidth') <= 360
