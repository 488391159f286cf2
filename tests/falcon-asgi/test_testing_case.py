import asyncio
import unittest
from typing import Any

import falcon_asgi
from falcon_asgi import testing
from falcon_asgi.testing import ASGIConductor, SimpleTestResourceAsync


def run(case: type[unittest.TestCase]) -> unittest.TestResult:
    return unittest.defaultTestLoader.loadTestsFromTestCase(case).run(unittest.TestResult())


def test_case_is_a_client() -> None:
    """A test case has an application of its own, and asks it by its own methods."""
    apps = []

    class Case(testing.TestCase):
        def setUp(self) -> None:
            super().setUp()
            self.app.add_route('/', SimpleTestResourceAsync(body='hello'))

        def test_one(self) -> None:
            apps.append(self.app)
            assert self.simulate_get('/').text == 'hello'

        def test_other(self) -> None:
            apps.append(self.app)
            assert self.get('/').text == 'hello'

    result = run(Case)
    assert result.wasSuccessful(), result.errors + result.failures
    assert result.testsRun == 2
    assert apps[0] is not apps[1]
    assert isinstance(apps[0], falcon_asgi.App)


def test_requests_can_be_changed_for_all_methods() -> None:
    """A subclass that overrides `simulate_request` changes them all."""

    class Case(testing.TestCase):
        def simulate_request(self, method: str = 'GET', path: str = '/', **kwargs: Any) -> testing.Result:
            return super().simulate_request(method, f'/v1{path}', **kwargs)

        def test_it(self) -> None:
            app = falcon_asgi.App()
            app.add_route('/v1/a', SimpleTestResourceAsync(body='hello'))
            self.app = app
            assert self.simulate_get('/a').text == 'hello'

    result = run(Case)
    assert result.wasSuccessful(), result.errors + result.failures


def test_isolated_asyncio_test_case() -> None:
    """Where unittest runs a loop itself, the conductor is the client; nothing is left in the loop."""
    app = falcon_asgi.App()
    app.add_route('/', SimpleTestResourceAsync(body='hello'))

    class Case(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            self.conductor = await self.enterAsyncContext(ASGIConductor(app))

        async def test_it(self) -> None:
            assert (await self.conductor.simulate_get('/')).text == 'hello'
            # The test, and the application's lifespan.
            assert len(asyncio.all_tasks()) <= 3

    result = run(Case)
    assert result.wasSuccessful(), result.errors + result.failures
