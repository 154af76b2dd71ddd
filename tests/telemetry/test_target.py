"""Device URLs: what is meant, what is wrong, and what is never shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.errors import ConfigError
from telemetry.target import Line, Target, hide_secret, parse


def test_snmp_with_a_community_is_version_2c_on_port_161() -> None:
    target = parse("snmp://public@10.0.0.5")
    assert target == Target(Line.SNMP, "10.0.0.5", 161, "public", 2)
    assert parse("snmp://public@pdu-a:1161?version=1&timeout=0.5") == Target(
        Line.SNMP, "pdu-a", 1161, "public", 1, timeout_s=0.5
    )


def test_a_community_may_be_percent_encoded() -> None:
    assert parse("snmp://p%40ss%3Aw%2Frd@h").community == "p@ss:w/rd"


def test_snmp3_names_the_user_and_never_a_key() -> None:
    target = parse("snmp3://mon@[2001:db8::1]:1161?auth=sha256&priv=aes128")
    assert (target.host, target.port, target.user) == ("2001:db8::1", 1161, "mon")
    assert (target.version, target.auth, target.priv) == (3, "sha256", "aes128")
    assert target.shown() == "snmp3://mon@[2001:db8::1]:1161"
    with pytest.raises(ConfigError, match="no key into a URL"):
        parse("snmp3://mon:secretkey@h")


def test_modbus_in_its_three_framings() -> None:
    assert parse("modbus://10.0.0.9?unit=0") == Target(Line.MODBUS_TCP, "10.0.0.9", 502, unit=0)
    assert parse("modbus+rtu://gw:4001?unit=3").line_key == ("modbus+rtu", "gw", "4001")
    serial = parse("modbus+serial:///dev/ttyUSB0?unit=3&baud=19200&parity=e&stop=2")
    assert (serial.path, serial.unit, serial.baud) == ("/dev/ttyUSB0", 3, 19200)
    assert (serial.parity, serial.stop_bits) == ("E", 2)
    assert serial.shown() == "modbus+serial:///dev/ttyUSB0?unit=3"
    assert serial.line_key == ("modbus+serial", "/dev/ttyUSB0")


def test_units_of_one_gateway_share_a_line_and_framings_do_not() -> None:
    assert parse("modbus://GW?unit=1").line_key == parse("modbus://gw:502?unit=2").line_key
    assert parse("modbus://gw").line_key != parse("modbus+rtu://gw").line_key
    assert parse("modbus://gw").unit is None


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://h", "scheme: one of snmp://"),
        ("10.0.0.5", "scheme"),
        ("snmp://10.0.0.5", "community: is missing, as in snmp://public@HOST:PORT"),
        ("snmp://c@", "host: a name or an address is missing"),
        ("snmp://c@h:0", "port: a number from 1 to 65535"),
        ("snmp://c@h:99999", "port: a number from 1 to 65535"),
        ("snmp://c@h?version=3", "version: a whole number from 1 to 2"),
        ("snmp://c@h?unit=1", "unit: not known here"),
        ("snmp://a:b@h", "community: holds a ':'"),
        ("snmp3://u@h?auth=rot13", "auth: one of md5, sha"),
        ("snmp3://u@h?priv=aes128", "priv: privacy needs auth"),
        ("snmp3://h", "user: is missing"),
        ("modbus://h?unit=256", "unit: a whole number from 0 to 255"),
        ("modbus://h?unit=one", "unit: a whole number"),
        ("modbus://h?unit=1&unit=2", "unit: given twice"),
        ("modbus://u@h", "user: Modbus has no sign-in"),
        ("modbus://h/path", "path: modbus takes none"),
        ("modbus://h#x", "fragment"),
        ("modbus://h h", "no blanks"),
        ("modbus://h?timeout=0", "timeout: seconds"),
        ("modbus+serial://dev/ttyUSB0", "path: a device is expected"),
        ("modbus+serial:///dev/ttyUSB0?baud=9", "baud: a whole number from 300"),
        ("modbus+serial:///dev/ttyUSB0?parity=X", "parity: one of N, E, O"),
    ],
)
def test_a_wrong_url_says_which_part_and_what_is_allowed(url: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse(url)
    assert says in str(refused.value)


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"]), min_size=6))
def test_a_secret_shows_neither_in_repr_nor_in_an_error(word: str) -> None:
    secret = f"zq{word}qz"
    assert secret not in repr(parse(f"snmp://{secret}@h"))
    assert secret not in parse(f"snmp://{secret}@h").shown()
    assert secret not in hide_secret(f"snmp://{secret}@h")
    with pytest.raises(ConfigError) as refused:
        parse(f"snmp://{secret}@h?version=9")
    assert secret not in str(refused.value)
    assert secret not in repr(refused.value.__cause__)


@given(st.text(max_size=40))
def test_no_text_whatever_does_more_than_be_refused(text: str) -> None:
    for url in (text, f"snmp://{text}", f"modbus://h?{text}", f"snmp3://{text}@h"):
        try:
            parse(url)
        except ConfigError:
            continue
