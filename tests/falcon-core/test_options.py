import mimetypes

import pytest

from falcon_core.options import RequestOptions, ResponseOptions


def test_defaults_of_requests() -> None:
    """Requests are read as JSON, up to 4 MiB ahead, with blank query values and paths as they are."""
    options = RequestOptions()
    assert options.auto_parse_form_urlencoded is False
    assert options.auto_parse_qs_csv is False
    assert options.default_media_type == 'application/json'
    assert options.keep_blank_qs_values is True
    assert options.max_cookies == options.max_header_params == 512
    assert options.max_media_size == 4 * 1024 * 1024
    assert options.max_query_params == 4096
    assert options.prefetch_media is True
    assert options.strip_url_path_trailing_slash is False


def test_defaults_of_responses() -> None:
    """Responses are JSON, their cookies secure, and their errors in XML if a client asks for it."""
    options = ResponseOptions()
    assert options.default_media_type == 'application/json'
    assert options.negotiated_media_types == ()
    assert options.secure_cookies_by_default is True
    assert options.xml_error_serialization is True


@pytest.mark.parametrize('kind', [RequestOptions, ResponseOptions])
def test_options_are_checked_and_not_shared(kind: type[RequestOptions] | type[ResponseOptions]) -> None:
    """A misspelt option is refused, and what one application sets is not seen by another."""
    first, second = kind(), kind()
    with pytest.raises(AttributeError):
        first.default_media_typ = 'text/plain'  # type: ignore[union-attr] # that is the mistake
    assert first.media_handlers is not second.media_handlers


@pytest.mark.parametrize(
    ('extension', 'media_type'),
    [
        ('.css', 'text/css'),
        ('.html', 'text/html'),
        ('.js', 'text/javascript'),
        ('.json', 'application/json'),
        ('.md', 'text/markdown'),
        ('.mjs', 'text/javascript'),
        ('.opus', 'audio/opus'),
        ('.parquet', 'application/vnd.apache.parquet'),
        ('.png', 'image/png'),
        ('.svg', 'image/svg+xml'),
        ('.txt', 'text/plain'),
        ('.wasm', 'application/wasm'),
        ('.webp', 'image/webp'),
        ('.woff2', 'font/woff2'),
        ('.xml', 'application/xml'),
        ('.yml', 'application/yaml'),
    ],
)
def test_media_types_of_files(extension: str, media_type: str) -> None:
    """What web sites are made of has its media type, in every version of Python."""
    assert ResponseOptions().static_media_types[extension] == media_type


def test_media_types_do_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine or the program adds to the tables of the process is not taken over."""
    before = ResponseOptions().static_media_types
    monkeypatch.setitem(mimetypes.types_map, '.txt', 'text/of-this-machine')
    monkeypatch.setitem(mimetypes.types_map, '.machine', 'text/of-this-machine')
    assert ResponseOptions().static_media_types == before


def test_media_types_of_one_application() -> None:
    """Types that are added to one table are in no other, and all keys are lowercase, with the dot."""
    first, second = ResponseOptions(), ResponseOptions()
    first.static_media_types['.own'] = 'application/own'
    assert '.own' not in second.static_media_types
    assert all(key.startswith('.') and key == key.lower() for key in second.static_media_types)
