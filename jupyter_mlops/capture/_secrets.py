"""What must not be written down: values under keys that name a secret, and passwords inside URLs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

MASK = "***"

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset(
    ("secret", "secrets", "password", "passwords", "passwd", "pwd", "passphrase", "credential", "credentials", "apikey")
) | {"authorization", "bearer"}
_SECRET_ENDINGS = ("password", "passwd", "apikey", "authtoken", "accesstoken")
_KEY_OF = frozenset(("api", "access", "private", "secret", "account", "encryption", "signing"))
_TEXT_TOKENS = frozenset(
    (
        "pad",
        "eos",
        "bos",
        "unk",
        "mask",
        "sep",
        "cls",
        "stop",
        "start",
        "end",
        "special",
        "image",
        "first",
        "last",
        "per",
        "each",
    )
)
"""Before "token", these speak of text: `pad_token` is no secret."""

_LITERAL = r"""[rbufRBUF]{0,2}(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_GIVEN = re.compile(
    r"(?P<key>[A-Za-z_][\w-]*)(?P<sign>[\"']?\s*\]?\s*(?::\s*[\w.]+\s*=|[=:,])\s*)(?P<text>" + _LITERAL + ")"
)
"""A name, a keyword or a key, and the text that code gives it: `password = "..."`, `"token": '...'`."""

_URL_LOGIN = re.compile(r"(?<=://)([^\s/:@]*):([^\s@/]+)(?=@)")
_URL_TOKEN = re.compile(r"(?<=https://)[^\s/:@]+(?=@)|(?<=http://)[^\s/:@]+(?=@)")
_URL_FIELD = re.compile(r"(?<=[?&])([\w-]+)=([^&\s#]+)")


def is_secret(key: str) -> bool:
    """Whether a key names something that is not to be written down.

    Examples
    --------
    >>> [is_secret(key) for key in ("HF_TOKEN", "apiKey", "tokenizer", "max_tokens", "pad_token")]
    [True, True, False, False, False]
    """
    words = [word.lower() for word in _WORD.findall(key)]
    if any(word in _SECRET_WORDS or word.endswith(_SECRET_ENDINGS) for word in words):
        return True
    for before, word in zip(["", *words], words, strict=False):
        if (word == "key" and before in _KEY_OF) or (
            word == "token" and before not in _TEXT_TOKENS and words[-1] == "token"
        ):
            return True
    return words[-2:] == ["connection", "string"]


def mask_secrets(values: Mapping[str, str]) -> dict[str, str]:
    """Return parameters, tags or variables with secrets replaced by `***`.

    A value is secret when its key names a token, secret, password, key or credential; in any other text, the logins
    in its URLs are.

    Examples
    --------
    >>> mask_secrets({"api_key": "abc", "lr": "0.1", "store": "https://me:pw@host/x"})
    {'api_key': '***', 'lr': '0.1', 'store': 'https://me:***@host/x'}
    """
    return {key: MASK if is_secret(key) else mask_urls(value) for key, value in values.items()}


@lru_cache(maxsize=1024)  # every submission shows the cells above it
def mask_code(source: str) -> str:
    """Return code with the texts that it gives to secrets replaced by `***`, and the logins in its URLs.

    For code that people read. It is not for execution any more.

    Examples
    --------
    >>> mask_code("login(user='me', password='pw'); lr = '1'")
    "login(user='me', password='***'); lr = '1'"
    """
    return mask_urls(_GIVEN.sub(_masked_text, source))


def _masked_text(given: re.Match[str]) -> str:
    if not is_secret(given["key"]):
        return given[0]
    return f"{given['key']}{given['sign']}{given['text'][-1]}{MASK}{given['text'][-1]}"


def mask_urls(text: str) -> str:
    """Return text with the passwords and tokens in its URLs replaced by `***`."""
    if "://" not in text:
        return text
    text = _URL_LOGIN.sub(rf"\1:{MASK}", text)
    text = _URL_TOKEN.sub(MASK, text)
    return _URL_FIELD.sub(lambda field: f"{field[1]}={MASK}" if is_secret(field[1]) else field[0], text)
