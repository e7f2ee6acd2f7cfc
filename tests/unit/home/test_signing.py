"""A pickle is code: what this user has not signed is refused."""

import os
import pickle
import threading

import msgspec
import pytest

from jupyter_mlops.entities import BufferRef, Manifest, ValueRef
from jupyter_mlops.exceptions import HomeError, UntrustedManifestError
from jupyter_mlops.home import Signer
from jupyter_mlops.home._signing import canonical_bytes

MANIFEST = Manifest(
    values=(ValueRef("x", "numpy.ndarray", 80, shape=(10,)), ValueRef("y", "int", 28, same_as="x")),
    stream_sha256="0" * 64,
    buffers=(BufferRef("1" * 32, 80),),
)
CHANGES = {
    "wire_version": 0,
    "values": MANIFEST.values[:1],
    "stream_sha256": "1" * 64,
    "buffers": (BufferRef("1" * 32, 81),),
}


@pytest.fixture
def signer(tmp_path):
    return Signer(tmp_path / "user" / "key")


def test_what_one_process_signs_another_of_the_user_verifies(signer):
    signed = signer.sign(MANIFEST)
    assert msgspec.structs.replace(signed, signature="") == MANIFEST
    Signer(signer.key_file).verify(signed)


def test_signing_twice_gives_the_same(signer):
    assert signer.sign(signer.sign(MANIFEST)) == signer.sign(MANIFEST)


@pytest.mark.parametrize("field", CHANGES)
def test_rule_10_any_change_breaks_the_signature(signer, field):
    changed = msgspec.structs.replace(signer.sign(MANIFEST), **{field: CHANGES[field]})
    with pytest.raises(UntrustedManifestError):
        signer.verify(changed)


def test_every_field_is_signed():
    assert set(CHANGES) == set(Manifest.__struct_fields__) - {"signature"}


@pytest.mark.parametrize("signature", ["", "0" * 64, "é", "x" * 100_000])
def test_rule_10_no_signature_and_any_other_is_refused_with_the_way_to_trust(signer, signature):
    with pytest.raises(UntrustedManifestError, match="%runs trust RUN"):
        signer.verify(msgspec.structs.replace(MANIFEST, signature=signature))


def test_rule_10_another_users_signature_is_refused(signer, tmp_path):
    with pytest.raises(UntrustedManifestError):
        signer.verify(Signer(tmp_path / "another").sign(MANIFEST))


def test_rule_10_nothing_of_a_home_from_elsewhere_is_unpickled(run, tmp_path):
    """The canary: a stream that would write a file, in a run whose manifest claims to be fine."""
    canary = tmp_path / "canary"

    class Bomb:
        def __reduce__(self):
            return (os.mkdir, (str(canary),))

    import hashlib

    stream = pickle.dumps(Bomb())
    run.outputs_stream.write_bytes(stream)
    theirs = Signer(tmp_path / "theirs").sign(Manifest(values=(), stream_sha256=hashlib.sha256(stream).hexdigest()))
    run.write(theirs, run.outputs_file)
    with pytest.raises(UntrustedManifestError):
        pickle.loads(run.read_stream(run.outputs(), run.outputs_stream))
    assert not canary.exists()


def test_a_field_that_a_later_version_adds_keeps_old_signatures():
    class LaterRef(msgspec.Struct, frozen=True):
        hash: str
        size: int
        compression: str = ""

    class LaterManifest(msgspec.Struct, frozen=True, kw_only=True):
        note: str = ""
        wire_version: int = 1
        values: tuple[ValueRef, ...]
        stream_sha256: str
        buffers: tuple[LaterRef, ...] = ()
        signature: str = ""

    later = msgspec.json.decode(msgspec.json.encode(MANIFEST), type=LaterManifest)
    assert canonical_bytes(later) == canonical_bytes(MANIFEST)


def test_the_key_is_private_and_outside_of_the_home(signer):
    signer.sign(MANIFEST)
    assert signer.key_file.stat().st_mode & 0o777 == 0o600
    assert signer.key_file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in signer.key_file.parent.iterdir()] == ["key"]


def test_the_key_is_in_the_users_data_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Signer().key_file == tmp_path / "jupyter-mlops" / "key"


def test_a_key_that_others_may_read_is_closed(signer):
    Signer(signer.key_file).sign(MANIFEST)
    signer.key_file.chmod(0o644)
    signer.sign(MANIFEST)
    assert signer.key_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"short"])
def test_a_damaged_key_is_no_key(signer, content):
    signer.key_file.parent.mkdir()
    signer.key_file.write_bytes(content)
    with pytest.raises(HomeError, match=r"is damaged\. Remove it"):
        signer.sign(MANIFEST)


def test_threads_that_are_the_first_agree_on_one_key(tmp_path):
    start = threading.Barrier(8)
    signed = []

    def sign():
        start.wait()
        signed.append(Signer(tmp_path / "key").sign(MANIFEST).signature)

    threads = [threading.Thread(target=sign) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(signed), len(set(signed)), len(list(tmp_path.iterdir()))) == (8, 1, 1)


def test_without_a_place_for_the_key_nothing_is_signed(nobodys_folder):
    nobodys_folder.chmod(0o500)
    with pytest.raises(HomeError, match=r"Cannot read or make the key that signs your runs, .*Permission denied"):
        Signer(nobodys_folder / "user" / "key").sign(MANIFEST)
