"""B38: secrets are not written down, and a tokenizer's settings are."""

import pytest

from jupyter_mlops.capture import is_secret, mask_code, mask_secrets, mask_urls

SECRET = """
token TOKEN HF_TOKEN github_token accessToken api_key API-KEY apiKey apikey OPENAI_API_KEY secret client_secret password
db_password PGPASSWORD MYSQL_PWD passphrase private_key credential AWS_SECRET_ACCESS_KEY AWS_ACCESS_KEY_ID
GOOGLE_APPLICATION_CREDENTIALS AZURE_STORAGE_CONNECTION_STRING account_key my.api.key authorization authtoken
"""
PLAIN = """
lr epochs key keys monkey author tokenizer max_tokens tokens_per_batch num_tokens pad_token eos_token unk_token_id
mask_token token_type sort_key primary_key passes compass secretary_count x
"""


@pytest.mark.parametrize("key", SECRET.split())
def test_b38_keys_of_secrets_are_known(key):
    assert is_secret(key)


@pytest.mark.parametrize("key", PLAIN.split())
def test_b38_ordinary_keys_are_left_alone(key):
    assert not is_secret(key)


def test_b38_values_of_secret_keys_are_masked_and_others_kept():
    assert mask_secrets({"api_key": "abc", "lr": "0.1", "store": "https://me:pw@host/x"}) == {
        "api_key": "***",
        "lr": "0.1",
        "store": "https://me:***@host/x",
    }


URLS = [
    ("https://me:pw@host/x", "https://me:***@host/x"),
    ("postgresql://me:p:w@host:5432/db", "postgresql://me:***@host:5432/db"),
    ("redis://:pw@host", "redis://:***@host"),
    ("https://ghp_abc@github.com/a/b.git", "https://***@github.com/a/b.git"),
    ("git+ssh://git@github.com/a/b.git", "git+ssh://git@github.com/a/b.git"),
    ("https://host/x?token=abc&page=2", "https://host/x?token=***&page=2"),
    ("https://host/x?page=2&api_key=abc#top", "https://host/x?page=2&api_key=***#top"),
    ("https://host/@me/x", "https://host/@me/x"),
    ("see https://a:b@c and http://d:e@f", "see https://a:***@c and http://d:***@f"),
    ("me:pw@host", "me:pw@host"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "masked"), URLS)
def test_b38_logins_in_urls_are_masked(text, masked):
    assert mask_urls(text) == masked


CODE = [
    ("password='pw'", "password='***'"),
    ('api_key: str = r"pw"', 'api_key: str = "***"'),
    ("os.environ['HF_TOKEN'] = f'pw'", "os.environ['HF_TOKEN'] = '***'"),
    ("d = {'password': 'pw', 'user': 'me'}", "d = {'password': '***', 'user': 'me'}"),
    ("os.environ.setdefault('API_KEY', 'pw')", "os.environ.setdefault('API_KEY', '***')"),
    ("connect('db://me:pw@host')", "connect('db://me:***@host')"),
    (r"password = 'it\'s'", "password = '***'"),
    ("if password == 'x': pad_token = '[PAD]'", "if password == 'x': pad_token = '[PAD]'"),
    ("password = input()", "password = input()"),
]


@pytest.mark.parametrize(("code", "masked"), CODE)
def test_b38_texts_that_code_gives_to_secrets_are_masked(code, masked):
    assert mask_code(code) == masked
