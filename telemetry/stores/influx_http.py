"""Speaking to InfluxDB: line protocol out through influxdb-client, InfluxQL in over /query.

What is worth another try (no connection, 5xx, 429, wrong credentials, no such database) is a
StoreAway, so that the caller keeps its blocks; what never will be taken is a StoreError.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import urllib3
from influxdb_client._sync.api_client import ApiClient
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService

from telemetry.errors import StoreAway, StoreError
from telemetry.stores.influx_url import InfluxUrl

_CONNECT_S, _READ_S = 5.0, 30.0
_FINAL = {400, 413, 422}
_NOT_NOW = ("not found", "timeout", "max-concurrent", "shutting down", "engine is closed")
_MS: Any = "ms"
_V1_PRECISION = {"ns": "ns", "us": "u", "ms": "ms", "s": "s"}


@dataclass(frozen=True, slots=True)
class Table:
    """One series of an answer: its tags, and rows along the columns that were asked for."""

    tags: dict[str, str]
    rows: list[list[Any]]


class WriteBefore18(WriteService):
    """Posts to /write of an InfluxDB that does not know /api/v2/write yet."""

    def __init__(self, api_client: ApiClient) -> None:
        super().__init__(api_client)  # type: ignore[no-untyped-call]

    def post_write(self, org: str, bucket: str, body: bytes, **options: Any) -> Any:  # noqa: ARG002
        """The client's own call, turned into that of version 1 (`bucket` is db or db/rp)."""
        database, _, retention = bucket.partition("/")
        precision = _V1_PRECISION[str(options.get("precision", "ns"))]
        query = [("db", database), ("precision", precision)]
        query += [("rp", retention)] if retention else []
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Encoding": options.get("content_encoding", "identity"),
            "Accept": "application/json",
        }
        return self.api_client.call_api(
            "/write", "POST", {}, query, headers,
            body=body, post_params=[], files={}, auth_settings=[], collection_formats={},
            response_type=None, _return_http_data_only=True, _preload_content=True,
            _request_timeout=options.get("_request_timeout"),
            urlopen_kw=options.get("urlopen_kw"),
        )  # fmt: skip


class InfluxWriter:
    """Sends lines, one batch per call, and says how it went."""

    def __init__(self, url: InfluxUrl) -> None:
        self._url = url
        timeout = (int(_CONNECT_S * 1000), int(_READ_S * 1000))
        self._client = InfluxDBClient(
            url=url.base,
            token=url.secret,
            org="-",
            timeout=timeout,
            auth_basic=url.scheme == "basic",
            ssl_ca_cert=url.ca_file,
        )
        self._api = self._client.write_api(write_options=SYNCHRONOUS)
        if url.mode == "v1":
            self._api._write_service = WriteBefore18(self._client.api_client)

    def send(self, lines: Sequence[str]) -> None:
        """Write lines with times in ms. Raises StoreAway, or StoreError where it is final.

        After a StoreError the good lines of the batch may have been taken: InfluxDB 1 drops only
        the bad ones.
        """
        body = "\n".join(lines).encode("utf-8", "replace")
        try:
            self._api.write(self._url.bucket, "-", body, _MS)
        except ApiException as error:
            raise _refusal(self._url, error.status or 0, _reason(error)) from error
        except urllib3.exceptions.HTTPError as error:
            raise StoreAway(f"{self._url.where}: {error}") from error

    def close(self) -> None:
        """Give back the sockets."""
        self._api.close()
        self._client.close()


class InfluxReader:
    """Asks one InfluxQL statement at a time and believes nothing unseen."""

    def __init__(self, url: InfluxUrl) -> None:
        self._url = url
        self._headers = {"Accept": "application/json"} | _authorization(url)
        self._pool = urllib3.PoolManager(
            maxsize=4,
            retries=False,
            timeout=urllib3.Timeout(connect=_CONNECT_S, read=_READ_S),
            ca_certs=url.ca_file,
        )

    def ask(self, statement: str, columns: Sequence[str]) -> list[Table]:
        """The answer's series, which must have exactly these columns after `time` (in ms).

        Raises StoreAway when the server cannot answer now, StoreError when it answers with an
        error or with anything else than what was asked for.
        """
        fields = {"db": self._url.database, "epoch": "ms", "q": statement}
        if self._url.retention:
            fields["rp"] = self._url.retention
        try:
            answer = self._pool.request(
                "POST",
                f"{self._url.base}/query",
                fields=fields,
                headers=self._headers,
                encode_multipart=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise StoreAway(f"{self._url.where}: {error}") from error
        text = answer.data.decode("utf-8", "replace")
        if answer.status != 200:
            raise _refusal(self._url, answer.status, text)
        return _tables(self._url, text, ["time", *columns])

    def close(self) -> None:
        """Give back the sockets."""
        self._pool.clear()


def _tables(url: InfluxUrl, text: str, columns: list[str]) -> list[Table]:
    """Series of a 200 body; errors hide in there, and other servers answer other questions."""
    try:
        (result,) = json.loads(text)["results"]
        wrong = result.get("error")
        series = result.get("series", [])
        found = [(s.get("tags") or {}, s["columns"], s["values"], s.get("partial")) for s in series]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{url.where}: not an answer of an InfluxDB: {text[:120]}") from error
    if wrong:
        kind = StoreAway if any(word in wrong for word in _NOT_NOW) else StoreError
        raise kind(f"{url.where}: {wrong}")
    for _, names, _, partial in found:
        if names != columns:
            raise StoreError(f"{url.where}: asked for {columns}, got {names}: is it an InfluxDB?")
        if partial:
            raise StoreError(f"{url.where}: the answer was cut short (max-row-limit)")
    return [Table(tags, rows) for tags, _, rows, _ in found]


def _authorization(url: InfluxUrl) -> dict[str, str]:
    if url.scheme == "token":
        return {"Authorization": f"Token {url.secret}"}
    if url.scheme == "basic":
        return dict(urllib3.make_headers(basic_auth=url.secret))
    return {}


def _reason(error: ApiException) -> str:
    body = error.body or error.reason or ""
    return body if isinstance(body, str) else str(body)


def _refusal(url: InfluxUrl, status: int, said: str) -> StoreError:
    """The error for an answer that is not a success."""
    kind = StoreError if status in _FINAL else StoreAway
    return kind(f"{url.where}: {status} {said.strip()[:300]}")
