import pytest
from hypothesis import given
from hypothesis import strategies as st

from falcon_core.errors import OperationNotAllowed
from falcon_ws.errors import WebSocketClosed, WebSocketDisconnected
from falcon_ws.states import TABLE, Action, Event, Lifecycle, ReadyState, State

CALLS = [Event.ACCEPT, Event.DENY, Event.SEND, Event.RECEIVE, Event.CLOSE]
NOTES = [event for event in Event if event not in CALLS]


def lifecycle_in(state: State) -> Lifecycle:
    return Lifecycle(state)


def test_ready_states_are_those_of_browsers() -> None:
    """The numbers are 0 to 3."""
    assert [(state.name, state.value) for state in ReadyState] == [
        ('CONNECTING', 0),
        ('OPEN', 1),
        ('CLOSING', 2),
        ('CLOSED', 3),
    ]


def test_table_is_total() -> None:
    """Every event has a row in every state."""
    assert set(TABLE) == {(state, event) for state in State for event in Event}


def test_open_has_short_cuts() -> None:
    """Sending, receiving and messages leave OPEN open, so that whoever is in OPEN need not ask the table."""
    for event in (Event.SEND, Event.RECEIVE, Event.MESSAGE):
        assert TABLE[State.OPEN, event] == (State.OPEN, Action.PROCEED)


def test_only_calls_are_refused() -> None:
    """What a server does is never an error."""
    for (_, event), (_, action) in TABLE.items():
        if event in NOTES:
            assert action in (Action.PROCEED, Action.IGNORE)


def test_what_raises_changes_nothing() -> None:
    """A call that is not allowed leaves the state as it is."""
    for (state, _), (following, action) in TABLE.items():
        if action in (Action.REFUSE, Action.DISCONNECTED):
            assert following is state


def test_close_never_raises() -> None:
    """Closing is allowed in every state."""
    assert {TABLE[state, Event.CLOSE][1] for state in State} == {Action.PROCEED, Action.IGNORE}


def test_a_client_that_left_is_not_the_callers_fault() -> None:
    """Where the client left, every call that cannot be done says so."""
    for state in (State.LOST, State.LEFT):
        assert Action.REFUSE not in {TABLE[state, event][1] for event in Event}


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_no_sequence_breaks_the_table(events: list[Event]) -> None:
    """Whatever happens in whatever order, the connection only goes forward, and only on what the table says."""
    lifecycle = Lifecycle()
    for event in events:
        before = lifecycle.ready_state
        was_over = lifecycle.is_over
        expected, action = TABLE[lifecycle.state, event]
        try:
            proceeds = lifecycle.call(event, 'call') if event in CALLS else lifecycle.note(event)
        except WebSocketClosed:
            assert (action, lifecycle.ready_state) == (Action.REFUSE, before)
            assert before >= ReadyState.CLOSING
        except WebSocketDisconnected:
            assert action is Action.DISCONNECTED or lifecycle.state is State.CLOSED
        except OperationNotAllowed:
            assert (action, lifecycle.ready_state) == (Action.REFUSE, before)
        else:
            assert proceeds is (action is Action.PROCEED)
        assert lifecycle.state is expected
        assert lifecycle.ready_state >= before
        assert lifecycle.is_over or not was_over


@pytest.mark.parametrize(
    ('state', 'event', 'expected'),
    [
        (State.CONNECTING, Event.SEND, 'OPEN'),
        (State.CONNECTING, Event.RECEIVE, 'OPEN'),
        (State.ACCEPTING, Event.ACCEPT, 'CONNECTING'),
        (State.ACCEPTING, Event.SEND, 'OPEN'),
        (State.OPEN, Event.ACCEPT, 'CONNECTING'),
    ],
)
def test_refusal_names_state_and_call(state: State, event: Event, expected: str) -> None:
    """The text says what was called, in which state, and which one it needs."""
    with pytest.raises(OperationNotAllowed) as raised:
        lifecycle_in(state).call(event, 'method')
    assert not isinstance(raised.value, WebSocketDisconnected)
    assert str(raised.value) == f'method() was called in state {state.name}, expected {expected}'


@pytest.mark.parametrize('event', [Event.ACCEPT, Event.DENY, Event.SEND, Event.RECEIVE])
def test_refusal_after_close_has_the_code(event: Event) -> None:
    """After a close from here, the error also says with what the connection was closed."""
    lifecycle = lifecycle_in(State.OPEN)
    assert lifecycle.call_close(4000, 'enough')
    for state in (State.CLOSING, State.CLOSED):
        assert lifecycle.state is state
        with pytest.raises(WebSocketClosed, match=f'in state {state.name}, expected ') as raised:
            lifecycle.call(event, 'method')
        assert (raised.value.code, raised.value.reason) == (4000, 'enough')
        lifecycle.note(Event.CLOSE_SENT)


def test_close_is_sent_once() -> None:
    """A second close does nothing, and does not change the code."""
    lifecycle = lifecycle_in(State.OPEN)
    assert lifecycle.call_close(4000, None)
    assert not lifecycle.call_close(4001, None)
    assert lifecycle.disconnected().code == 4000


def test_disconnect_keeps_code_and_reason() -> None:
    """What the server told is what the application is told."""
    lifecycle = lifecycle_in(State.OPEN)
    lifecycle.note_disconnect(4001, 'bye')
    with pytest.raises(WebSocketDisconnected, match='4001: bye') as raised:
        lifecycle.call(Event.SEND, 'send_text')
    assert (raised.value.code, raised.value.reason) == (4001, 'bye')
    assert not isinstance(raised.value, OperationNotAllowed)


@pytest.mark.parametrize('code', [None, 0])
def test_disconnect_without_code(code: int | None) -> None:
    """A server that tells no code means 1005: the close frame had none."""
    lifecycle = lifecycle_in(State.OPEN)
    lifecycle.note_disconnect(code, '')
    assert (lifecycle.disconnected().code, lifecycle.disconnected().reason) == (1005, None)


def test_failed_send_is_an_abnormal_closure_until_told_otherwise() -> None:
    """Sending that failed gives 1006, and the code of the disconnect once that is there."""
    lifecycle = lifecycle_in(State.OPEN)
    lifecycle.note(Event.SEND_FAILED)
    assert lifecycle.disconnected().code == 1006
    lifecycle.note_disconnect(1001, None)
    assert lifecycle.disconnected().code == 1001


def test_disconnect_after_close_keeps_the_own_code() -> None:
    """The disconnect that answers a close from here does not change what the connection was closed with."""
    lifecycle = lifecycle_in(State.OPEN)
    lifecycle.call_close(4000, None)
    lifecycle.note_disconnect(1005, None)
    assert lifecycle.state is State.CLOSED
    assert lifecycle.disconnected().code == 4000


def test_loop_that_skips_value_errors_ends() -> None:
    """A loop that takes every ValueError for a bad message ends after a close from here."""
    lifecycle = lifecycle_in(State.CLOSED)
    for _ in range(10):
        with pytest.raises(ValueError, match='state CLOSED'):
            lifecycle.call(Event.RECEIVE, 'receive_json')
    with pytest.raises(WebSocketDisconnected) as raised:
        lifecycle.call(Event.RECEIVE, 'receive_json')
    assert not isinstance(raised.value, ValueError)


def test_denial() -> None:
    """A denied handshake is over once the denial was sent, and says so with the code that stands for the status."""
    lifecycle = lifecycle_in(State.CONNECTING)
    assert lifecycle_in(State.CONNECTING).close_code is None
    lifecycle.call_deny(3401)
    assert lifecycle.disconnected().code == 3401
    assert [lifecycle.close_code, lifecycle.close_reason] == [3401, None]
    lifecycle.note(Event.CLOSE_SENT)
    with pytest.raises(
        OperationNotAllowed, match=r'accept\(\) was called in state CLOSED, expected CONNECTING'
    ) as raised:
        lifecycle.call(Event.ACCEPT, 'accept')
    assert isinstance(raised.value, WebSocketClosed)
    assert raised.value.code == 3401


def test_denying_after_an_answer_is_refused() -> None:
    """A handshake is answered once."""
    lifecycle = lifecycle_in(State.OPEN)
    with pytest.raises(OperationNotAllowed, match=r'deny\(\) was called in state OPEN, expected CONNECTING'):
        lifecycle.call_deny(3403)
    assert lifecycle.disconnected().code == 1006


@pytest.mark.parametrize('state', list(State))
def test_credit_and_direct_ways_are_those_of_open(state: State) -> None:
    """Only in OPEN may anything be sent or received without asking the table."""
    lifecycle = lifecycle_in(state)
    assert (lifecycle.credit, lifecycle.direct) == ((8, True) if state is State.OPEN else (0, False))
    lifecycle.grant_credit()
    assert (lifecycle.credit > 0) == (state is State.OPEN)
    lifecycle.note(Event.SEND_FAILED)
    assert (lifecycle.credit, lifecycle.direct) == (0, False)
