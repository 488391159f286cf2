"""The states of a connection and what may happen in each, as a table; no input or output.

An event is a call of the application, an event of the server, or how a call to the server ended. `TABLE` gives for
each state and event the state that follows and what is to be done.

| state | `ready_state` | meaning |
| --- | --- | --- |
| CONNECTING | CONNECTING | the handshake waits for an answer |
| ACCEPTING | CONNECTING | it is being accepted |
| OPEN | OPEN | messages go both ways |
| CLOSING | CLOSING | a close, or the denial of the handshake, is being sent |
| CLOSED | CLOSED | that was sent, or sending it failed |
| LOST | CLOSED | the server refused to send because the client left; it has not told the close code yet |
| LEFT | CLOSED | the server has told that the client left |

The table does not know of messages that were read ahead: in LEFT, those are delivered before the client is said to have
left.
"""

from enum import Enum, IntEnum, auto

from falcon_core.errors import OperationNotAllowed
from falcon_ws.errors import WebSocketClosed, WebSocketDisconnected

__all__ = ['ABNORMAL_CLOSURE', 'CREDIT', 'TABLE', 'Action', 'Event', 'Lifecycle', 'ReadyState', 'State']

# RFC 6455, section 7.4.1: the connection went down without a close frame, or nobody said with which.
ABNORMAL_CLOSURE = 1006

# RFC 6455, section 7.4.1: the close frame had no code.
_NO_CODE_RECEIVED = 1005

# `OperationNotAllowed` is a `ValueError`, and so is a message that could not be decoded: a loop that skips those would
# spin on a connection that another task has closed. After this many refusals it gets what ends it.
_MAX_RECEIVES_REFUSED = 10


# How often in a row messages may be sent or the state read, nothing being received, before somebody looks whether the
# client left. Few enough to learn of it in time, and enough for all that commonly answers one message.
CREDIT = 8


class ReadyState(IntEnum):
    """How far a connection has come; the names and values are those of browsers (WHATWG WebSockets, section 3.1)."""

    CONNECTING = 0
    OPEN = 1
    CLOSING = 2
    CLOSED = 3


class State(Enum):
    """What a connection can be in; the module's text explains each."""

    CONNECTING = auto()
    ACCEPTING = auto()
    OPEN = auto()
    CLOSING = auto()
    CLOSED = auto()
    LOST = auto()
    LEFT = auto()


class Event(Enum):
    """What can happen to a connection.

    The application calls: ACCEPT, DENY, SEND, RECEIVE, CLOSE. The server took a message of its: ACCEPT_SENT, CLOSE_SENT
    (of a close or a denial, also if that failed), or refused one because the client left: SEND_FAILED. The server has
    something from the client: MESSAGE, DISCONNECT.
    """

    ACCEPT = auto()
    DENY = auto()
    SEND = auto()
    RECEIVE = auto()
    CLOSE = auto()
    ACCEPT_SENT = auto()
    CLOSE_SENT = auto()
    SEND_FAILED = auto()
    MESSAGE = auto()
    DISCONNECT = auto()


class Action(Enum):
    """What to do about an event.

    PROCEED with what it says; IGNORE it; REFUSE it with `OperationNotAllowed`, as the application's fault; or say
    with `WebSocketDisconnected` that the client is DISCONNECTED.
    """

    PROCEED = auto()
    IGNORE = auto()
    REFUSE = auto()
    DISCONNECTED = auto()


TABLE: dict[tuple[State, Event], tuple[State, Action]] = {
    (State.CONNECTING, Event.ACCEPT): (State.ACCEPTING, Action.PROCEED),
    (State.CONNECTING, Event.DENY): (State.CLOSING, Action.PROCEED),
    (State.CONNECTING, Event.SEND): (State.CONNECTING, Action.REFUSE),
    (State.CONNECTING, Event.RECEIVE): (State.CONNECTING, Action.REFUSE),
    (State.CONNECTING, Event.CLOSE): (State.CLOSING, Action.PROCEED),
    (State.CONNECTING, Event.ACCEPT_SENT): (State.CONNECTING, Action.IGNORE),
    (State.CONNECTING, Event.CLOSE_SENT): (State.CONNECTING, Action.IGNORE),
    (State.CONNECTING, Event.SEND_FAILED): (State.CONNECTING, Action.IGNORE),
    (State.CONNECTING, Event.MESSAGE): (State.CONNECTING, Action.IGNORE),
    (State.CONNECTING, Event.DISCONNECT): (State.LEFT, Action.PROCEED),
    (State.ACCEPTING, Event.ACCEPT): (State.ACCEPTING, Action.REFUSE),
    (State.ACCEPTING, Event.DENY): (State.ACCEPTING, Action.REFUSE),
    (State.ACCEPTING, Event.SEND): (State.ACCEPTING, Action.REFUSE),
    (State.ACCEPTING, Event.RECEIVE): (State.ACCEPTING, Action.REFUSE),
    (State.ACCEPTING, Event.CLOSE): (State.CLOSING, Action.PROCEED),
    (State.ACCEPTING, Event.ACCEPT_SENT): (State.OPEN, Action.PROCEED),
    (State.ACCEPTING, Event.CLOSE_SENT): (State.ACCEPTING, Action.IGNORE),
    (State.ACCEPTING, Event.SEND_FAILED): (State.LOST, Action.PROCEED),
    (State.ACCEPTING, Event.MESSAGE): (State.ACCEPTING, Action.IGNORE),
    (State.ACCEPTING, Event.DISCONNECT): (State.LEFT, Action.PROCEED),
    (State.OPEN, Event.ACCEPT): (State.OPEN, Action.REFUSE),
    (State.OPEN, Event.DENY): (State.OPEN, Action.REFUSE),
    (State.OPEN, Event.SEND): (State.OPEN, Action.PROCEED),
    (State.OPEN, Event.RECEIVE): (State.OPEN, Action.PROCEED),
    (State.OPEN, Event.CLOSE): (State.CLOSING, Action.PROCEED),
    (State.OPEN, Event.ACCEPT_SENT): (State.OPEN, Action.IGNORE),
    (State.OPEN, Event.CLOSE_SENT): (State.OPEN, Action.IGNORE),
    (State.OPEN, Event.SEND_FAILED): (State.LOST, Action.PROCEED),
    (State.OPEN, Event.MESSAGE): (State.OPEN, Action.PROCEED),
    (State.OPEN, Event.DISCONNECT): (State.LEFT, Action.PROCEED),
    (State.CLOSING, Event.ACCEPT): (State.CLOSING, Action.REFUSE),
    (State.CLOSING, Event.DENY): (State.CLOSING, Action.REFUSE),
    (State.CLOSING, Event.SEND): (State.CLOSING, Action.REFUSE),
    (State.CLOSING, Event.RECEIVE): (State.CLOSING, Action.REFUSE),
    (State.CLOSING, Event.CLOSE): (State.CLOSING, Action.IGNORE),
    (State.CLOSING, Event.ACCEPT_SENT): (State.CLOSING, Action.IGNORE),
    (State.CLOSING, Event.CLOSE_SENT): (State.CLOSED, Action.PROCEED),
    (State.CLOSING, Event.SEND_FAILED): (State.CLOSING, Action.IGNORE),
    (State.CLOSING, Event.MESSAGE): (State.CLOSING, Action.IGNORE),
    (State.CLOSING, Event.DISCONNECT): (State.CLOSED, Action.IGNORE),
    (State.CLOSED, Event.ACCEPT): (State.CLOSED, Action.REFUSE),
    (State.CLOSED, Event.DENY): (State.CLOSED, Action.REFUSE),
    (State.CLOSED, Event.SEND): (State.CLOSED, Action.REFUSE),
    (State.CLOSED, Event.RECEIVE): (State.CLOSED, Action.REFUSE),
    (State.CLOSED, Event.CLOSE): (State.CLOSED, Action.IGNORE),
    (State.CLOSED, Event.ACCEPT_SENT): (State.CLOSED, Action.IGNORE),
    (State.CLOSED, Event.CLOSE_SENT): (State.CLOSED, Action.IGNORE),
    (State.CLOSED, Event.SEND_FAILED): (State.CLOSED, Action.IGNORE),
    (State.CLOSED, Event.MESSAGE): (State.CLOSED, Action.IGNORE),
    (State.CLOSED, Event.DISCONNECT): (State.CLOSED, Action.IGNORE),
    (State.LOST, Event.ACCEPT): (State.LOST, Action.DISCONNECTED),
    (State.LOST, Event.DENY): (State.LOST, Action.DISCONNECTED),
    (State.LOST, Event.SEND): (State.LOST, Action.DISCONNECTED),
    (State.LOST, Event.RECEIVE): (State.LOST, Action.PROCEED),
    (State.LOST, Event.CLOSE): (State.LOST, Action.IGNORE),
    (State.LOST, Event.ACCEPT_SENT): (State.LOST, Action.IGNORE),
    (State.LOST, Event.CLOSE_SENT): (State.LOST, Action.IGNORE),
    (State.LOST, Event.SEND_FAILED): (State.LOST, Action.IGNORE),
    (State.LOST, Event.MESSAGE): (State.LOST, Action.PROCEED),
    (State.LOST, Event.DISCONNECT): (State.LEFT, Action.PROCEED),
    (State.LEFT, Event.ACCEPT): (State.LEFT, Action.DISCONNECTED),
    (State.LEFT, Event.DENY): (State.LEFT, Action.DISCONNECTED),
    (State.LEFT, Event.SEND): (State.LEFT, Action.DISCONNECTED),
    (State.LEFT, Event.RECEIVE): (State.LEFT, Action.DISCONNECTED),
    (State.LEFT, Event.CLOSE): (State.LEFT, Action.IGNORE),
    (State.LEFT, Event.ACCEPT_SENT): (State.LEFT, Action.IGNORE),
    (State.LEFT, Event.CLOSE_SENT): (State.LEFT, Action.IGNORE),
    (State.LEFT, Event.SEND_FAILED): (State.LEFT, Action.IGNORE),
    (State.LEFT, Event.MESSAGE): (State.LEFT, Action.IGNORE),
    (State.LEFT, Event.DISCONNECT): (State.LEFT, Action.IGNORE),
}

_READY_STATES = {
    State.CONNECTING: ReadyState.CONNECTING,
    State.ACCEPTING: ReadyState.CONNECTING,
    State.OPEN: ReadyState.OPEN,
    State.CLOSING: ReadyState.CLOSING,
    State.CLOSED: ReadyState.CLOSED,
    State.LOST: ReadyState.CLOSED,
    State.LEFT: ReadyState.CLOSED,
}


class Lifecycle:
    """The state of one connection, and the errors that calls in a wrong state raise.

    Args:
        state: The state to begin in.

    Attributes:
        state (State): The present state; changed by the methods only.
        credit (int): How many messages may be sent before somebody has to look whether the client left. Only in OPEN
            there is any, so that one question answers both, whether a message may be sent and whether to look first.
        direct (bool): Whether the next message comes from the server itself: nobody waits for one, none waits, and
            none is read ahead. Only in OPEN; set by whoever keeps the messages.
    """

    __slots__ = ('_code', '_reason', '_receives_refused', 'credit', 'direct', 'state')

    def __init__(self, state: State = State.CONNECTING) -> None:
        self.state = state
        self.direct = state is State.OPEN
        self.credit = 0
        self.grant_credit()
        self._code = ABNORMAL_CLOSURE
        self._reason: str | None = None
        self._receives_refused = 0

    @property
    def ready_state(self) -> ReadyState:
        """How far the connection has come."""
        return _READY_STATES[self.state]

    @property
    def close_code(self) -> int | None:
        """The code that the connection was closed with; None as long as it is not."""
        return self._code if _READY_STATES[self.state] >= ReadyState.CLOSING else None

    @property
    def close_reason(self) -> str | None:
        """The reason that it was closed with, if there is one."""
        return self._reason

    @property
    def is_over(self) -> bool:
        """Whether the server has nothing more to tell of the connection that anyone waits for."""
        return self.state in (State.CLOSED, State.LEFT)

    def call(self, event: Event, name: str) -> bool:
        """Take note of a call of the application; return whether there is anything to do.

        Args:
            event: What the call asks for.
            name: The method that was called, for the error's text.

        Raises:
            OperationNotAllowed: The call is not allowed in the present state.
            WebSocketDisconnected: The client left.
        """
        following, action = TABLE[self.state, event]
        if action is Action.REFUSE:
            raise self._refusal(event, name)
        if action is Action.DISCONNECTED:
            raise self.disconnected()
        self._enter(following)
        return action is Action.PROCEED

    def note(self, event: Event) -> bool:
        """Take note of something that is not a call; return whether there is anything to do."""
        following, action = TABLE[self.state, event]
        self._enter(following)
        return action is Action.PROCEED

    def grant_credit(self) -> None:
        """Let messages be sent without a look, as somebody has looked; there is nothing to grant but in OPEN."""
        self.credit = CREDIT if self.state is State.OPEN else 0

    def note_disconnect(self, code: int | None, reason: str | None) -> bool:
        """Take note that the server has told that the connection is over; return whether it was not over before.

        Args:
            code: The close code it told, or None.
            reason: The reason it told, or None.
        """
        if not self.note(Event.DISCONNECT):
            return False
        self._set_close(code or _NO_CODE_RECEIVED, reason)
        return True

    def call_close(self, code: int, reason: str | None) -> bool:
        """Take note that the application closes; return whether the close is to be sent.

        Args:
            code: The close code.
            reason: The reason, or None.
        """
        if not self.call(Event.CLOSE, 'close'):
            return False
        self._set_close(code, reason)
        return True

    def call_deny(self, code: int) -> None:
        """Take note that the application denies the handshake.

        Args:
            code: The close code that stands for the denial where one is asked for.

        Raises:
            OperationNotAllowed: The handshake was answered before.
            WebSocketDisconnected: The client left.
        """
        self.call(Event.DENY, 'deny')
        self._set_close(code, None)

    def disconnected(self) -> WebSocketDisconnected:
        """Return the error that says the connection is over."""
        return WebSocketDisconnected(self._code, self._reason)

    def _enter(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.direct = state is State.OPEN
            self.grant_credit()

    def _set_close(self, code: int, reason: str | None) -> None:
        self._code = code
        self._reason = reason or None

    def _refusal(self, event: Event, name: str) -> OperationNotAllowed | WebSocketDisconnected:
        expected = State.CONNECTING if event in (Event.ACCEPT, Event.DENY) else State.OPEN
        fault = f'{name}() was called in state {self.state.name}, expected {expected.name}'
        if self.state not in (State.CLOSING, State.CLOSED):
            return OperationNotAllowed(fault)
        if event is Event.RECEIVE:
            self._receives_refused += 1
            if self._receives_refused > _MAX_RECEIVES_REFUSED:
                return self.disconnected()
        return WebSocketClosed(fault, self._code, self._reason)
