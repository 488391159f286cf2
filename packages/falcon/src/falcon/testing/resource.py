"""Resources for tests, under the module path of Falcon."""

from falcon_asgi.testing import SimpleTestResourceAsync, capture_responder_args_async, set_resp_defaults_async

__all__ = ['SimpleTestResourceAsync', 'capture_responder_args_async', 'set_resp_defaults_async']
