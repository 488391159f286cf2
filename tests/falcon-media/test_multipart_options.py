from falcon_core.media import Handlers
from falcon_media.multipart_options import MultipartParseOptions


def test_defaults_are_limits() -> None:
    """Without settings, a form is limited in parts, in header bytes and in what is buffered."""
    options = MultipartParseOptions()
    assert options.default_charset == 'utf-8'
    assert options.max_body_part_buffer_size == 1024 * 1024
    assert options.max_body_part_count == 64
    assert options.max_body_part_headers_size == 8192
    assert options.max_secure_filename_length is None


def test_handlers_are_those_of_this_distribution() -> None:
    """The media of parts is JSON, MessagePack or a URL-encoded form; each options object has handlers of its own."""
    first, second = MultipartParseOptions().media_handlers, MultipartParseOptions().media_handlers
    assert sorted(first) == [
        'application/json',
        'application/msgpack',
        'application/x-msgpack',
        'application/x-www-form-urlencoded',
    ]
    assert first is not second


def test_settings_can_be_given_by_name() -> None:
    """Each setting is a keyword of the constructor and an attribute."""
    handlers = Handlers({'text/plain': MultipartParseOptions().media_handlers['application/json']})
    options = MultipartParseOptions(max_body_part_count=1, media_handlers=handlers)
    options.max_body_part_buffer_size = 5
    assert (options.max_body_part_count, options.media_handlers) == (1, handlers)
