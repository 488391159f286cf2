"""What the archive holds: users, and photos in albums, in an SQLite database that threads work on."""

import hashlib
import sqlite3
import threading
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import falcon


class NotThere(Exception):
    """Nothing has the name that was asked for."""

    def __init__(self, kind: str, name: object) -> None:
        super().__init__(f'no {kind} {name}')
        self.kind = kind
        self.name = name


class Taken(Exception):
    """Something has the name already."""


@dataclass(frozen=True)
class Photo:
    photo_id: str
    album: str
    title: str
    media_type: str
    size: int
    digest: str
    taken: str
    rating: int
    public: bool

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


FIELDS = ('photo_id', 'album', 'title', 'media_type', 'size', 'digest', 'taken', 'rating', 'public')

SCHEMA = """
CREATE TABLE photos (
    photo_id TEXT PRIMARY KEY, album TEXT NOT NULL, title TEXT NOT NULL, media_type TEXT NOT NULL,
    size INTEGER NOT NULL, digest TEXT NOT NULL, taken TEXT NOT NULL, rating INTEGER NOT NULL,
    public INTEGER NOT NULL, content BLOB NOT NULL
);
CREATE TABLE albums (name TEXT PRIMARY KEY, title TEXT NOT NULL, changed TEXT NOT NULL);
"""


class Archive:
    """The database. Its coroutine methods do their work in threads, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(':memory:', check_same_thread=False)
            connection.executescript(SCHEMA)
            return connection

        self._connection = await falcon.sync_to_async(connect)

    async def close(self) -> None:
        if self._connection is not None:
            await falcon.sync_to_async(self._connection.close)
            self._connection = None

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    async def add_album(self, name: str, title: str) -> None:
        now = datetime.now(UTC).replace(microsecond=0).isoformat()
        try:
            await self._run('INSERT INTO albums VALUES (?, ?, ?)', (name, title, now))
        except sqlite3.IntegrityError as error:
            raise Taken(name) from error

    async def albums(self) -> list[dict[str, Any]]:
        rows = await self._run('SELECT name, title, changed FROM albums ORDER BY name')
        return [{'name': name, 'title': title, 'changed': changed} for name, title, changed in rows]

    async def album(self, name: str) -> dict[str, Any]:
        for album in await self.albums():
            if album['name'] == name:
                return album
        raise NotThere('album', name)

    async def remove_album(self, name: str) -> None:
        await self.album(name)
        await self._run('DELETE FROM photos WHERE album = ?', (name,))
        await self._run('DELETE FROM albums WHERE name = ?', (name,))

    async def add_photo(
        self,
        album: str,
        title: str,
        media_type: str,
        content: bytes,
        taken: datetime,
        rating: int = 0,
        public: bool = True,
    ) -> Photo:
        await self.album(album)
        digest = hashlib.sha256(content).hexdigest()
        photo = Photo(
            uuid.uuid4().hex, album, title, media_type, len(content), digest, taken.isoformat(), rating, public
        )
        marks = ', '.join('?' * (len(FIELDS) + 1))
        await self._run(f'INSERT INTO photos VALUES ({marks})', (*(getattr(photo, name) for name in FIELDS), content))
        return photo

    async def photos(
        self,
        album: str | None = None,
        *,
        titles: Iterable[str] = (),
        least_rating: int = 0,
        since: datetime | None = None,
        hidden: bool = False,
    ) -> list[Photo]:
        rows = await self._run(f'SELECT {", ".join(FIELDS)} FROM photos ORDER BY title, photo_id')
        found = [Photo(**(dict(zip(FIELDS, row, strict=True)) | {'public': bool(row[-1])})) for row in rows]
        words = [title.lower() for title in titles]
        return [
            photo
            for photo in found
            if (album is None or photo.album == album)
            and (not words or any(word in photo.title.lower() for word in words))
            and photo.rating >= least_rating
            and (since is None or datetime.fromisoformat(photo.taken) >= since)
            and (hidden or photo.public)
        ]

    async def photo(self, photo_id: str) -> Photo:
        for photo in await self.photos(hidden=True):
            if photo.photo_id == photo_id:
                return photo
        raise NotThere('photo', photo_id)

    async def content(self, photo_id: str) -> bytes:
        rows = await self._run('SELECT content FROM photos WHERE photo_id = ?', (photo_id,))
        if not rows:
            raise NotThere('photo', photo_id)
        content: bytes = rows[0][0]
        return content

    async def change_photo(self, photo_id: str, **values: Any) -> Photo:
        await self.photo(photo_id)
        for name, value in values.items():
            assert name in FIELDS
            await self._run(f'UPDATE photos SET {name} = ? WHERE photo_id = ?', (value, photo_id))
        return await self.photo(photo_id)

    async def remove_photo(self, photo_id: str) -> None:
        await self.photo(photo_id)
        await self._run('DELETE FROM photos WHERE photo_id = ?', (photo_id,))

    async def _run(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        def run() -> list[tuple[Any, ...]]:
            assert self._connection is not None
            with self._lock, self._connection:
                return self._connection.execute(statement, values).fetchall()

        return await falcon.sync_to_async(run)
