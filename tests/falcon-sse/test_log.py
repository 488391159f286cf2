"""Following a log of events: who gets what, who misses what, and what is left when they have gone."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_loop import in_loop, turns
from falcon_core.errors import OperationNotAllowed
from falcon_core.media import Handlers
from falcon_core.shutdown import Shutdown
from falcon_sse import EventLog, SSEvent, Subscription
from tiny_json import TinyJSON


async def taken(subscription: AsyncIterator[SSEvent], count: int) -> list[Any]:
    """Return the data of the next events, which must be there."""
    return [(await asyncio.wait_for(anext(subscription), 1)).data for _ in range(count)]


async def is_waiting(subscription: Subscription) -> bool:
    """Return whether there is nothing to take."""
    task = asyncio.ensure_future(anext(subscription))
    await turns(2)
    waits = not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return waits


def log_of(count: int, capacity: int = 4) -> EventLog:
    log = EventLog(capacity)
    for number in range(count):
        log.append(str(number))
    return log


def test_events_get_ids() -> None:
    """Each event without an id gets one of its own, that no other log gives; what was given is not changed."""
    first, second, given_event = EventLog(4), EventLog(4), SSEvent('x', 'note', retry=5, comment='c')
    stored = [log.append(given_event) for log in (first, first, second)]
    assert len({event.event_id for event in stored}) == 3
    assert given_event.event_id is None
    wire = stored[0].encode()
    assert wire == f': c\nevent: note\nid: {stored[0].event_id}\nretry: 5\ndata: x\n\n'.encode()
    assert first.append(SSEvent('x', event_id='own')).event_id == 'own'


def test_items_are_those_of_an_event_stream() -> None:
    """Text, its bytes within an event, and objects become events with data; objects are JSON from then on."""
    log, media = EventLog(9, handlers=Handlers({'application/json': TinyJSON()})), {'a': 1}
    events = [log.append(item) for item in ('text', SSEvent(b'bytes'), SSEvent(text='t'), media, SSEvent(json=media))]
    media['a'] = 2
    assert [event.data for event in events] == ['text', b'bytes', 't', '{"a": 1}', '{"a": 1}']
    for item in (None, b'bytes'):
        with pytest.raises(TypeError, match='expected SSEvent, str or an object'):
            log.append(item)
    assert len(log) == 5


def test_one_event_is_encoded_once() -> None:
    """All subscribers share the bytes of an event."""
    event = EventLog(4).append('x')
    assert event.encode() is event.encode()


@in_loop
async def test_subscribers_get_what_is_appended_from_then_on() -> None:
    """Each gets all events in their order, waiting for those to come; nothing from before."""
    log = log_of(2)
    first, second = log.subscribe(), log.subscribe('')
    waiting = asyncio.ensure_future(taken(first, 2))
    await turns()
    log.append('a')
    log.append('b')
    assert await waiting == await taken(second, 2) == ['a', 'b']
    assert (first.missed, second.missed) == (False, False)


@in_loop
async def test_client_that_comes_back_gets_what_it_missed() -> None:
    """After the id of an event that is there, what came since is given first, then what comes."""
    log = log_of(0)
    ids = [log.append(str(number)).event_id for number in range(6)]
    subscription = log.subscribe(ids[3])
    log.append('live')
    assert await taken(subscription, 3) == ['4', '5', 'live']
    assert not subscription.missed
    newest = log.subscribe(log.append('newest').event_id)
    assert await is_waiting(newest)
    assert not newest.missed


@in_loop
async def test_id_that_is_too_old_is_told() -> None:
    """After an id that the log has not, all that it has is given, and the subscription says that there was more."""
    log = log_of(0)
    oldest = log.append('oldest').event_id
    for number in range(4):
        log.append(str(number))
    for unknown in (oldest, 'never given', f'{oldest}9'):
        subscription = log.subscribe(unknown)
        assert subscription.missed
        assert await taken(subscription, 4) == ['0', '1', '2', '3']


@in_loop
async def test_own_ids_are_found_until_they_are_dropped() -> None:
    """Ids of the application's own are what a client goes on from; of two that are the same the last counts."""
    log = EventLog(3)
    for number, event_id in enumerate(['a', 'b', 'b', 'c']):
        log.append(SSEvent(str(number), event_id=event_id))
    assert log.subscribe('a').missed
    assert await taken(log.subscribe('b'), 1) == ['3']
    for number in (4, 5):
        log.append(SSEvent(str(number), event_id=f'{number}'))
    assert log.subscribe('b').missed
    assert len(log) == 3


@in_loop
async def test_slow_subscriber_skips_the_oldest() -> None:
    """Behind by more than it may be, it goes on with the last ones, and both it and the log count the others."""
    log = EventLog(10)
    slow, quick = log.subscribe(max_behind=2), log.subscribe()
    for number in range(5):
        log.append(str(number))
    assert await taken(slow, 2) == ['3', '4']
    assert await taken(quick, 5) == ['0', '1', '2', '3', '4']
    assert (slow.dropped, quick.dropped, log.dropped) == (3, 0, 3)
    log.append('5')
    assert await taken(slow, 1) == ['5']
    assert slow.dropped == 3


@in_loop
async def test_slow_subscriber_is_disconnected() -> None:
    """Where it is to be disconnected, the subscription ends, and the client that comes back gets all."""
    log = EventLog(10)
    subscription = log.subscribe(max_behind=2, when_full='disconnect')
    last_id = log.append('0').event_id
    assert await taken(subscription, 1) == ['0']
    for number in range(1, 4):
        log.append(str(number))
    assert [event async for event in subscription] == []
    assert (subscription.was_disconnected, log.disconnected, log.dropped, log.subscribers) == (True, 1, 0, 0)
    assert await taken(log.subscribe(last_id, max_behind=2), 3) == ['1', '2', '3']


@in_loop
async def test_what_was_missed_does_not_count_as_being_behind() -> None:
    """A client that comes back may get more than may wait for it; only what comes meanwhile counts."""
    log = EventLog(10)
    ids = [log.append(str(number)).event_id for number in range(6)]
    subscription = log.subscribe(ids[0], max_behind=2, when_full='disconnect')
    log.append('a')
    log.append('b')
    assert await taken(subscription, 7) == ['1', '2', '3', '4', '5', 'a', 'b']


@in_loop
async def test_what_the_log_lost_before_it_was_given_is_counted() -> None:
    """Events from before that make room for new ones are dropped; those that are left are given."""
    log = EventLog(5)
    ids = [log.append(str(number)).event_id for number in range(5)]
    subscription = log.subscribe(ids[0], max_behind=2)
    for name in 'ab':
        log.append(name)
    assert await taken(subscription, 5) == ['2', '3', '4', 'a', 'b']
    assert subscription.dropped == 1


@pytest.mark.parametrize('turns_before', [0, 1, 2])
@in_loop
async def test_cancelled_waiting_loses_nothing(turns_before: int) -> None:
    """Whenever waiting for an event is cancelled, also as it comes, the next one to wait gets it."""
    log = EventLog(4)
    subscription = log.subscribe()
    waiting = asyncio.ensure_future(anext(subscription))
    await turns(turns_before)
    log.append('a')
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await taken(subscription, 1) == ['a']
    assert not log._waiting


@in_loop
async def test_one_task_at_a_time() -> None:
    """A second task that waits for an event of the same subscription is told so."""
    log = EventLog(4)
    subscription = log.subscribe()
    waiting = asyncio.ensure_future(anext(subscription))
    await turns()
    with pytest.raises(OperationNotAllowed, match='another task'):
        await anext(subscription)
    log.append('a')
    assert (await waiting).data == 'a'


@in_loop
async def test_closing_ends_who_waits() -> None:
    """A subscription that is closed ends, for one that waits as well; closing it again does nothing."""
    log = EventLog(4)
    async with log.subscribe() as subscription:
        waiting = asyncio.ensure_future(taken(subscription, 1))
        await turns()
        await subscription.aclose()
        with pytest.raises(StopAsyncIteration):
            await subscription.__anext__()
        await asyncio.wait({waiting})
        assert isinstance(waiting.exception(), (StopAsyncIteration, RuntimeError))
    log.append('a')
    assert [event async for event in subscription] == []
    assert log.subscribers == 0


@in_loop
async def test_leaving_the_context_of_a_subscription_closes_it() -> None:
    """A subscription is open within `async with`, and gives nothing afterwards."""
    log = EventLog(4)
    async with log.subscribe() as subscription:
        log.append('a')
        assert log.subscribers == 1
    assert log.subscribers == 0
    assert [event async for event in subscription] == []


@in_loop
async def test_ending_lets_subscribers_take_what_is_there() -> None:
    """Those open then get what was appended before, and end; one that comes later does not."""
    log, shutdown = EventLog(4), Shutdown()
    behind, waits = log.subscribe(), log.subscribe()
    waiting = asyncio.ensure_future(_all(waits))
    await turns()
    shutdown.add(log.end_subscriptions)
    log.append('a')
    shutdown.begin()
    log.append('too late')
    assert await _all(behind) == await waiting == ['a']
    later = log.subscribe()
    assert await is_waiting(later)


async def _all(subscription: Subscription) -> list[Any]:
    return [event.data async for event in subscription]


@in_loop
async def test_subscribers_that_go_leave_nothing() -> None:
    """However a subscriber goes, closed, cancelled or forgotten, the log holds nothing of it."""
    log = EventLog(4)

    async def follow(subscription: Subscription) -> None:
        async for _ in subscription:
            pass

    for _ in range(100):
        subscriptions = [log.subscribe() for _ in range(10)]
        tasks = [asyncio.ensure_future(follow(subscription)) for subscription in subscriptions]
        log.subscribe()
        await turns(2)
        for task in tasks[:5]:
            task.cancel()
        for subscription in subscriptions[5:]:
            await subscription.aclose()
        await asyncio.gather(*tasks, return_exceptions=True)
    del subscriptions, subscription, tasks, task
    await turns()  # the loop lets go of the last cancellation
    gc.collect()
    assert log.subscribers == 0
    assert not log._waiting


@pytest.mark.parametrize('arguments', [{'max_behind': 0}, {'max_behind': 5}, {'when_full': 'wait'}])
def test_subscription_that_cannot_be_is_refused(arguments: dict[str, Any]) -> None:
    """A subscriber may be behind by one event at least and by the log's capacity at most; a policy is one of two."""
    log = EventLog(4)
    with pytest.raises(ValueError, match='expected'):
        log.subscribe(**arguments)
    assert log.subscribers == 0


def test_log_without_room_is_refused() -> None:
    """A log holds one event at least."""
    with pytest.raises(ValueError, match='received capacity 0, expected at least 1'):
        EventLog(0)


STEP = st.tuples(st.sampled_from(['append', 'take']), st.integers(1, 4))


@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from(['drop_oldest', 'disconnect']),
    st.integers(0, 8),
    st.integers(0, 8),
    st.lists(STEP, max_size=20),
)
def test_any_order_of_appending_and_taking(
    capacity: int,
    max_behind: int,
    when_full: Literal['drop_oldest', 'disconnect'],
    before: int,
    after: int,
    steps: list[tuple[str, int]],
) -> None:
    """What is given is in order and without gaps but those that are counted, and no more than allowed ever waits."""

    async def main() -> None:
        log = EventLog(capacity)
        ids = [log.append(str(number)).event_id for number in range(before)]
        after_id = ids[after] if after < before else None
        subscription = log.subscribe(after_id, max_behind=min(max_behind, capacity), when_full=when_full)
        next_number = before if after_id is None else max(after + 1, before - capacity)
        assert subscription.missed == (after_id is not None and after < before - capacity)
        end, begun = before, False
        for what, count in steps:
            for _ in range(count):
                if what == 'append':
                    log.append(str(end))
                    end += 1
                    continue
                dropped_before = subscription.dropped
                try:
                    async with asyncio.timeout(0):
                        event = await anext(subscription)
                except TimeoutError:
                    assert next_number == end
                    continue
                except StopAsyncIteration:
                    assert when_full == 'disconnect'
                    assert end - next_number > min(max_behind, capacity)
                    assert subscription.was_disconnected
                    return
                next_number += subscription.dropped - dropped_before
                if subscription.missed and when_full == 'disconnect' and not begun:
                    next_number = max(next_number, end - capacity)
                begun = True
                assert event.data == str(next_number)
                next_number += 1
                assert when_full == 'drop_oldest' or subscription.dropped == 0

    asyncio.run(main())


async def rest_of(subscription: Subscription) -> list[SSEvent]:
    return [event async for event in subscription]


@in_loop
async def test_append_and_close_meet_who_is_about_to_go() -> None:
    """A subscriber that was cancelled, or is being closed, before it has run again is in nobody's way."""
    log = EventLog(4)
    subscription = log.subscribe()
    waiting = asyncio.create_task(anext(subscription))
    await asyncio.sleep(0)
    waiting.cancel()
    log.append('a')
    with pytest.raises(asyncio.CancelledError):
        await waiting
    waiting = asyncio.create_task(anext(subscription))
    assert (await waiting).data == 'a'
    ending = asyncio.create_task(rest_of(subscription))
    await asyncio.sleep(0)
    log.append('b')
    await subscription.aclose()
    await subscription.aclose()
    assert await ending == []


@in_loop
async def test_ending_wakes_who_waits() -> None:
    """A subscriber that waits when the subscriptions are ended does not wait for another event."""
    log = EventLog(4)
    ending = asyncio.create_task(rest_of(log.subscribe()))
    await asyncio.sleep(0)
    log.end_subscriptions()
    assert await ending == []


@pytest.mark.parametrize('max_behind', [1, 3])
@in_loop
async def test_client_that_is_too_old_is_not_disconnected_before_it_begins(max_behind: int) -> None:
    """What the log drops of all that it has, before the first of it is asked for, was told by `missed`."""
    log = EventLog(3)
    for number in range(5):
        log.append(str(number))
    subscription = log.subscribe('gone', max_behind=max_behind, when_full='disconnect')
    log.append('5')
    assert await taken(subscription, 3) == ['3', '4', '5']
    assert (subscription.missed, subscription.dropped, subscription.was_disconnected) == (True, 0, False)


@in_loop
async def test_client_that_is_too_old_is_disconnected_as_others_are() -> None:
    """Behind by more than it may be, or missing what would follow what it got, it is disconnected after all."""
    log = EventLog(3)
    for number in range(5):
        log.append(str(number))
    late = log.subscribe('gone', max_behind=1, when_full='disconnect')
    slow = log.subscribe('gone', when_full='disconnect')
    assert await taken(slow, 1) == ['2']
    for number in range(2):
        log.append(str(number))
    assert await rest_of(late) == []
    assert await rest_of(slow) == []
    assert (late.was_disconnected, slow.was_disconnected, log.disconnected, log.dropped) == (True, True, 2, 0)


@pytest.mark.parametrize('event_id', ['größe', '北京 7', 'ÿ', 'gr\xf6', 'Ã¶'])
def test_ids_beyond_ascii_are_found_as_headers_have_them(event_id: str) -> None:
    """A client sends an id as UTF-8, and whoever reads headers takes their bytes for ISO 8859-1; so both are found."""
    log = EventLog(5)
    log.append(SSEvent('first', event_id=event_id))
    log.append(SSEvent('second', event_id='7'))
    for after in (event_id, event_id.encode().decode('latin-1')):
        assert log.subscribe(after).missed is False
    assert log.subscribe('größer').missed
    assert log.subscribe('北').missed
