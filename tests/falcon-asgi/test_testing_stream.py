from event_loop import in_loop
from falcon_asgi.testing import ResultBodyStream


@in_loop
async def test_body_that_is_there() -> None:
    """A body that is there is read in one piece; then there is nothing more."""
    stream = ResultBodyStream([b'a', b'b'])
    assert [await stream.read(), await stream.read()] == [b'ab', b'']


@in_loop
async def test_read_waits_for_more() -> None:
    """A read that has nothing to return waits until there is something, or the end."""
    chunks = [b'a']
    counts = []

    async def more(count: int) -> None:
        counts.append(count)
        if len(chunks) < 3:
            chunks.append(b'b')

    stream = ResultBodyStream(chunks, more)
    assert [piece async for piece in stream] == [b'a', b'b', b'b']
    assert counts == [1, 2, 3]
