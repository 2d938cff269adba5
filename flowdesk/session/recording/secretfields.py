"""Which fields hold passwords, by what they are called in English and Chinese, and what a flow calls such a secret. Pure."""

import re
from collections.abc import Collection

_WORDS = re.compile(
    r"pass\s?(?:word|phrase|code|wd)|\bpwd\b|\bpin\b(?!\s?yin)|\bsecret\b|\btoken\b|\bcvv\b|\bcvc\b|\bapi[ _-]?key\b"
    r"|密码|密碼|口令|密钥|密鑰|私钥|验证码|驗證碼|パスワード|passwort|kennwort|mot de passe|contraseña|пароль",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[^a-z0-9]+")
_LONGEST = 40


def is_secret_name(text: str) -> bool:
    """Whether something that is called so is a password."""
    return bool(_WORDS.search(text))


def secret_name(field: str, app: str, taken: Collection[str] = ()) -> str:
    """Return how a flow calls the secret of a field: letters, digits and ``_``, in ASCII, such as ``mail_password``.

    Args:
        field: What the field is called.
        app: What its program is called.
        taken: Names that stand for other secrets already.
    """
    words = _PLAIN.sub("_", f"{app} {field}".lower()).strip("_")
    own = _PLAIN.sub("_", field.lower()).strip("_")
    if not own:
        words = f"{words}_password".strip("_")
    name = stem = words[-_LONGEST:].strip("_") or "password"
    number = 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name
