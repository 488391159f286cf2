"""What goes to the server: the acceptance, messages and the close, and what it means if the server does not take them.

An `OSError` says that the client left (ASGI specification 2.4), and so does what uvicorn raises once it has closed by
itself. Servers raise other errors as well, for a client that left and for other reasons; such an error is taken for the
former only if the server's `receive`, asked at once, tells that the connection is over. Otherwise it goes to the caller
as it is.
"""

from falcon_core.asgi_types import Message, Send
from falcon_core.streams import tells_of_disconnect
from falcon_ws.inbox import Inbox
from falcon_ws.states import Event, Lifecycle, ReadyState

__all__ = ['Outbox', 'send_close']

# What uvicorn says of a message that comes after it has closed, as it does when a client does not answer its pings. It
# tells `receive` of that only when the client has taken what is buffered for it, which may be never.
_CLOSED_BY_SERVER = "after sending 'websocket.close'"

# What daphne says of the close codes that browsers may not send, all but 1000 and those from 3000 (WHATWG WebSockets,
# section 3.1). Others then stand for them, higher by as much as the 3011 that Falcon closes with in place of 1011.
_CODE_REFUSED = 'invalid close code'
_REFUSED_TO_SENT = 2000


async def send_close(send: Send, message: Message) -> None:
    """Send what ends a connection: a close, with another code if the server takes that only, or another message.

    Raises:
        Exception: Whatever `send` raised.
    """
    try:
        await send(message)
    except Exception as failure:
        if _CODE_REFUSED not in str(failure):
            raise
        await send({**message, 'code': message['code'] + _REFUSED_TO_SENT})


class Outbox:
    """The way to the server of one connection.

    Args:
        send: The ASGI send callable.
        lifecycle: The state of the connection.
        inbox: What can tell whether the client left.
    """

    __slots__ = ('_inbox', '_lifecycle', '_send')

    def __init__(self, send: Send, lifecycle: Lifecycle, inbox: Inbox) -> None:
        self._send = send
        self._lifecycle = lifecycle
        self._inbox = inbox

    async def accept(self, message: Message) -> None:
        """Send the acceptance.

        Raises:
            OperationNotAllowed: The handshake was answered before.
            WebSocketDisconnected: The client left.
        """
        self._lifecycle.call(Event.ACCEPT, 'accept')
        try:
            await self._send(message)
        except Exception as failure:
            await self.explain(failure)
            raise
        self._lifecycle.note(Event.ACCEPT_SENT)

    async def send(self, message: Message, call: str) -> None:
        """Send a message. `WebSocket` writes this out where it is to be fast: to await it is most of what it takes.

        Args:
            message: The ASGI message.
            call: The name of the method that sends, for the error's text.

        Raises:
            OperationNotAllowed: The state of the connection does not allow it.
            WebSocketDisconnected: The client left.
        """
        if self._lifecycle.credit:
            self._lifecycle.credit -= 1
        else:
            await self.prepare(call)
        try:
            await self._send(message)
        except Exception as failure:
            await self.explain(failure)
            raise

    async def prepare(self, call: str) -> None:
        """Prepare for sending one message for which there is no credit: see whether it may be sent.

        Args:
            call: The name of the method that sends, for the error's text.

        Raises:
            OperationNotAllowed: The state of the connection does not allow it.
            WebSocketDisconnected: The client left.
        """
        self._lifecycle.call(Event.SEND, call)
        if not self._inbox.receiving:
            await self._inbox.look()
            self._lifecycle.call(Event.SEND, call)
        self._lifecycle.grant_credit()

    async def deny(self, code: int, *messages: Message) -> None:
        """Deny the handshake; whatever happens, the connection is over then.

        Args:
            code: The close code that stands for the denial where one is asked for.
            messages: The ASGI messages to deny it with.

        Raises:
            OperationNotAllowed: The handshake was answered before.
            WebSocketDisconnected: The client left before.
        """
        self._lifecycle.call_deny(code)
        await self._end(*messages)

    async def close(self, message: Message) -> None:
        """Send the close, unless the connection is over; whatever happens, it is over then.

        If another task is sending one, that is waited for.
        """
        if not self._lifecycle.call_close(message['code'], message.get('reason')):
            await self._inbox.until_closed()
            return
        await self._end(message)

    async def _end(self, *messages: Message) -> None:
        """Send what ends the connection. That the client has left is no failure then."""
        try:
            # Some servers do not send a close while a receive is waiting.
            await self._inbox.begin_closing()
            for message in messages:
                await send_close(self._send, message)
        except Exception as failure:
            if not _tells_of_end(failure):
                await self._inbox.settle()
                if not self._lifecycle.is_over:
                    raise
        finally:
            self._lifecycle.note(Event.CLOSE_SENT)
            self._inbox.end_closing()
            await self._inbox.stop()

    async def explain(self, failure: Exception) -> None:
        """Find out whether something was not taken because the client left, or another task closed meanwhile.

        Raises:
            WebSocketDisconnected: It was.
        """
        if _tells_of_end(failure):
            self._lifecycle.note(Event.SEND_FAILED)
        await self._inbox.settle()
        if self._lifecycle.ready_state >= ReadyState.CLOSING:
            raise self._lifecycle.disconnected() from failure


def _tells_of_end(failure: Exception) -> bool:
    """Return whether what a server's `send` raised says that the connection is over, not closed from here."""
    return tells_of_disconnect(failure) or _CLOSED_BY_SERVER in str(failure)
