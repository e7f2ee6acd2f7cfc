import re

import pytest

from jupyter_mlops.capture import dump_values, load_values

TEXT = "one two  three, one"


def travelled(**values):
    pickled = dump_values(values, namespace={})
    assert pickled.refused == ()
    return load_values(pickled.stream, namespace={})


def told(match):
    return (match.re, match.string, match.pos, match.endpos, match.regs, match.lastgroup, match.groupdict())


@pytest.mark.parametrize(
    "match",
    [
        re.match(r"(?P<first>\w+) (\w+)", TEXT),
        re.search("t(h)?", TEXT),
        re.fullmatch("(.*?)", TEXT),
        re.compile(r"\w+").search(TEXT, 4, 11),
        re.compile("^").match(TEXT, 0),
        re.search(b"(w)", TEXT.encode()),
        re.search("(x)|(e)", TEXT),
        [*re.finditer(r"(?<=e)\b", TEXT)][-1],
        [*re.finditer("", TEXT)][7],
    ],
    ids=repr,
)
def test_a_match_is_what_it_was(match):
    assert told(travelled(match=match)["match"]) == told(match)


def test_many_matches_of_one_text_keep_it_one_text():
    matches = list(re.finditer("[aeiou]", TEXT * 9))
    found = travelled(matches=matches[::-1], first=matches[3])
    assert [told(match) for match in found["matches"]] == [told(match) for match in matches[::-1]]
    assert found["first"] is found["matches"][-4]
    assert len({id(match.string) for match in found["matches"]}) == 1


def test_matches_in_order_are_found_in_one_pass():
    """Ten thousand of them, each looked for from the beginning, would take minutes."""
    matches = list(re.finditer("e", "e " * 10_000))
    found = travelled(matches=matches)["matches"]
    assert [match.span() for match in found] == [match.span() for match in matches]


def test_a_match_whose_text_has_changed_is_refused_with_a_remedy():
    text = bytearray(b"say ab")
    match = re.search(b"ab", text)
    text[:] = b"nothing"
    (refusal,) = dump_values({"match": match}, namespace={}).refused
    assert str(refusal) == "match is a re.Match. It cannot be found again in its text; use its groups: match.groups()."
