import struct

from jupyter_mlops.capture import dump_values, load_values


def test_a_format_is_compiled_again():
    header = struct.Struct("<IH")
    found = load_values(dump_values({"header": header}, namespace={}).stream, namespace={})["header"]
    assert (found.format, found.pack(1, 2)) == (header.format, header.pack(1, 2))
