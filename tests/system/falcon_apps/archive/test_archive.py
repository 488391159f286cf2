"""The archive's own test suite: it knows the service by HTTP, through the framework's testing kit."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

import falcon
from archive.app import create_app
from archive.media import CSVHandler
from archive.model import Archive, NotThere
from falcon import testing

ADA = 'Basic YWRhOmVuZ2luZQ=='
GRACE = 'Basic Z3JhY2U6Y29tcGlsZXI='
BOUNDARY = 'a-boundary'


class Client:
    """The service, started once for all requests of a test."""

    def __init__(self, runner: asyncio.Runner, conductor: testing.ASGIConductor) -> None:
        self._runner = runner
        self._conductor = conductor

    def request(self, method: str, path: str, **options: Any) -> testing.Result:
        return self._runner.run(self._conductor.simulate_request(method, path, **options))

    def get(self, path: str, **options: Any) -> testing.Result:
        return self._runner.run(self._conductor.simulate_get(path, **options))

    def post(self, path: str, **options: Any) -> testing.Result:
        return self._runner.run(self._conductor.simulate_post(path, **options))

    def put(self, path: str, **options: Any) -> testing.Result:
        return self._runner.run(self._conductor.simulate_put(path, **options))

    def patch(self, path: str, **options: Any) -> testing.Result:
        return self._runner.run(self._conductor.simulate_patch(path, **options))

    def delete(self, path: str, **options: Any) -> testing.Result:
        return self._runner.run(self._conductor.simulate_delete(path, **options))

    def head(self, path: str, **options: Any) -> testing.Result:
        return self._runner.run(self._conductor.simulate_head(path, **options))

    def options(self, path: str, **options: Any) -> testing.Result:
        return self._runner.run(self._conductor.simulate_options(path, **options))

    def upload(
        self, *photos: tuple[str, bytes], about: object = None, album: str = 'first', **fields: str
    ) -> testing.Result:
        body = multipart(*photos, about=about, **fields)
        headers = {'Authorization': ADA, 'Content-Type': f'multipart/form-data; boundary={BOUNDARY}'}
        return self.post(f'/albums/{album}/photos', body=body, headers=headers)

    def photo(self, title: str = 'sea', content: bytes = b'waves' * 500, **about: Any) -> str:
        result = self.upload((f'{title}.png', content), about={'title': title, **about})
        assert result.status_code == 201, result.text
        photo_id: str = result.json[0]['photo_id']
        return photo_id


def multipart(*photos: tuple[str, bytes], about: object = None, **fields: str) -> bytes:
    parts = [(f'form-data; name="{name}"', 'text/plain', value.encode()) for name, value in fields.items()]
    if about is not None:
        parts.append(('form-data; name="about"', 'application/json', json.dumps(about).encode()))
    for name, content in photos:
        parts.append((f'form-data; name="photo"; filename="{name}"', 'image/png', content))
    lines = b''
    for disposition, media_type, content in parts:
        lines += f'--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\nContent-Type: {media_type}\r\n\r\n'.encode()
        lines += content + b'\r\n'
    return lines + f'--{BOUNDARY}--\r\n'.encode()


@pytest.fixture
def client() -> Iterator[Client]:
    with asyncio.Runner() as runner:
        conductor = testing.ASGIConductor(create_app())
        runner.run(conductor.__aenter__())
        try:
            yield Client(runner, conductor)
        finally:
            runner.run(conductor.__aexit__(None, None, None))


@pytest.fixture
def stateless() -> testing.TestClient:
    """The service, started anew for each request."""
    return testing.TestClient(create_app(), headers={'User-Agent': 'suite/1.0'})


class TestAlbums:
    def test_first_album_is_there(self, client: Client) -> None:
        result = client.get('/albums')
        assert result.status == falcon.HTTP_200
        assert [album['name'] for album in result.json] == ['first']
        assert result.headers['content-type'] == falcon.MEDIA_JSON

    def test_new_album_has_a_location(self, client: Client) -> None:
        result = client.post('/albums', json={'name': 'sea', 'title': 'By the sea'}, headers={'Authorization': ADA})
        assert result.status_code == 201
        assert result.headers['Location'] == 'http://falconframework.org/albums/sea'
        assert client.get('/albums/sea').json['title'] == 'By the sea'

    def test_name_that_is_taken(self, client: Client) -> None:
        result = client.post('/albums', json={'name': 'first'}, headers={'Authorization': ADA})
        assert result.status == falcon.HTTP_CONFLICT
        assert result.json == {'title': 'Taken', 'name': 'first'}

    @pytest.mark.parametrize(
        ('media', 'status', 'title'),
        [
            ([1, 2], 422, 'No name'),
            ({'title': 'x'}, 422, 'No name'),
            ({'name': 'two words'}, 400, 'Invalid parameter'),
        ],
    )
    def test_what_is_no_album(self, client: Client, media: object, status: int, title: str) -> None:
        result = client.post('/albums', json=media, headers={'Authorization': ADA})
        assert result.status_code == status
        assert result.json['title'] == title

    def test_malformed_json(self, client: Client) -> None:
        result = client.post(
            '/albums', body=b'{"name": ', headers={'Authorization': ADA, 'Content-Type': 'application/json'}
        )
        assert result.status_code == 400
        assert result.json['title'] == 'Invalid JSON'

    def test_empty_json(self, client: Client) -> None:
        result = client.post('/albums', headers={'Authorization': ADA, 'Content-Type': 'application/json'})
        assert result.status_code == 400
        assert result.json['title'] == 'Invalid JSON'
        assert 'empty' in result.json['description']

    def test_type_without_handler(self, client: Client) -> None:
        result = client.post('/albums', body='<album/>', headers={'Authorization': ADA, 'Content-Type': 'text/xml'})
        assert result.status == falcon.HTTP_UNSUPPORTED_MEDIA_TYPE

    def test_names_are_lowercase(self, client: Client) -> None:
        assert client.get('/albums/FIRST').json['name'] == 'first'

    def test_album_is_private(self, client: Client) -> None:
        result = client.get('/albums/first')
        assert result.headers['cache-control'] == 'private, max-age=60'
        assert result.headers['vary'] == 'Cookie, Authorization'
        assert result.headers['last-modified'].endswith(' GMT')

    def test_missing_album(self, client: Client) -> None:
        result = client.get('/albums/second')
        assert result.status_code == 404
        assert result.json == {'status': 404, 'title': 'No such album', 'description': 'second'}
        assert result.headers['content-type'] == 'application/problem+json'
        assert 'Accept' in result.headers['vary']

    def test_one_user_may_delete(self, client: Client) -> None:
        assert client.delete('/albums/first').status_code == 401
        refused = client.delete('/albums/first', headers={'Authorization': ADA})
        assert refused.status_code == 403
        assert refused.json['description'] == 'Nobody but grace may do this.'
        done = client.delete('/albums/first', headers={'Authorization': GRACE})
        assert done.status_code == 204
        assert done.content == b''
        assert client.get('/albums').json == []

    def test_method_that_is_not_there(self, client: Client) -> None:
        result = client.put('/albums', json={})
        assert result.status_code == 405
        assert {method.strip() for method in result.headers['Allow'].split(',')} == {'GET', 'OPTIONS', 'POST'}

    def test_options(self, client: Client) -> None:
        result = client.options('/albums/first')
        assert result.status_code == 200
        assert {method.strip() for method in result.headers['Allow'].split(',')} == {'DELETE', 'GET'}


class TestUploads:
    def test_photo_is_kept(self, client: Client) -> None:
        result = client.upload(('sea.png', b'waves'), about={'title': 'The sea', 'rating': 4, 'taken': '2021-05-06'})
        assert result.status == falcon.HTTP_CREATED
        [photo] = result.json
        assert photo['title'] == 'The sea'
        assert photo['size'] == 5
        assert photo['media_type'] == 'image/png'
        assert photo['taken'] == '2021-05-06T00:00:00+00:00'

    def test_several_photos_at_once(self, client: Client) -> None:
        result = client.upload(('a.png', b'a'), ('b.png', b'bb'))
        assert [(photo['title'], photo['size']) for photo in result.json] == [('a.png', 1), ('b.png', 2)]

    def test_names_are_made_safe(self, client: Client) -> None:
        result = client.upload(('../../etc/pass wd', b'a'))
        assert result.json[0]['title'] == '_._.._etc_pass_wd'

    def test_text_fields_come_before(self, client: Client) -> None:
        result = client.upload(('a.png', b'a'), title='From a field')
        assert result.json[0]['title'] == 'From a field'

    def test_photo_is_missing(self, client: Client) -> None:
        result = client.upload(about={'title': 'Nothing'})
        assert result.status_code == 400
        assert result.json['title'] == 'Missing parameter'

    def test_photo_is_empty(self, client: Client) -> None:
        result = client.upload(('a.png', b''))
        assert result.status_code == 422
        assert result.json['description'] == 'a.png'

    def test_too_many_parts(self, client: Client) -> None:
        result = client.upload(*[(f'{number}.png', b'x') for number in range(6)])
        assert result.status_code == 400

    def test_too_much(self, client: Client) -> None:
        result = client.upload(('a.png', bytes(60_000)))
        assert result.status == falcon.HTTP_413
        assert result.headers['Retry-After'] == '60'

    def test_field_is_too_large(self, client: Client) -> None:
        assert client.upload(('a.png', b'a'), title='x' * 30_000).status_code == 400

    def test_body_breaks_off(self, client: Client) -> None:
        headers = {'Authorization': ADA, 'Content-Type': f'multipart/form-data; boundary={BOUNDARY}'}
        body = multipart(('a.png', b'content'))[:-30]
        assert client.post('/albums/first/photos', body=body, headers=headers).status_code == 400

    def test_no_boundary(self, client: Client) -> None:
        headers = {'Authorization': ADA, 'Content-Type': 'multipart/form-data'}
        assert client.post('/albums/first/photos', body=b'abc', headers=headers).status_code == 400

    def test_album_is_missing(self, client: Client) -> None:
        assert client.upload(('a.png', b'a'), album='second').status_code == 404

    def test_user_is_missing(self, client: Client) -> None:
        result = client.post('/albums/first/photos', body=b'', headers={'Content-Type': 'multipart/form-data'})
        assert result.status == falcon.HTTP_UNAUTHORIZED
        assert result.headers['WWW-Authenticate'] == 'Basic realm="archive"'


class TestLists:
    @pytest.fixture
    def filled(self, client: Client) -> Client:
        for number, title in enumerate(['dawn', 'hill', 'lake', 'moon', 'tree']):
            client.photo(title, rating=number, taken=f'202{number}-01-01', public=title != 'moon')
        return client

    def titles(self, client: Client, **options: Any) -> list[str]:
        result = client.get('/albums/first/photos', **options)
        assert result.status_code == 200, result.text
        return [photo['title'] for photo in result.json]

    def test_pages_are_linked(self, filled: Client) -> None:
        result = filled.get('/albums/first/photos')
        assert [photo['title'] for photo in result.json] == ['dawn', 'hill', 'lake']
        assert result.headers['X-Total'] == '4'
        assert result.headers['Link'] == '</albums/first/photos?page=2>; rel=next; title="Next page"'
        second = filled.get('/albums/first/photos', params={'page': 2})
        assert [photo['title'] for photo in second.json] == ['tree']
        assert second.headers['Link'] == '</albums/first/photos?page=1>; rel=prev'

    def test_titles_are_a_list(self, filled: Client) -> None:
        assert self.titles(filled, query_string='title=dawn,lake') == ['dawn', 'lake']
        assert self.titles(filled, query_string='title=dawn&title=tree') == ['dawn', 'tree']
        assert self.titles(filled, params={'title': ['hill', 'lake']}, params_csv=True) == ['hill', 'lake']

    def test_other_filters(self, filled: Client) -> None:
        assert self.titles(filled, params={'least': 4}) == ['tree']
        assert self.titles(filled, params={'since': '2022-01-01'}) == ['lake', 'tree']
        assert self.titles(filled, params={'hidden': True, 'least': 3}) == ['moon', 'tree']
        assert self.titles(filled, query_string='hidden=false&least=3&title=') == ['tree']

    @pytest.mark.parametrize('query', ['least=many', 'least=6', 'page=0', 'since=yesterday', 'hidden=perhaps'])
    def test_malformed_filters(self, filled: Client, query: str) -> None:
        result = filled.get('/albums/first/photos', query_string=query)
        assert result.status_code == 400
        assert result.json['title'] == 'Invalid parameter'
        assert query.partition('=')[0] in result.json['description']

    def test_table(self, filled: Client) -> None:
        result = filled.get('/albums/first/photos', headers={'Accept': 'text/csv'})
        assert result.headers['Content-Type'].startswith('text/csv')
        header, first = result.text.splitlines()[:2]
        assert header.startswith('photo_id,album,title')
        assert 'dawn' in first

    def test_lines(self, filled: Client) -> None:
        accept = 'application/x-ndjson, application/json;q=0.5'
        result = filled.get('/albums/first/photos', headers={'Accept': accept})
        assert [json.loads(line)['title'] for line in result.text.splitlines()] == ['dawn', 'hill', 'lake']

    def test_nothing_that_is_accepted(self, filled: Client) -> None:
        result = filled.get('/albums/first/photos', headers={'Accept': 'image/png'})
        assert result.status_code == 406

    def test_titles_by_table(self, filled: Client) -> None:
        found = filled.get('/albums/first/photos').json
        rows = ''.join(f'{photo["photo_id"]},{photo["title"]}!,5\r\n' for photo in found)
        body = f'photo_id,title,rating\r\n{rows}'
        result = filled.post('/albums/first/table', body=body, headers={'Content-Type': 'text/csv'})
        assert result.json == {'changed': 3}
        assert self.titles(filled, params={'least': 5}) == ['dawn!', 'hill!', 'lake!']

    def test_lines_are_read(self, filled: Client) -> None:
        photo = filled.get('/albums/first/photos').json[0]
        line = json.dumps({'photo_id': photo['photo_id'], 'title': 'sunrise', 'rating': 1})
        result = filled.post('/albums/first/table', body=line, content_type='application/x-ndjson')
        assert result.json == {'changed': 1}

    def test_malformed_table(self, filled: Client) -> None:
        result = filled.post('/albums/first/table', body=b'\xff\xfe', content_type='text/csv')
        assert result.status_code == 400
        assert result.json['title'] == 'Invalid CSV'


class TestPhotos:
    def test_unchanged(self, client: Client) -> None:
        path = f'/photos/{client.photo()}'
        first = client.get(path)
        tag = first.headers['ETag']
        assert tag == f'"{first.json["digest"][:16]}"'
        again = client.get(path, headers={'If-None-Match': f'W/"other", {tag}'})
        assert again.status_code == 304
        assert again.content == b''
        assert client.get(path, headers={'If-None-Match': '"other"'}).status_code == 200
        assert client.get(path, headers={'If-None-Match': '*'}).status_code == 304

    def test_change_needs_the_tag(self, client: Client) -> None:
        path = f'/photos/{client.photo()}'
        tag = client.get(path).headers['ETag']
        change = {'title': 'ocean', 'public': False}
        assert client.patch(path, json=change, headers={'Authorization': ADA}).status_code == 428
        headers = {'Authorization': ADA, 'If-Match': '"other"'}
        assert client.patch(path, json=change, headers=headers).status_code == 412
        result = client.patch(path, json=change, headers={'Authorization': ADA, 'If-Match': tag})
        assert (result.json['title'], bool(result.json['public'])) == ('ocean', False)

    def test_unknown_fields(self, client: Client) -> None:
        path = f'/photos/{client.photo()}'
        headers = {'Authorization': ADA, 'If-Match': '*'}
        result = client.patch(path, json={'size': 3, 'digest': ''}, headers=headers)
        assert result.status_code == 400
        assert (result.json['description'], result.json['code']) == ('digest, size', 17)

    def test_removal(self, client: Client) -> None:
        path = f'/photos/{client.photo()}'
        assert client.delete(path, headers={'Authorization': ADA}).status == '204 No Content'
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize('path', ['/photos/12', f'/photos/{"g" * 32}', '/photos/', f'/photos/{"a" * 32}/other'])
    def test_paths_that_no_route_takes(self, client: Client, path: str) -> None:
        result = client.get(path)
        assert result.status_code == 404
        assert result.json['title'] == '404 Not Found'

    def test_content_is_streamed(self, client: Client) -> None:
        photo_id = client.photo(content=b'waves' * 500)
        result = client.get(f'/photos/{photo_id}/content')
        assert result.content == b'waves' * 500
        assert result.headers['Content-Length'] == '2500'
        assert result.headers['Content-Type'] == 'image/png'
        assert result.headers['Content-Disposition'] == 'inline; filename="sea"'
        assert result.headers['Accept-Ranges'] == 'bytes'

    def test_content_is_saved(self, client: Client) -> None:
        photo_id = client.photo('Zürich')
        result = client.get(f'/photos/{photo_id}/content', params={'save': 'true'})
        assert result.headers['Content-Disposition'] == (
            "attachment; filename=Zu_rich.png; filename*=UTF-8''Z%C3%BCrich.png"
        )

    @pytest.mark.parametrize(
        ('wanted', 'range_sent', 'content'),
        [
            ('bytes=0-3', 'bytes 0-3/10', b'0123'),
            ('bytes=7-', 'bytes 7-9/10', b'789'),
            ('bytes=-2', 'bytes 8-9/10', b'89'),
            ('bytes=8-100', 'bytes 8-9/10', b'89'),
        ],
    )
    def test_ranges(self, client: Client, wanted: str, range_sent: str, content: bytes) -> None:
        photo_id = client.photo(content=b'0123456789')
        result = client.get(f'/photos/{photo_id}/content', headers={'Range': wanted})
        assert result.status_code == 206
        assert result.headers['Content-Range'] == range_sent
        assert result.content == content

    def test_range_beyond(self, client: Client) -> None:
        photo_id = client.photo(content=b'0123456789')
        result = client.get(f'/photos/{photo_id}/content', headers={'Range': 'bytes=10-'})
        assert result.status == falcon.HTTP_416
        assert result.headers['Content-Range'] == 'bytes */10'

    def test_malformed_range(self, client: Client) -> None:
        photo_id = client.photo(content=b'0123456789')
        result = client.get(f'/photos/{photo_id}/content', headers={'Range': 'bytes=x-y'})
        assert result.status_code == 400
        assert result.json['title'] == 'Invalid header value'

    def test_head(self, client: Client) -> None:
        photo_id = client.photo(content=b'0123456789')
        result = client.head(f'/photos/{photo_id}/content')
        assert (result.headers['Content-Length'], result.content) == ('10', b'')


class TestSessions:
    def log_in(self, client: Client, password: str = 'engine') -> testing.Result:
        return client.post(
            '/session', body=f'name=ada&password={password}', content_type='application/x-www-form-urlencoded'
        )

    def test_cookie_is_set(self, client: Client) -> None:
        result = self.log_in(client)
        assert result.status_code == 303
        assert result.headers['Location'] == '/session'
        session, theme = result.cookies['session'], result.cookies['theme']
        assert (session.path, session.max_age, session.http_only, session.secure) == ('/', 3600, True, True)
        assert session.same_site == 'Lax'
        assert (theme.value, theme.http_only, theme.secure) == ('dark', False, False)

    def test_cookie_is_known(self, client: Client) -> None:
        cookies = {name: cookie.value for name, cookie in self.log_in(client).cookies.items()}
        assert client.get('/session', cookies=cookies).json == {'user': 'ada', 'theme': 'dark'}
        assert client.get('/session').json == {'user': None, 'theme': 'light'}
        assert client.get('/session', headers={'Cookie': 'session=other; theme=blue'}).json['theme'] == 'blue'

    def test_cookie_is_unset(self, client: Client) -> None:
        token = self.log_in(client).cookies['session'].value
        result = client.delete('/session', cookies={'session': token})
        assert result.cookies['session'].value == ''
        assert result.cookies['session'].expires is not None
        assert client.get('/session', cookies={'session': token}).json['user'] is None

    def test_wrong_password(self, client: Client) -> None:
        assert self.log_in(client, 'wrong').status_code == 401

    @pytest.mark.parametrize(
        ('header', 'status'), [('Basic !', 400), ('Basic YWRhOng=', 401), ('Bearer YWRhOmVuZ2luZQ==', 401)]
    )
    def test_wrong_credentials(self, client: Client, header: str, status: int) -> None:
        assert client.get('/session', headers={'Authorization': header}).status_code == status


class TestAroundRequests:
    def test_request_id_comes_back(self, client: Client) -> None:
        assert client.get('/albums', headers={'X-Request-ID': 'abc'}).headers['X-Request-ID'] == 'abc'
        assert len(client.get('/nowhere').headers['x-request-id']) == 32

    def test_resource_is_named(self, client: Client) -> None:
        assert client.get('/albums').headers['X-Resource'] == 'Albums'
        assert 'X-Resource' not in client.get('/nowhere').headers

    def test_figures(self, client: Client) -> None:
        client.get('/albums')
        client.get('/albums/second')
        client.get('/nowhere')
        result = client.get('/figures')
        assert result.headers['Content-Type'] == 'text/plain; charset=utf-8'
        assert result.text == (
            'requests{path="(none)",method="GET",status="404"} 1\n'
            'requests{path="/albums",method="GET",status="200"} 1\n'
            'requests{path="/albums/{name}",method="GET",status="404"} 1\n'
        )

    def test_figures_are_forgotten_later(self, client: Client) -> None:
        client.get('/albums')
        assert client.delete('/figures').status_code == 202
        assert 'albums' not in client.get('/figures').text

    def test_other_origins_may_read(self, client: Client) -> None:
        result = client.get('/albums', headers={'Origin': 'https://example.com'})
        assert result.headers['Access-Control-Allow-Origin'] == '*'

    def test_preflight(self, client: Client) -> None:
        headers = {'Origin': 'https://example.com', 'Access-Control-Request-Method': 'POST'}
        result = client.options('/albums', headers=headers)
        assert result.status_code == 200
        assert 'POST' in result.headers['Access-Control-Allow-Methods']
        assert result.headers['Access-Control-Max-Age'] == '86400'

    def test_unforeseen_exceptions(self, client: Client, caplog: pytest.LogCaptureFixture) -> None:
        body = 'photo_id,name\r\n1,2\r\n'
        headers = {'Content-Type': 'text/csv', 'X-Request-ID': 'the-one'}
        result = client.post('/albums/first/table', body=body, headers=headers)
        assert result.status_code == 500
        assert (result.json['title'], result.json['description']) == ('Our fault', 'the-one')
        assert 'exception in POST /albums/first/table' in caplog.text

    def test_plain_json_for_plain_clients(self, client: Client) -> None:
        result = client.get('/nowhere', headers={'Accept': 'application/json'})
        assert result.headers['Content-Type'] == 'application/json'
        assert result.json == {'status': 404, 'title': '404 Not Found'}

    def test_start_and_stop(self) -> None:
        archive = Archive()
        assert not archive.is_open

        async def main() -> None:
            await archive.open()
            assert archive.is_open
            with pytest.raises(NotThere, match='no photo abc'):
                await archive.content('abc')
            await archive.close()

        falcon.async_to_sync(main)
        assert not archive.is_open


class TestPaths:
    def test_request_is_understood(self, stateless: testing.TestClient) -> None:
        result = stateless.simulate_get(
            '/echo/2024-02-29/3x4',
            query_string='a=1&b=2,3&id=64be949b-3433-4d36-a4a8-9f19d352fee8&data=%7B%22x%22%3A1%7D&empty=',
            host='eu.example.com',
            port=8080,
            headers={
                'Referer': 'http://there/',
                'Accept': 'application/xml, application/msgpack',
                'X-Forwarded-Host': 'public.example.com',
                'X-Forwarded-Proto': 'https',
                'X-Forwarded-For': '10.0.0.1, 10.0.0.2',
            },
        )
        assert result.json == {
            'day': '2024-02-29',
            'size': [3, 4],
            'template': '/echo/{day:dt("%Y-%m-%d")}/{width:int(min=1)}x{height:int}',
            'relative': '/echo/2024-02-29/3x4?a=1&b=2,3&id=64be949b-3433-4d36-a4a8-9f19d352fee8'
            '&data=%7B%22x%22%3A1%7D&empty=',
            'uri': 'http://eu.example.com:8080/echo/2024-02-29/3x4?a=1&b=2,3'
            '&id=64be949b-3433-4d36-a4a8-9f19d352fee8&data=%7B%22x%22%3A1%7D&empty=',
            'host': 'eu.example.com',
            'port': 8080,
            'scheme': 'http',
            'subdomain': 'eu',
            'forwarded_host': 'public.example.com',
            'forwarded_scheme': 'https',
            'remote': '127.0.0.1',
            'route': ['10.0.0.1', '10.0.0.2', '127.0.0.1'],
            'agent': 'suite/1.0',
            'referer': 'http://there/',
            'query': 'a=1&b=2,3&id=64be949b-3433-4d36-a4a8-9f19d352fee8&data=%7B%22x%22%3A1%7D&empty=',
            'params': {
                'a': '1',
                'b': ['2', '3'],
                'id': '64be949b-3433-4d36-a4a8-9f19d352fee8',
                'data': '{"x":1}',
            },
            'accepts_xml': True,
            'accepts_msgpack': True,
            'expect': None,
            'method': 'GET',
            'root': '',
            'uuid': '64be949b-3433-4d36-a4a8-9f19d352fee8',
            'data': {'x': 1},
            'ratio': 1.5,
        }

    @pytest.mark.parametrize(
        'path', ['/echo/2023-02-29/3x4', '/echo/2024-02-29/0x4', '/echo/2024-02-29/3x', '/echo/2024-02-29/3x4/5']
    )
    def test_converters_refuse(self, stateless: testing.TestClient, path: str) -> None:
        assert stateless.simulate_get(path).status_code == 404

    @pytest.mark.parametrize('query', ['id=1', 'data=%7B', 'ratio=pi'])
    def test_malformed_parameters(self, stateless: testing.TestClient, query: str) -> None:
        result = stateless.simulate_get('/echo/2024-02-29/3x4', query_string=query)
        assert result.status_code == 400
        assert result.json['title'] == 'Invalid parameter'

    def test_body_is_bounded(self, stateless: testing.TestClient) -> None:
        result = stateless.simulate_put('/echo/2024-02-29/3x4', body='ü' * 10)
        assert result.json == {'length': 20, 'declared': 20}

    def test_former_paths(self, stateless: testing.TestClient) -> None:
        result = stateless.simulate_get('/old/the first/')
        assert result.status_code == 301
        assert result.headers['Location'] == '/albums/the%20first/photos'
        assert stateless.simulate_post('/ancient/history').status_code == 410
        assert stateless.simulate_get('/older').status_code == 404

    def test_files(self, stateless: testing.TestClient) -> None:
        style = stateless.simulate_get('/assets/style.css')
        assert style.text == 'body { color: teal }\n'
        assert style.headers['Content-Type'] == 'text/css'
        fallback = stateless.simulate_get('/assets/some/page')
        assert fallback.text.startswith('<!doctype html>')
        assert fallback.headers['Content-Type'] == 'text/html'
        assert stateless.simulate_get('/downloads/nothing.txt').status_code == 404
        assert stateless.simulate_get('/downloads/../app.py').status_code == 404

    def test_file_is_saved(self, stateless: testing.TestClient) -> None:
        result = stateless.simulate_get('/downloads/style.css')
        assert result.headers['Content-Disposition'] == 'attachment; filename="style.css"'

    def test_part_of_a_file(self, stateless: testing.TestClient) -> None:
        result = stateless.simulate_get('/assets/digits.txt', headers={'Range': 'bytes=2-4'})
        assert (result.status_code, result.text) == (206, '234')
        assert result.headers['Content-Range'] == 'bytes 2-4/10'

    def test_file_is_unchanged(self, stateless: testing.TestClient) -> None:
        date = stateless.simulate_get('/assets/digits.txt').headers['Last-Modified']
        result = stateless.simulate_get('/assets/digits.txt', headers={'If-Modified-Since': date})
        assert result.status_code == 304


class TestHandlers:
    def test_table_there_and_back(self) -> None:
        handler = CSVHandler()
        rows = [{'a': '1', 'b': 'x,y'}, {'a': '2', 'b': '"'}]

        class Stream:
            async def read(self, n: int = -1) -> bytes:
                return handler.serialize(rows, 'text/csv')

        assert falcon.async_to_sync(handler.deserialize_async, Stream(), 'text/csv', None) == rows
