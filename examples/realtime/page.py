"""The page that shows all of it live: one file, with a policy that lets nothing else in."""

import base64
import hashlib
import re
from pathlib import Path

import falcon
from falcon.asgi import Request, Response

_FILE = Path(__file__).with_name('page.html')
_INLINE = re.compile(r'<(script|style)\b[^>]*>(.*?)</\1>', re.DOTALL)


class Page:
    def __init__(self, file: Path = _FILE) -> None:
        html = file.read_text(encoding='utf-8')
        self._body = html.encode()
        self._policy = content_security_policy(html)

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_HTML
        resp.data = self._body
        resp.cache_control = ['no-cache']
        resp.set_header('Content-Security-Policy', self._policy)
        resp.set_header('X-Content-Type-Options', 'nosniff')
        resp.set_header('Referrer-Policy', 'no-referrer')


def content_security_policy(html: str) -> str:
    """Return the policy of a page that runs its own script and style, talks to its own origin, and nothing else.

    The script and the style are named by their hash (Content Security Policy Level 3), so that none that
    someone slipped into the page would run.
    """
    hashes: dict[str, list[str]] = {'script': [], 'style': []}
    for kind, text in _INLINE.findall(html):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        hashes[kind].append(f"'sha256-{digest}'")
    return '; '.join(
        (
            "default-src 'none'",
            f'script-src {" ".join(hashes["script"])}',
            f'style-src {" ".join(hashes["style"])}',
            "connect-src 'self'",
            'img-src data:',
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
