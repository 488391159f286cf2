"""Status lines by number and by name: `HTTP_200` and `HTTP_OK` are both `'200 OK'`.

The numbers up to 599 are those of HTTP (RFC 9110, section 15, and its extensions); those from 700 on are Falcon's
light-hearted set for the faults of developers.
"""

from typing import Final

__all__ = [
    'HTTP_100',
    'HTTP_101',
    'HTTP_102',
    'HTTP_103',
    'HTTP_200',
    'HTTP_201',
    'HTTP_202',
    'HTTP_203',
    'HTTP_204',
    'HTTP_205',
    'HTTP_206',
    'HTTP_207',
    'HTTP_208',
    'HTTP_226',
    'HTTP_300',
    'HTTP_301',
    'HTTP_302',
    'HTTP_303',
    'HTTP_304',
    'HTTP_305',
    'HTTP_307',
    'HTTP_308',
    'HTTP_400',
    'HTTP_401',
    'HTTP_402',
    'HTTP_403',
    'HTTP_404',
    'HTTP_405',
    'HTTP_406',
    'HTTP_407',
    'HTTP_408',
    'HTTP_409',
    'HTTP_410',
    'HTTP_411',
    'HTTP_412',
    'HTTP_413',
    'HTTP_414',
    'HTTP_415',
    'HTTP_416',
    'HTTP_417',
    'HTTP_418',
    'HTTP_421',
    'HTTP_422',
    'HTTP_423',
    'HTTP_424',
    'HTTP_425',
    'HTTP_426',
    'HTTP_428',
    'HTTP_429',
    'HTTP_431',
    'HTTP_451',
    'HTTP_500',
    'HTTP_501',
    'HTTP_502',
    'HTTP_503',
    'HTTP_504',
    'HTTP_505',
    'HTTP_506',
    'HTTP_507',
    'HTTP_508',
    'HTTP_510',
    'HTTP_511',
    'HTTP_701',
    'HTTP_702',
    'HTTP_703',
    'HTTP_710',
    'HTTP_711',
    'HTTP_712',
    'HTTP_719',
    'HTTP_720',
    'HTTP_721',
    'HTTP_722',
    'HTTP_723',
    'HTTP_724',
    'HTTP_725',
    'HTTP_726',
    'HTTP_727',
    'HTTP_740',
    'HTTP_741',
    'HTTP_742',
    'HTTP_743',
    'HTTP_744',
    'HTTP_745',
    'HTTP_748',
    'HTTP_749',
    'HTTP_750',
    'HTTP_753',
    'HTTP_754',
    'HTTP_755',
    'HTTP_759',
    'HTTP_771',
    'HTTP_772',
    'HTTP_773',
    'HTTP_774',
    'HTTP_776',
    'HTTP_777',
    'HTTP_778',
    'HTTP_779',
    'HTTP_780',
    'HTTP_781',
    'HTTP_782',
    'HTTP_783',
    'HTTP_784',
    'HTTP_785',
    'HTTP_786',
    'HTTP_791',
    'HTTP_792',
    'HTTP_797',
    'HTTP_799',
    'HTTP_ACCEPTED',
    'HTTP_ALREADY_REPORTED',
    'HTTP_BAD_GATEWAY',
    'HTTP_BAD_REQUEST',
    'HTTP_CONFLICT',
    'HTTP_CONTENT_TOO_LARGE',
    'HTTP_CONTINUE',
    'HTTP_CREATED',
    'HTTP_EARLY_HINTS',
    'HTTP_EXPECTATION_FAILED',
    'HTTP_FAILED_DEPENDENCY',
    'HTTP_FORBIDDEN',
    'HTTP_FOUND',
    'HTTP_GATEWAY_TIMEOUT',
    'HTTP_GONE',
    'HTTP_HTTP_VERSION_NOT_SUPPORTED',
    'HTTP_IM_A_TEAPOT',
    'HTTP_IM_USED',
    'HTTP_INSUFFICIENT_STORAGE',
    'HTTP_INTERNAL_SERVER_ERROR',
    'HTTP_LENGTH_REQUIRED',
    'HTTP_LOCKED',
    'HTTP_LOOP_DETECTED',
    'HTTP_METHOD_NOT_ALLOWED',
    'HTTP_MISDIRECTED_REQUEST',
    'HTTP_MOVED_PERMANENTLY',
    'HTTP_MULTIPLE_CHOICES',
    'HTTP_MULTI_STATUS',
    'HTTP_NETWORK_AUTHENTICATION_REQUIRED',
    'HTTP_NON_AUTHORITATIVE_INFORMATION',
    'HTTP_NOT_ACCEPTABLE',
    'HTTP_NOT_EXTENDED',
    'HTTP_NOT_FOUND',
    'HTTP_NOT_IMPLEMENTED',
    'HTTP_NOT_MODIFIED',
    'HTTP_NO_CONTENT',
    'HTTP_OK',
    'HTTP_PARTIAL_CONTENT',
    'HTTP_PAYMENT_REQUIRED',
    'HTTP_PERMANENT_REDIRECT',
    'HTTP_PRECONDITION_FAILED',
    'HTTP_PRECONDITION_REQUIRED',
    'HTTP_PROCESSING',
    'HTTP_PROXY_AUTHENTICATION_REQUIRED',
    'HTTP_REQUESTED_RANGE_NOT_SATISFIABLE',
    'HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE',
    'HTTP_REQUEST_TIMEOUT',
    'HTTP_REQUEST_URI_TOO_LONG',
    'HTTP_RESET_CONTENT',
    'HTTP_SEE_OTHER',
    'HTTP_SERVICE_UNAVAILABLE',
    'HTTP_SWITCHING_PROTOCOLS',
    'HTTP_TEMPORARY_REDIRECT',
    'HTTP_TOO_EARLY',
    'HTTP_TOO_MANY_REQUESTS',
    'HTTP_UNAUTHORIZED',
    'HTTP_UNAVAILABLE_FOR_LEGAL_REASONS',
    'HTTP_UNPROCESSABLE_ENTITY',
    'HTTP_UNSUPPORTED_MEDIA_TYPE',
    'HTTP_UPGRADE_REQUIRED',
    'HTTP_USE_PROXY',
    'HTTP_VARIANT_ALSO_NEGOTIATES',
]

HTTP_100: Final = '100 Continue'
HTTP_101: Final = '101 Switching Protocols'
HTTP_102: Final = '102 Processing'
HTTP_103: Final = '103 Early Hints'

HTTP_200: Final = '200 OK'
HTTP_201: Final = '201 Created'
HTTP_202: Final = '202 Accepted'
HTTP_203: Final = '203 Non-Authoritative Information'
HTTP_204: Final = '204 No Content'
HTTP_205: Final = '205 Reset Content'
HTTP_206: Final = '206 Partial Content'
HTTP_207: Final = '207 Multi-Status'
HTTP_208: Final = '208 Already Reported'
HTTP_226: Final = '226 IM Used'

HTTP_300: Final = '300 Multiple Choices'
HTTP_301: Final = '301 Moved Permanently'
HTTP_302: Final = '302 Found'
HTTP_303: Final = '303 See Other'
HTTP_304: Final = '304 Not Modified'
HTTP_305: Final = '305 Use Proxy'
HTTP_307: Final = '307 Temporary Redirect'
HTTP_308: Final = '308 Permanent Redirect'

HTTP_400: Final = '400 Bad Request'
HTTP_401: Final = '401 Unauthorized'
HTTP_402: Final = '402 Payment Required'
HTTP_403: Final = '403 Forbidden'
HTTP_404: Final = '404 Not Found'
HTTP_405: Final = '405 Method Not Allowed'
HTTP_406: Final = '406 Not Acceptable'
HTTP_407: Final = '407 Proxy Authentication Required'
HTTP_408: Final = '408 Request Timeout'
HTTP_409: Final = '409 Conflict'
HTTP_410: Final = '410 Gone'
HTTP_411: Final = '411 Length Required'
HTTP_412: Final = '412 Precondition Failed'
HTTP_413: Final = '413 Content Too Large'
HTTP_414: Final = '414 URI Too Long'
HTTP_415: Final = '415 Unsupported Media Type'
HTTP_416: Final = '416 Range Not Satisfiable'
HTTP_417: Final = '417 Expectation Failed'
HTTP_418: Final = "418 I'm a teapot"
HTTP_421: Final = '421 Misdirected Request'
HTTP_422: Final = '422 Unprocessable Entity'
HTTP_423: Final = '423 Locked'
HTTP_424: Final = '424 Failed Dependency'
HTTP_425: Final = '425 Too Early'
HTTP_426: Final = '426 Upgrade Required'
HTTP_428: Final = '428 Precondition Required'
HTTP_429: Final = '429 Too Many Requests'
HTTP_431: Final = '431 Request Header Fields Too Large'
HTTP_451: Final = '451 Unavailable For Legal Reasons'

HTTP_500: Final = '500 Internal Server Error'
HTTP_501: Final = '501 Not Implemented'
HTTP_502: Final = '502 Bad Gateway'
HTTP_503: Final = '503 Service Unavailable'
HTTP_504: Final = '504 Gateway Timeout'
HTTP_505: Final = '505 HTTP Version Not Supported'
HTTP_506: Final = '506 Variant Also Negotiates'
HTTP_507: Final = '507 Insufficient Storage'
HTTP_508: Final = '508 Loop Detected'
HTTP_510: Final = '510 Not Extended'
HTTP_511: Final = '511 Network Authentication Required'

HTTP_701: Final = '701 Meh'
HTTP_702: Final = '702 Emacs'
HTTP_703: Final = '703 Explosion'
HTTP_710: Final = '710 PHP'
HTTP_711: Final = '711 Convenience Store'
HTTP_712: Final = '712 NoSQL'
HTTP_719: Final = '719 I am not a teapot'
HTTP_720: Final = '720 Unpossible'
HTTP_721: Final = '721 Known Unknowns'
HTTP_722: Final = '722 Unknown Unknowns'
HTTP_723: Final = '723 Tricky'
HTTP_724: Final = '724 This line should be unreachable'
HTTP_725: Final = '725 It works on my machine'
HTTP_726: Final = "726 It's a feature, not a bug"
HTTP_727: Final = '727 32 bits is plenty'
HTTP_740: Final = '740 Computer says no'
HTTP_741: Final = '741 Compiling'
HTTP_742: Final = '742 A kitten dies'
HTTP_743: Final = '743 I thought I knew regular expressions'
HTTP_744: Final = '744 Y U NO write integration tests?'
HTTP_745: Final = "745 I don't always test my code, but when I do I do it in production"
HTTP_748: Final = '748 Confounded by Ponies'
HTTP_749: Final = '749 Reserved for Chuck Norris'
HTTP_750: Final = "750 Didn't bother to compile it"
HTTP_753: Final = '753 Syntax Error'
HTTP_754: Final = '754 Too many semi-colons'
HTTP_755: Final = '755 Not enough semi-colons'
HTTP_759: Final = '759 Unexpected T_PAAMAYIM_NEKUDOTAYIM'
HTTP_771: Final = '771 Cached for too long'
HTTP_772: Final = '772 Not cached long enough'
HTTP_773: Final = '773 Not cached at all'
HTTP_774: Final = '774 Why was this cached?'
HTTP_776: Final = '776 Error on the Exception'
HTTP_777: Final = '777 Coincidence'
HTTP_778: Final = '778 Off By One Error'
HTTP_779: Final = '779 Off By Too Many To Count Error'
HTTP_780: Final = '780 Project owner not responding'
HTTP_781: Final = '781 Operations'
HTTP_782: Final = '782 QA'
HTTP_783: Final = '783 It was a customer request, honestly'
HTTP_784: Final = '784 Management, obviously'
HTTP_785: Final = '785 TPS Cover Sheet not attached'
HTTP_786: Final = '786 Try it now'
HTTP_791: Final = '791 The Internet shut down due to copyright restrictions'
HTTP_792: Final = '792 Climate change driven catastrophic weather event'
HTTP_797: Final = '797 This is the last page of the Internet. Go back'
HTTP_799: Final = '799 End of the world'

HTTP_CONTINUE: Final = HTTP_100
HTTP_SWITCHING_PROTOCOLS: Final = HTTP_101
HTTP_PROCESSING: Final = HTTP_102
HTTP_EARLY_HINTS: Final = HTTP_103
HTTP_OK: Final = HTTP_200
HTTP_CREATED: Final = HTTP_201
HTTP_ACCEPTED: Final = HTTP_202
HTTP_NON_AUTHORITATIVE_INFORMATION: Final = HTTP_203
HTTP_NO_CONTENT: Final = HTTP_204
HTTP_RESET_CONTENT: Final = HTTP_205
HTTP_PARTIAL_CONTENT: Final = HTTP_206
HTTP_MULTI_STATUS: Final = HTTP_207
HTTP_ALREADY_REPORTED: Final = HTTP_208
HTTP_IM_USED: Final = HTTP_226
HTTP_MULTIPLE_CHOICES: Final = HTTP_300
HTTP_MOVED_PERMANENTLY: Final = HTTP_301
HTTP_FOUND: Final = HTTP_302
HTTP_SEE_OTHER: Final = HTTP_303
HTTP_NOT_MODIFIED: Final = HTTP_304
HTTP_USE_PROXY: Final = HTTP_305
HTTP_TEMPORARY_REDIRECT: Final = HTTP_307
HTTP_PERMANENT_REDIRECT: Final = HTTP_308
HTTP_BAD_REQUEST: Final = HTTP_400
HTTP_UNAUTHORIZED: Final = HTTP_401
HTTP_PAYMENT_REQUIRED: Final = HTTP_402
HTTP_FORBIDDEN: Final = HTTP_403
HTTP_NOT_FOUND: Final = HTTP_404
HTTP_METHOD_NOT_ALLOWED: Final = HTTP_405
HTTP_NOT_ACCEPTABLE: Final = HTTP_406
HTTP_PROXY_AUTHENTICATION_REQUIRED: Final = HTTP_407
HTTP_REQUEST_TIMEOUT: Final = HTTP_408
HTTP_CONFLICT: Final = HTTP_409
HTTP_GONE: Final = HTTP_410
HTTP_LENGTH_REQUIRED: Final = HTTP_411
HTTP_PRECONDITION_FAILED: Final = HTTP_412
HTTP_CONTENT_TOO_LARGE: Final = HTTP_413
HTTP_REQUEST_URI_TOO_LONG: Final = HTTP_414
HTTP_UNSUPPORTED_MEDIA_TYPE: Final = HTTP_415
HTTP_REQUESTED_RANGE_NOT_SATISFIABLE: Final = HTTP_416
HTTP_EXPECTATION_FAILED: Final = HTTP_417
HTTP_IM_A_TEAPOT: Final = HTTP_418
HTTP_MISDIRECTED_REQUEST: Final = HTTP_421
HTTP_UNPROCESSABLE_ENTITY: Final = HTTP_422
HTTP_LOCKED: Final = HTTP_423
HTTP_FAILED_DEPENDENCY: Final = HTTP_424
HTTP_TOO_EARLY: Final = HTTP_425
HTTP_UPGRADE_REQUIRED: Final = HTTP_426
HTTP_PRECONDITION_REQUIRED: Final = HTTP_428
HTTP_TOO_MANY_REQUESTS: Final = HTTP_429
HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE: Final = HTTP_431
HTTP_UNAVAILABLE_FOR_LEGAL_REASONS: Final = HTTP_451
HTTP_INTERNAL_SERVER_ERROR: Final = HTTP_500
HTTP_NOT_IMPLEMENTED: Final = HTTP_501
HTTP_BAD_GATEWAY: Final = HTTP_502
HTTP_SERVICE_UNAVAILABLE: Final = HTTP_503
HTTP_GATEWAY_TIMEOUT: Final = HTTP_504
HTTP_HTTP_VERSION_NOT_SUPPORTED: Final = HTTP_505
HTTP_VARIANT_ALSO_NEGOTIATES: Final = HTTP_506
HTTP_INSUFFICIENT_STORAGE: Final = HTTP_507
HTTP_LOOP_DETECTED: Final = HTTP_508
HTTP_NOT_EXTENDED: Final = HTTP_510
HTTP_NETWORK_AUTHENTICATION_REQUIRED: Final = HTTP_511
