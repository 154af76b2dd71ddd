"""The address of an InfluxDB is read in full, or refused without showing its password."""

from pathlib import Path

import pytest

from telemetry.errors import ConfigError
from telemetry.stores.influx_url import parse_influx


def test_the_short_form_means_v2_over_http_without_credentials() -> None:
    url = parse_influx("influx://db.example.net/dc")
    assert (url.base, url.bucket, url.mode, url.scheme) == (
        "http://db.example.net:8086",
        "dc",
        "v2",
        "none",
    )


def test_every_part_is_read() -> None:
    url = parse_influx("influx://me:p%40ss@h:9000/my%20db?rp=year&mode=v1&tls=1&ca_file=/ca.pem")
    assert url.base == "https://h:9000"
    assert url.bucket == "my db/year"
    assert (url.mode, url.scheme, url.secret, url.ca_file) == ("v1", "basic", "me:p@ss", "/ca.pem")


def test_an_ipv6_host_keeps_its_brackets() -> None:
    assert parse_influx("influx://[::1]:1234/dc").base == "http://[::1]:1234"


def test_a_token_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    url = parse_influx(f"influx://h/dc?token_file={tmp_path}/token")
    assert (url.scheme, url.secret) == ("token", "s3cret")
    assert "s3cret" not in repr(url)
    assert "s3cret" not in url.where


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("influx://h", "influx://host:port/database"),
        ("influx:///dc", "influx://host:port/database"),
        ("influx://h/a/b", "influx://host:port/database"),
        ("influx://h:port/dc", "the port is a number"),
        ("influx://h:70000/dc", "the port is a number"),
        ("influx://h/dc?mode=v3", "mode is v1 or v2"),
        ("influx://h/dc?tls=yes", "tls is 0 or 1"),
        ("influx://h/dc?retention=x", "unknown retention"),
        ("influx://u:p@h/dc?token_file=/x", "either user:password or token_file"),
        ("influx://h/dc?token_file=/nowhere", "token_file /nowhere: No such file"),
    ],
)
def test_a_wrong_address_is_refused_with_the_part_that_is_wrong(url: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse_influx(url)


def test_a_refusal_does_not_show_the_password() -> None:
    with pytest.raises(ConfigError) as refusal:
        parse_influx("influx://me:hush@h/dc?mode=v9")
    assert "hush" not in str(refusal.value)
