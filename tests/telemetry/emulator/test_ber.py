"""BER there and back, and no bytes that make it fall over."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.emulator import ber, snmp_pdu
from telemetry.emulator.ber import Malformed, Typed
from telemetry.emulator.mib import Mib, fixed
from telemetry.emulator.snmp_agent import AgentSettings, respond

OIDS = st.lists(st.integers(0, 2**32 - 1), max_size=30).map(lambda rest: (1, 3, *rest))
VALUES = st.one_of(
    st.builds(Typed, st.just(ber.INTEGER), st.integers(-(2**31), 2**31 - 1)),
    st.builds(Typed, st.sampled_from(sorted(ber.UNSIGNED)), st.integers(0, 2**64 - 1)),
    st.builds(Typed, st.sampled_from([ber.OCTETS, ber.OPAQUE]), st.binary(max_size=300)),
    st.builds(Typed, st.just(ber.OID), OIDS),
    st.builds(Typed, st.sampled_from([ber.NULL, ber.NO_SUCH_OBJECT, ber.END_OF_MIB])),
)
MIB = Mib({(1, 3, 6, n, 0): fixed(Typed(ber.INTEGER, n)) for n in range(5)})


@pytest.mark.parametrize(
    ("value", "contents"),
    [
        (0, "00"),
        (127, "7f"),
        (128, "0080"),
        (256, "0100"),
        (-1, "ff"),
        (-128, "80"),
        (-129, "ff7f"),
    ],
)
def test_an_integer_takes_the_fewest_bytes(value: int, contents: str) -> None:
    assert ber.integer(value).hex() == contents
    assert ber.read_integer(bytes.fromhex(contents), 0, len(contents) // 2) == value


def test_an_oid_is_written_in_base_128_with_its_first_two_ids_in_one() -> None:
    assert ber.oid((1, 3, 6, 1, 4, 1, 318)).hex() == "2b0601040182" + "3e"
    assert ber.read_oid(bytes.fromhex("2b06010401823e")) == (1, 3, 6, 1, 4, 1, 318)
    assert ber.read_oid(ber.oid((2, 999, 3))) == (2, 999, 3)


@given(st.integers(0, 200_000))
def test_contents_of_any_length_are_framed_and_found_again(size: int) -> None:
    data = ber.tlv(ber.OCTETS, bytes(size))
    assert ber.header(data, 0, len(data)) == (ber.OCTETS, len(data) - size, len(data))


@given(
    st.lists(st.tuples(OIDS, VALUES), max_size=5),
    st.binary(max_size=20),
    st.integers(-(2**31), 2**31 - 1),
)
def test_a_message_comes_back_as_it_was_sent(
    binds: list[tuple[ber.Oid, Typed]], community: bytes, request_id: int
) -> None:
    message = snmp_pdu.Message(1, community, snmp_pdu.GET, request_id, binds, 2, 1)
    assert snmp_pdu.decode(snmp_pdu.encode(message)) == message


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_malformed_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert snmp_pdu.decode(data).version in (0, 1)


@given(st.data(), st.sampled_from([snmp_pdu.GET, snmp_pdu.GETNEXT, snmp_pdu.GETBULK, snmp_pdu.SET]))
def test_a_damaged_request_is_answered_or_passed_over_in_silence(
    data: st.DataObject, pdu: int
) -> None:
    whole = bytearray(
        snmp_pdu.encode(
            snmp_pdu.Message(1, b"public", pdu, 77, [((1, 3, 6, 1, 0), Typed(ber.NULL))], 0, 3)
        )
    )
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    answer = respond(bytes(whole[:cut]), MIB, AgentSettings())
    assert answer is None or snmp_pdu.decode(answer).pdu == snmp_pdu.RESPONSE


@pytest.mark.parametrize("text", ["", "1", "1.x", "1..3", "1.3.-1", "sysDescr.0"])
def test_a_text_that_is_no_oid_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="not an OID"):
        ber.parse_dotted(text)


def test_dotted_text_is_read_with_and_without_the_leading_dot() -> None:
    assert ber.parse_dotted(".1.3.6") == ber.parse_dotted("1.3.6") == (1, 3, 6)
    assert ber.dotted((1, 3, 6)) == "1.3.6"
